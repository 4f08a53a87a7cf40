"""What desks and pages show about calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from steward.core.cases.models import Case
from steward.core.cases.models.case import IS_UNFINISHED
from steward.core.cases.queries import visible_cases
from steward.core.customers.models import Customer
from steward.core.customers.queries import visible_customers
from steward.core.encounters.models import Interaction
from steward.ground.access.models import User

from .models import Call, CallSpan
from .taking import SHOWN, number_of

CASES_SHOWN = 4


@dataclass(frozen=True)
class Caller:
    """Somebody who has this number, as the person at the desk may see them. cases: unfinished ones they may see."""

    customer: Customer
    cases: Sequence[Case]
    last: Interaction | None


@dataclass(frozen=True)
class Ringing:
    call: Call
    callers: Sequence[Caller]

    @property
    def only(self) -> Caller | None:
        return self.callers[0] if len(self.callers) == 1 else None


def ringing_for(staff_id: int, user: User, *, at: datetime) -> list[Ringing]:
    """The calls at somebody's desk now, newest first, each with everybody who may be calling."""
    ids = CallSpan.objects.filter(staff_id=staff_id, ended_at=None, state__in=SHOWN).values("call_id")
    calls = (
        Call.objects.select_related("unit", "case", "system")
        .prefetch_related("matches")
        .filter(pk__in=ids)
        .order_by("-started_at", "-pk")[:3]
    )
    return [Ringing(call, [caller_of(person, user, at=at) for person in call.matches.all()[:5]]) for call in calls]


def caller_of(customer: Customer, user: User, *, at: datetime) -> Caller:
    cases = visible_cases(user, at=at).filter(IS_UNFINISHED, customer=customer).order_by("-opened_at")[:CASES_SHOWN]
    last = Interaction.objects.visible_to(user, at=at).filter(customer=customer).order_by("-started_at").first()
    return Caller(customer, list(cases), last)


def visible_calls(user: User, *, at: datetime) -> QuerySet[Call]:
    rows = Call.objects.visible_to(user, at=at)
    return rows.select_related("unit", "customer", "case", "staff__user", "callback", "system")


def callers_by_number(text: str, user: User, *, at: datetime) -> list[Caller]:
    """Among the people this reader sees, those with exactly this number."""
    number = number_of(text)
    if len(number) < 5:
        return []
    rows = visible_customers(user, at=at).filter(
        contact_points__kind="phone", contact_points__normalised=number, contact_points__ended_at=None, erased_at=None
    )
    return [caller_of(person, user, at=at) for person in rows.distinct().order_by("pk")[:5]]
