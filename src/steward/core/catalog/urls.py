from __future__ import annotations

from django.urls import path

from . import views

app_name = "catalog"
PROMISE = "settings/promises/<uuid:public_id>/"
urlpatterns = [
    path("settings/services/", views.services, name="services"),
    path("settings/services/new/", views.service_open, name="service_open"),
    path("settings/services/<uuid:public_id>/close/", views.service_close, name="service_close"),
    path("settings/categories/", views.categories, name="categories"),
    path("settings/categories/new/", views.category_open, name="category_open"),
    path("settings/promises/", views.promises, name="promises"),
    path("settings/promises/new/", views.publish, name="publish"),
    path(PROMISE, views.promise, name="promise"),
    path(f"{PROMISE}end/", views.end, name="promise_end"),
    path(f"{PROMISE}confirm/", views.confirm, name="promise_confirm"),
]
