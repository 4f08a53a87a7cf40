"""What the telephone adds to the registries: capabilities, settings, navigation, the pop-up, calls beside a case, whose files recordings are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from steward.core.cases.held import some
from steward.core.cases.models import Case
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as add_part
from steward.core.org import settings_cards
from steward.ground import clock
from steward.ground.access import capabilities as caps
from steward.ground.access.http import StaffRequest
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.files import subjects as files
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person
from steward.ground.ui import extras
from steward.ground.ui.navigation import NavEntry
from steward.ground.ui.navigation import register as navigate
from steward.ground.ui.palette import PaletteCommand, register_command

from .models import Call
from .queries import visible_calls
from .views.calls import beside

LABEL = Call._meta.label_lower
WORKERS = caps.LEADERS | {caps.FRONT_LINE}


def register() -> None:
    caps.register(
        caps.Capability("channels.calls", _("See calls"), WORKERS | {caps.QUALITY_REVIEWER}),
        caps.Capability("channels.recordings", _("Listen to recordings of calls"), caps.LEADERS | {caps.QUALITY_REVIEWER}),
        caps.Capability("channels.phone", _("Connect telephone systems and extensions"), caps.STEERING),
    )
    card = settings_cards.Card
    settings_cards.register(
        "service",
        card("channels:phones", _("Telephone systems"), _("Who tells of calls, and whose telephone is whose"), "phone", "channels.phone"),
    )
    navigate(NavEntry("calls", _("Calls"), "channels:calls", "phone", 22, capability="channels.calls", shortcut="l", under="cases"))
    register_command(
        PaletteCommand(
            "channels.log_call",
            _("Write a call down"),
            "channels:call_new",
            "phone-plus",
            capability="cases.open",
            words="电话 登记 来电 去电 dianhua",
        )
    )
    extras.register(extras.Extra("channels.calling", "page", "channels/parts/beside.html", beside))
    add_part(Part("channels.list_calls", "list.actions", 20, "channels/parts/list_calls.html", _for_lists))
    add_part(Part("channels.calls", "file.rail", 22, "channels/parts/case_calls.html", calls_of_case, {"channels.calls": _calls}))
    files.register(files.FileSubject(LABEL, _may_hear, _may_attach, sensitive=lambda _call: True, of_person=_of_person))


def _calls(case: Any) -> QuerySet[Call]:
    return Call.objects.filter(case=case)


def calls_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None or not request.user.access.has("channels.calls"):
        return None
    calls = some(case, "channels.calls", visible_calls(request.user, at=clock.now()).filter(case=case).order_by("-started_at", "-pk")[:5])
    return {"calls": calls, "case": case} if calls else None


def _for_lists(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    return {} if request.user.access.has("channels.calls") else None


def _may_hear(user: User, call_id: int, at: datetime) -> bool:
    """Whoever sees the call and has the right to listen in its unit; every look is an entry."""
    call = Call.objects.visible_to(user, at=at).select_related("unit").filter(pk=call_id).first()
    return call is not None and policy_for(Call).may(Actor.staff(user), "listen", call, at=at)


def _may_attach(by: Actor, call_id: int, at: datetime) -> bool:
    if by.user is None:
        return by.is_machine
    call = Call.objects.visible_to(by.user, at=at).select_related("unit").filter(pk=call_id).first()
    return call is not None and policy_for(Call).may(by, "record", call, at=at)


def _of_person(person: Person) -> list[int]:
    return list(Call.objects.filter(customer=person.id).values_list("pk", flat=True)) if person.type == "customers.customer" else []
