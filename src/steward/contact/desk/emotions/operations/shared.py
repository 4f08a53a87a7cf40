from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from steward.core.cases.models import Case
from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed

from ..errors import NeedsSentence

HOUSE = Actor.policy("emotions")  # its rule puts what follows from a hard case on the lists of those who decide


def record(event: Event, case: Case, *, by: Actor, at: datetime, reason: str = "") -> None:
    """A reason may name the person the case is about: it goes with their key."""
    sealed = Sealed(Person.of(case.customer)) if case.customer is not None and reason else None
    links = [case.customer] if case.customer is not None else []
    journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id, links=links, sealed=sealed, reason=reason)
    topics.bump(f"case:{case.pk}")


def record_of(event: Event, staff: Staff, *, by: Actor, at: datetime, reason: str = "") -> None:
    """About somebody who works here."""
    journal.record(event, subject=staff, by=by, at=at, unit_id=staff.unit_id, links=[staff.user], reason=reason)
    topics.bump(f"unit:{staff.unit_id}:people", f"user:{staff.user_id}")


def sentence(words: str, most: int = 500) -> str:
    if not words.strip():
        raise NeedsSentence()
    return words.strip()[:most]


def staff_among(users: Iterable[User]) -> Staff | None:
    """The first of these people who works here: whose list a task stands on."""
    ids = [user.pk for user in users]
    found = {staff.user_id: staff for staff in Staff.objects.filter(user_id__in=ids, ended_date=None).select_related("user", "unit")}
    return next((found[pk] for pk in ids if pk in found), None)


def page_of(case: Case) -> str:
    return reverse("desk:emotions_case", args=[case.public_id])
