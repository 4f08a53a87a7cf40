"""What a process has to keep: time limits for the same service. Promises are asked here; rooms that know more, such as standards, register theirs.

register(TargetSource("standards", of))      # in AppConfig.ready()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ..models import ControlledDocument, PromisePolicy
from .checks import Target

DAY = 1440
MINUTES_OF = {
    PromisePolicy.TimeUnit.WORKING_MINUTES: 1,
    PromisePolicy.TimeUnit.ELAPSED_MINUTES: 1,
    PromisePolicy.TimeUnit.CALENDAR_DAYS: DAY,
}  # working days differ from site to site in length: nothing is compared with them here


@dataclass(frozen=True)
class TargetSource:
    key: str
    of: Callable[[ControlledDocument, datetime], Sequence[Target]]


_sources: dict[str, TargetSource] = {}


def register(source: TargetSource) -> None:
    if source.key in _sources:
        raise ValueError(f"The source of targets {source.key!r} is registered twice.")
    _sources[source.key] = source


def targets_of(document: ControlledDocument, at: datetime) -> list[Target]:
    return [target for key in sorted(_sources) for target in _sources[key].of(document, at)]


def promised(document: ControlledDocument, at: datetime) -> list[Target]:
    """Resolution times promised for the service of the document, where it is given."""
    if document.service_id is None:
        return []
    rows = PromisePolicy.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), service_id=document.service_id, promise_kind=PromisePolicy.PromiseKind.RESOLUTION,
        time_unit__in=list(MINUTES_OF), starts_at__lte=at, unit_id__in=document.unit.ancestor_ids,
    )  # fmt: skip
    return [
        Target(str(row.get_promise_kind_display()), row.amount * MINUTES_OF[PromisePolicy.TimeUnit(row.time_unit)])
        for row in rows.order_by("amount")
    ]
