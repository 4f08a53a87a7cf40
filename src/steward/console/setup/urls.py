"""Mounted under setup/ inside the console's names: console:setup, console:setup_units, …"""

from __future__ import annotations

from django.urls import path

from .views import first, steps
from .views import people as staff

urlpatterns = [
    path("", first.start, name="setup"),
    path("organisation/", first.organisation, name="setup_organisation"),
    path("units/", steps.units, name="setup_units"),
    path("worktime/", steps.working_time, name="setup_worktime"),
    path("services/", steps.services, name="setup_services"),
    path("people/", staff.people, name="setup_people"),
    path("people/sample/", staff.sample, name="setup_sample"),
    path("done/", steps.done, name="setup_done"),
]
