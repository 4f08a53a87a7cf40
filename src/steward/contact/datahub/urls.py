from __future__ import annotations

from django.urls import path

from . import views

app_name = "datahub"
RUN = "imports/<uuid:public_id>/"
urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.new, name="new"),
    path(RUN, views.run_page, name="run"),
    path(f"{RUN}mapping/", views.mapping_page, name="mapping"),
    path(f"{RUN}mapping.json", views.mapping_file, name="mapping_file"),
    path(f"{RUN}start/", views.start, name="start"),
    path(f"{RUN}errors/", views.errors, name="errors"),
]
