from __future__ import annotations

from django.urls import path

from . import views

app_name = "rules"
urlpatterns = [
    path("settings/rules/", views.rule_list, name="list"),
    path("settings/rules/new/<slug:kind>/", views.new_version, name="new"),
    path("settings/rules/rules.json", views.export, name="export"),
    path("settings/rules/import/", views.import_file, name="import"),
    path("settings/rules/<uuid:public_id>/", views.detail, name="detail"),
    path("settings/rules/<uuid:public_id>/confirm/", views.confirm, name="confirm"),
    path("settings/rules/<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
]
