"""Checklists and handovers as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from steward.core.org.handovers import source_of
from steward.ground.access.models import Unit, User
from steward.ground.rules.operations import today_of

from .models import ChecklistRun, Handover, HandoverItem, RunItem, UnitOpening
from .policy import places_above

MOST = 60


@dataclass(frozen=True)
class RunView:
    """A run with its items; red: mandatory ones that are late, left out or outside their limits. opening: while the unit is open."""

    run: ChecklistRun
    items: Sequence[RunItem]
    red: Sequence[RunItem]
    opening: UnitOpening | None

    @property
    def done(self) -> int:
        return sum(item.is_in_order for item in self.items)

    @property
    def total(self) -> int:
        return len(self.items)

    @property
    def tone(self) -> str:
        return "danger" if self.red else ""

    @property
    def missing(self) -> list[RunItem]:
        return [item for item in self.items if item.item.mandatory and not item.is_in_order]


@dataclass(frozen=True)
class HandedItem:
    """An item as this reader sees it. hidden: it is about something that this reader does not see; days: since it was first raised."""

    row: HandoverItem
    label: str
    url: str
    hidden: bool
    days: int
    settles: bool


def runs_seen(user: User, *, at: datetime) -> QuerySet[ChecklistRun]:
    return ChecklistRun.objects.visible_to(user, at=at).select_related("unit", "template", "lead__user")


def with_items(runs: QuerySet[ChecklistRun]) -> QuerySet[ChecklistRun]:
    rows = RunItem.objects.select_related("item", "by_staff__user").order_by("item__position")
    return runs.prefetch_related(Prefetch("items", rows))


def viewed(runs: Sequence[ChecklistRun], at: datetime) -> list[RunView]:
    units = {run.unit_id for run in runs}
    openings = {row.unit_id: row for row in UnitOpening.objects.filter(unit__in=units, closed_at=None).select_related("opened_by")}
    views = []
    for run in runs:
        items = list(run.items.all())
        red = [item for item in items if item.is_red(at)]
        opening = openings.get(run.unit_id)
        views.append(RunView(run, items, red, opening if opening is not None and opening.day == run.day else None))
    return views


def runs_of_today(user: User, *, at: datetime, units: Q | None = None) -> list[RunView]:
    """The runs of each unit's own day, those with something red first."""
    rows = runs_seen(user, at=at).filter(day__gte=(at - timedelta(days=1)).date(), day__lte=(at + timedelta(days=1)).date())
    if units is not None:
        rows = rows.filter(units)
    found = [run for run in with_items(rows).order_by("unit__path", "pk")[: 3 * MOST] if run.day == today_of(run.unit, at)]
    return sorted(viewed(found[:MOST], at), key=lambda view: not view.red)


def handovers_seen(user: User, *, at: datetime) -> QuerySet[Handover]:
    return Handover.objects.visible_to(user, at=at).select_related("unit", "given_by__user", "taken_by__user")


def items_of(handover: Handover, reader: User, at: datetime) -> list[HandedItem]:
    """With the pages of those that this reader sees; the words of the others stay hidden."""
    rows = list(handover.items.select_related("decided_by__user", "settled_by").order_by("position"))
    ids: dict[str, list[int]] = {}
    for row in rows:
        if row.subject_id is not None:
            ids.setdefault(row.source, []).append(row.subject_id)
    pages = {key: source.pages(reader, found, at) for key, found in ids.items() if (source := source_of(key)) is not None}
    return [_shown(row, pages.get(row.source, {}).get(row.subject_id or 0, ""), at) for row in rows]


def _shown(row: HandoverItem, url: str, at: datetime) -> HandedItem:
    source = source_of(row.source)
    label = str(source.label) if source is not None else ""
    settles = row.is_note or (source is not None and source.settles)
    return HandedItem(row, label, url, not row.is_note and not url, (at - row.first_raised_at).days, settles)


def units_to_hand_over(user: User, at: datetime) -> QuerySet[Unit]:
    """Where one works, and the houses above it; not a whole organisation by its bottom."""
    within = user.access.unit_ids("floor.work")
    above = places_above(user, "floor.work", at)
    rows = Unit.objects.filter(closed_at=None).filter(Q(pk__in=within) | Q(pk__in=above) & ~Q(kind=Unit.Kind.ORGANISATION))
    return rows.order_by("path")


def disputed_for(user: User, *, at: datetime) -> QuerySet[HandoverItem]:
    """Disputed items that wait for this person: as the giver, or as the lead of the unit."""
    led = Q(handover__unit_id__in=user.access.unit_ids("floor.lead"))
    rows = HandoverItem.objects.filter(led | Q(handover__given_by__user=user), state=HandoverItem.State.DISPUTED)
    return rows.exclude(handover__taken_at=None).select_related("handover__unit", "handover__given_by__user").order_by("decided_at", "pk")


def waiting_for(user: User, *, at: datetime) -> QuerySet[Handover]:
    """Handovers that this person could take."""
    mine = Q(unit_id__in=user.access.unit_ids("floor.work")) | Q(unit_id__in=places_above(user, "floor.work", at))
    rows = handovers_seen(user, at=at).filter(mine, taken_at=None).exclude(given_by__user=user)
    return rows.order_by("given_at", "pk")
