from __future__ import annotations

from django.urls import include, path

from . import views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/<slug:block>/", views.brief_block, name="brief_block"),
    path("setup/", include("steward.console.setup.urls")),
    path("operate/", include("steward.console.operate.urls")),
]
