"""Which checklist counts where: the newest version of the nearest unit that has one for this kind of unit."""

from __future__ import annotations

from collections.abc import Iterator

from steward.ground.access.models import Unit

from .models import ChecklistTemplate, Occasion


def template_for(unit: Unit, occasion: str) -> ChecklistTemplate | None:
    rows = ChecklistTemplate.objects.filter(
        unit_id__in=unit.ancestor_ids, for_kind=unit.kind, occasion=occasion, ended_at=None
    ).select_related("unit")
    return max(rows, key=lambda row: (len(row.unit.path), row.version), default=None)


def occasions_of(unit: Unit) -> list[str]:
    return [occasion for occasion in Occasion.values if template_for(unit, occasion) is not None]


def units_with_templates() -> Iterator[tuple[Unit, list[str]]]:
    """Every open unit for which a checklist is in force, with the occasions."""
    wanted: dict[str, set[tuple[str, str]]] = {}
    for path, kind, occasion in ChecklistTemplate.objects.filter(ended_at=None).values_list("unit__path", "for_kind", "occasion"):
        wanted.setdefault(kind, set()).add((path, occasion))
    for kind, places in wanted.items():
        units = Unit.objects.filter(kind=kind, closed_at=None).order_by("path")
        for unit in units:
            occasions = {occasion for path, occasion in places if unit.path.startswith(path)}
            if occasions:
                yield unit, [occasion for occasion in Occasion.values if occasion in occasions]
