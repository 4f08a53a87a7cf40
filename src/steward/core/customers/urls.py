from __future__ import annotations

from django.urls import path

from . import views

app_name = "customers"
ONE = "customers/<uuid:public_id>/"
urlpatterns = [
    path("customers/", views.customer_list, name="list"),
    path("customers/find/", views.find, name="find"),
    path("customers/new/", views.register, name="register"),
    path(ONE, views.detail, name="detail"),
    path(f"{ONE}change/", views.change, name="change"),
    path(f"{ONE}contacts/", views.contact_add, name="contact_add"),
    path(f"{ONE}consents/", views.consent, name="consent"),
    path(f"{ONE}export/", views.export, name="export"),
    path(f"{ONE}erasure/", views.erase, name="erase"),
    path("contacts/<uuid:public_id>/reveal/", views.reveal, name="reveal"),
    path("contacts/<uuid:public_id>/end/", views.contact_end, name="contact_end"),
]
