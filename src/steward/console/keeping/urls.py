from __future__ import annotations

from django.urls import path

from . import views

app_name = "keeping"
urlpatterns = [
    path("operate/retention/", views.retention, name="retention"),
    path("operate/retention/holds/", views.hold, name="hold"),
    path("operate/retention/holds/<uuid:public_id>/lift/", views.lift, name="lift"),
]
