"""Annotations as marks on every chart whose reader may count the unit they are about."""

from __future__ import annotations

from collections.abc import Sequence

from steward.ground.access.models import Unit
from steward.ground.measures import marks
from steward.ground.measures.declarations import facts, measures
from steward.ground.measures.marks import DayMark
from steward.ground.measures.questions import Viewer, Window

from .models import Annotation

MOST = 40


def days_of(measure: str, viewer: Viewer, window: Window) -> Sequence[DayMark]:
    """What happened in the window in the units whose rows count, and in the units above them."""
    declared = measures.get(measure)
    seen = viewer.all_units if declared.disclosure != "work" else viewer.units.get(facts.get(declared.fact).capability, frozenset())
    if not seen:
        return []
    found = Annotation.objects.filter(
        unit__path__startswith=f"{viewer.organisation_id}.", day_date__gte=window.start, day_date__lt=window.end, removed_at=None
    ).select_related("unit")
    found = found.filter(unit_id__in=seen | _above(seen)).order_by("day_date", "pk")[:MOST]
    return [
        DayMark(row.day_date, f"{row.unit.name}: {row.get_kind_display()}, {row.text}" if row.text else str(row.unit.name)) for row in found
    ]


def _above(units: frozenset[int]) -> frozenset[int]:
    paths = Unit.objects.filter(pk__in=units).values_list("path", flat=True)
    return frozenset(int(part) for path in paths for part in path.split(".") if part)


def register() -> None:
    marks.register("insights.annotations", days_of)
