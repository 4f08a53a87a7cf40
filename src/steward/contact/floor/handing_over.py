"""What checklists give to the next shift: mandatory items of today and yesterday that are not in order, and were due or will be in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.org.handovers import HandoverPoint, HandoverSource, register
from steward.ground.access.models import Unit, User
from steward.ground.rules.operations import today_of

from .models import RunItem

MOST = 60
NOT_IN_ORDER = Q(item__mandatory=True) & (~Q(state=RunItem.State.DONE) | Q(outside=True))


def points(unit: Unit, at: datetime, until: datetime) -> Sequence[HandoverPoint]:
    days = Q(run__day__gte=today_of(unit, at) - timedelta(days=1), run__unit__path__startswith=unit.path)
    rows = RunItem.objects.filter(NOT_IN_ORDER, days).exclude(state=RunItem.State.TODO, due_at__gte=until)
    return [
        HandoverPoint(row.pk, _title(row), row.due_at or row.run.prepared_at, row.due_at, row.is_red(at))
        for row in rows.select_related("item", "run").order_by("due_at", "pk")[:MOST]
    ]


def _title(row: RunItem) -> str:
    return f"{row.item}（{row.words}）" if row.words else str(row.item)


def still_open(ids: Collection[int], at: datetime) -> Collection[int]:
    return set(RunItem.objects.filter(NOT_IN_ORDER, pk__in=ids).values_list("pk", flat=True))


def pages(user: User, ids: Collection[int], at: datetime) -> Mapping[int, str]:
    rows = RunItem.objects.visible_to(user, at=at).filter(pk__in=ids).values_list("pk", "run__public_id")
    return {pk: reverse("floor:run", args=[public_id]) for pk, public_id in rows}


def register_source() -> None:
    subject = RunItem._meta.label_lower
    register(HandoverSource("floor.checklists", _("Checklist items"), 20, subject, points, still_open, pages, settles=True))
