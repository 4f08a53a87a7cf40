"""What cases give to the next shift: the urgent ones, and those whose promise falls into it. Confidential ones go by their own list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.org.handovers import HandoverPoint, HandoverSource, register
from steward.ground.access.models import Unit, User
from steward.ground.journal.operations import Person

from .models import Case
from .models.case import IS_UNFINISHED, Priority
from .queries import visible_cases

MOST = 100


def points(unit: Unit, at: datetime, until: datetime) -> Sequence[HandoverPoint]:
    wanted = Q(priority=Priority.URGENT) | Q(next_due_at__lt=until)
    rows = Case.objects.filter(
        IS_UNFINISHED, wanted, opened_at__lte=at, unit__path__startswith=unit.path, confidential=False
    ).select_related("customer")
    return [
        HandoverPoint(
            case.pk,
            f"{case.number} {case.title}",
            case.opened_at,
            case.next_due_at,
            case.priority == Priority.URGENT,
            Person.of(case.customer) if case.customer else None,
        )
        for case in rows.order_by("next_due_at", "pk")[:MOST]
    ]


def still_open(ids: Collection[int], at: datetime) -> Collection[int]:
    return set(Case.objects.filter(IS_UNFINISHED, pk__in=ids, confidential=False).values_list("pk", flat=True))


def pages(user: User, ids: Collection[int], at: datetime) -> Mapping[int, str]:
    rows = visible_cases(user, at=at).filter(pk__in=ids).order_by().values_list("pk", "public_id")
    return {pk: reverse("cases:detail", args=[public_id]) for pk, public_id in rows}


def register_source() -> None:
    register(HandoverSource("cases", _("Urgent cases and promises"), 10, Case._meta.label_lower, points, still_open, pages))
