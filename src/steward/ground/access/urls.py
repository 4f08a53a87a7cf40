from __future__ import annotations

from django.urls import path

from . import views

app_name = "access"
urlpatterns = [
    path("me/sessions/", views.own_sessions, name="sessions"),
    path("me/sessions/others/end/", views.end_other_sessions, name="sessions_end_others"),
    path("me/sessions/<uuid:public_id>/end/", views.end_session, name="session_end"),
]
