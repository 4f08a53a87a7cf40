from __future__ import annotations

from django.urls import path

from . import views

app_name = "access"
urlpatterns = [
    path("me/sessions/", views.own_sessions, name="sessions"),
    path("me/sessions/others/end/", views.end_other_sessions, name="sessions_end_others"),
    path("me/sessions/<uuid:public_id>/end/", views.end_session, name="session_end"),
    path("me/sign-in/", views.own_identities, name="identities"),
    path("me/sign-in/<int:pk>/unlink/", views.unlink_identity, name="identity_unlink"),
    path("login/with/<uuid:public_id>/", views.go_to_provider, name="provider_go"),
    path("login/with/<uuid:public_id>/back/", views.back_from_provider, name="provider_back"),
    path("confirm/with/<uuid:public_id>/", views.confirm_by_provider, name="provider_confirm"),
]
