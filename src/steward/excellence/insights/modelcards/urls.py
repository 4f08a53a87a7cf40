from __future__ import annotations

from django.urls import path

from . import views

app_name = "modelcards"
urlpatterns = [
    path("insights/models/", views.model_list, name="list"),
    path("insights/models/runs/<uuid:public_id>/", views.run, name="run"),
    path("insights/models/runs/<uuid:public_id>/check/", views.run_check, name="run_check"),
    path("insights/models/<slug:key>/", views.card, name="card"),
    path("insights/models/<slug:key>/runs/", views.run_list, name="runs"),
    path("insights/models/<slug:key>/run/", views.run_now, name="run_now"),
    path("insights/models/<slug:key>/switch/", views.switch, name="switch"),
    path("insights/models/<slug:key>/override/", views.override, name="override"),
    path("insights/models/<slug:key>/review/", views.review, name="review"),
]
