from __future__ import annotations

from django.urls import include, path

from . import views
from .staffing import views as staffing

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/<slug:block>/", views.brief_block, name="brief_block"),
    path("setup/", include("steward.console.setup.urls")),
    path("settings/people/list/", staffing.people_file, name="people_file"),
    path("settings/people/list/export/", staffing.export, name="people_file_export"),
    path("operate/", include("steward.console.operate.urls")),
]
