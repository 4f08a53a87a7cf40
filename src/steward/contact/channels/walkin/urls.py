from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("walkin/", views.walkin, name="walkin"),
    path("walkin/people/", views.walkin_people, name="walkin_people"),
]
