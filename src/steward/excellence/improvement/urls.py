from __future__ import annotations

from django.urls import path

from . import views

app_name = "improvement"
urlpatterns = [
    path("improvement/processes/<uuid:public_id>/", views.process_edit, name="process_edit"),
    path("improvement/processes/<uuid:public_id>/check/", views.process_check, name="process_check"),
    path("improvement/processes/<uuid:public_id>/import/", views.process_import, name="process_import"),
]
