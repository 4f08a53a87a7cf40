"""Which checklists a case has, and which it may get."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from steward.core.cases.models import Case
from steward.ground.rules.queries import NO_REVISION, revision

from .models import CaseChecklist, ChecklistItem, ChecklistTemplate, ChecklistTick

REVISION = "case_checklists"  # the revision of the templates


@dataclass(frozen=True)
class Sort:
    """For which cases a template is."""

    pk: int
    unit_id: int
    kind: str
    service_id: int | None
    automatic: bool

    def fits(self, case: Case) -> bool:
        return self.unit_id in case.unit.ancestor_ids and self.kind in ("", case.kind) and self.service_id in (None, case.service_id)


@dataclass(frozen=True)
class Shown:
    """A checklist of a case for its page. items: in their order."""

    checklist: CaseChecklist
    items: Sequence[ChecklistItem]

    @property
    def done(self) -> int:
        return sum(item.done_at is not None for item in self.items)


def any_in_use() -> bool:
    """Whether a checklist was ever written; where none was, no case is asked."""
    return revision(REVISION) != NO_REVISION


def sorts() -> tuple[Sort, ...]:
    """Every template in use. Every case asks when it is opened, so they are kept until one is changed."""
    now = revision(REVISION)
    return _sorts(now) if now != NO_REVISION else ()


@lru_cache(maxsize=4)
def _sorts(_at_revision: UUID) -> tuple[Sort, ...]:
    """The revision is only a part of the key."""
    rows = ChecklistTemplate.objects.filter(closed_at=None).order_by("pk")
    return tuple(Sort(*row) for row in rows.values_list("pk", "unit_id", "kind", "service_id", "automatic"))


def for_case(case: Case) -> QuerySet[ChecklistTemplate]:
    """Templates that somebody may put on this case by hand: of its unit and those above, whatever its kind; not those it has."""
    there = CaseChecklist.objects.filter(case=case, removed_at=None).values("template")
    return ChecklistTemplate.objects.filter(unit_id__in=case.unit.ancestor_ids, closed_at=None).exclude(pk__in=there).order_by("pk")


def may_get(case: Case) -> bool:
    return any(sort.unit_id in case.unit.ancestor_ids for sort in sorts())


def on_case(case: Case, *, history: bool = False) -> list[Shown]:
    """The checklists on a case, the oldest first. history: with every tick that was taken back."""
    rows = ChecklistItem.objects.filter(checklist__case=case, checklist__removed_at=None)
    rows = rows.select_related("checklist__added_by", "done_by").order_by("checklist__added_at", "checklist_id", "order")
    if history:
        undone = ChecklistTick.objects.exclude(undone_at=None).select_related("by", "undone_by").order_by("at", "pk")
        rows = rows.prefetch_related(Prefetch("ticks", undone, to_attr="taken_back"))
    found: dict[int, list[ChecklistItem]] = defaultdict(list)
    for item in rows:
        found[item.checklist_id].append(item)
    return [Shown(items[0].checklist, items) for items in found.values()]


def missing(case: Case) -> QuerySet[ChecklistItem]:
    """What is needed before the case is closed, and not ticked."""
    rows = ChecklistItem.objects.filter(checklist__case=case, checklist__removed_at=None, required=True, done_at=None)
    return rows.order_by("checklist__added_at", "checklist_id", "order")
