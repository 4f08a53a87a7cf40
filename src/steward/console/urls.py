from __future__ import annotations

from django.urls import include, path

from . import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("setup/", include("steward.console.setup.urls")),
    path("operate/", include("steward.console.operate.urls")),
]
