"""Addresses of the shell: preferences, palette, live parts, gallery."""

from __future__ import annotations

from django.urls import path

from . import gallery, live, views

app_name = "ui"
urlpatterns = [
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/switch/", views.switch, name="language"),
    path("palette/", views.palette, name="palette"),
    path("live/", live.live_view, name="live"),
    path("gallery/", gallery.overview, name="gallery"),
    path("gallery/rows/", gallery.rows, name="gallery_rows"),
    path("gallery/kinds/<slug:kind>/", gallery.kind, name="gallery_kind"),
]
