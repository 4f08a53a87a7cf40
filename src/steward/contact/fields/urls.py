from __future__ import annotations

from django.urls import path

from . import views

app_name = "casefields"
urlpatterns = [
    path("desk/fields/", views.field_list, name="fields"),
    path("desk/fields/new/", views.field_edit, name="field_new"),
    path("desk/fields/preview/", views.preview, name="preview"),
    path("desk/fields/of/<uuid:public_id>/", views.case_fields, name="case"),
    path("desk/fields/<uuid:public_id>/", views.field_edit, name="field"),
    path("desk/fields/<uuid:public_id>/closing/", views.field_close, name="field_close"),
]
