"""Mounted under operate/ inside the console's names: console:audit, console:seals, …"""

from __future__ import annotations

from django.urls import path

from . import audit, desk, parking, seals, signins

urlpatterns = [
    path("", desk.home, name="operate"),
    path("audit/", audit.audit, name="audit"),
    path("sign-ins/", signins.sign_ins, name="sign_ins"),
    path("seals/", seals.seals, name="seals"),
    path("parking/", parking.parking, name="parking"),
    path("parking/<str:subscriber>/<int:seq>/", parking.entry, name="parked"),
    path("parking/<str:subscriber>/<int:seq>/retry/", parking.retry, name="parked_retry"),
    path("parking/<str:subscriber>/<int:seq>/skip/", parking.skip, name="parked_skip"),
    path("registries/", desk.registries, name="registries"),
]
