"""What the clock does about requests: heads of departments are told in good time, and what was late is written down. Safe to run twice."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.org.queries import heads_of
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from .. import events
from ..models import InternalRequest
from ..models.requests import OUT
from .requests import announce

CLOCK = Actor.system("clock")
AT_ONCE = 200


def escalate_requests(*, at: datetime) -> int:
    """Tell the head of each department that a request with it has used the agreed share of its time; once, also after it was handed back."""
    due = InternalRequest.objects.filter(state__in=OUT, escalated_at=None, escalates_at__lte=at).select_related("to_unit", "case", "owner")
    return sum(_escalate(request, at) for request in due.order_by("escalates_at", "pk")[:AT_ONCE])


def mark_missed_requests(*, at: datetime) -> int:
    """Note each request whose time is over without an answer."""
    due = InternalRequest.objects.filter(state__in=OUT, missed_at=None, due_at__lt=at).select_related("case", "owner")
    return sum(_miss(request, at) for request in due.order_by("due_at", "pk")[:AT_ONCE])


@transaction.atomic
def _escalate(request: InternalRequest, at: datetime) -> bool:
    if not InternalRequest.objects.filter(pk=request.pk, state__in=OUT, escalated_at=None).update(escalated_at=at):
        return False
    people = heads_of(request.to_unit, at)
    number = request.case.number
    notify(
        users=people,
        title=in_languages(lambda: _("Internal request about case %(number)s: its time is nearly over") % {"number": number}),
        text=in_languages(lambda: _("%(unit)s has not answered yet.") % {"unit": request.to_unit}),
        url=reverse("together:request", args=[request.public_id]),
        at=at,
        icon="alarm",
        key=f"together.request:{request.public_id}",
    )
    _record(events.RequestEscalated(len(people), request.used_minutes), request, at)
    return True


@transaction.atomic
def _miss(request: InternalRequest, at: datetime) -> bool:
    if not InternalRequest.objects.filter(pk=request.pk, state__in=OUT, missed_at=None, due_at__lt=at).update(missed_at=F("due_at")):
        return False
    _record(events.RequestMissed(), request, at)
    return True


def _record(event: Event, request: InternalRequest, at: datetime) -> None:
    journal.record(event, subject=request, by=CLOCK, at=at, unit_id=request.to_unit_id, links=[request.case])
    announce(request)
