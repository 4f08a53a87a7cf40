"""Checklists are written by those who lead; a case gets them by what it is or by hand, and whoever works on it ticks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from steward.core.cases import hooks
from steward.core.cases.hooks import Transition
from steward.core.cases.models import Case
from steward.core.cases.operations.state import announce, lock_case, record, require_unfinished
from steward.core.cases.operations.state import require as require_on_case
from steward.core.cases.operations.work import SILENT
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision

from . import events
from .errors import AlreadyThere, AlreadyTicked, ItemsOpen, NoItems, NotFitting, NotTicked, OtherHouse
from .models import CaseChecklist, ChecklistItem, ChecklistTemplate, ChecklistTick
from .policy import RIGHT
from .queries import REVISION, any_in_use, missing, sorts

LONGEST, MOST, NAMED = 200, 60, 5
Lines = Sequence[tuple[LocalizedText, bool]]


@transaction.atomic
def save_checklist(
    *, unit: Unit, content: Mapping[str, Any], lines: Lines, by: Actor, at: datetime, row: ChecklistTemplate | None = None
) -> ChecklistTemplate:
    """Write one, or change one: cases that have it already keep what they have. Raises Forbidden, NoItems, OtherHouse.

    content: name, kind, service, automatic. lines: each item's words, and whether it is needed before closing.
    """
    require(by, RIGHT, unit, at=at)
    if row is not None:
        policy_for(ChecklistTemplate).require(by, "manage", row, at=at)
    if not lines or len(lines) > MOST or any(not 0 < len(words) <= LONGEST for text, _needed in lines for words in text.values() or [""]):
        raise NoItems(limit=LONGEST)
    service = content.get("service")
    if service is not None and service.unit_id not in unit.ancestor_ids:
        raise OtherHouse()
    items = [{"text": dict(text), "required": needed} for text, needed in lines]
    draft = row or ChecklistTemplate(created_at=at)
    values = {**content, "unit": unit, "items": items, "changed_at": at}
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save(force_insert=True) if row is None else draft.save(update_fields=list(values))
    touch_revision(REVISION)
    journal.record(events.ChecklistSaved(row is None, len(items)), subject=draft, by=by, at=at, unit_id=unit.pk)
    return draft


@transaction.atomic
def close_checklist(*, row: ChecklistTemplate, by: Actor, at: datetime) -> None:
    """Put it away: no case gets it any more, those that have it keep it."""
    policy_for(ChecklistTemplate).require(by, "manage", row, at=at)
    if ChecklistTemplate.objects.filter(pk=row.pk, closed_at=None).update(closed_at=at, changed_at=at):
        touch_revision(REVISION)
        journal.record(events.ChecklistClosed(), subject=row, by=by, at=at, unit_id=row.unit_id)


def put_on_opening(case: Case, by: Actor, at: datetime) -> None:
    """What a case is decides what it gets, in the transaction that opens it. The work on an imported case began elsewhere: it gets none."""
    if by.kind == "import":
        return
    wanted = [sort.pk for sort in sorts() if sort.automatic and sort.fits(case)]
    for template in ChecklistTemplate.objects.filter(pk__in=wanted, closed_at=None).order_by("pk") if wanted else ():
        _put(case, template, by, at, automatic=True)


@transaction.atomic
def attach_checklist(*, case: Case, template: ChecklistTemplate, by: Actor, at: datetime) -> CaseChecklist:
    """Put a checklist on a case by hand. Raises Forbidden, NotFitting, AlreadyThere and what refuses a finished case."""
    case = _to_work_on(case, by, at)
    if template.unit_id not in case.unit.ancestor_ids or not ChecklistTemplate.objects.filter(pk=template.pk, closed_at=None).exists():
        raise NotFitting()
    if CaseChecklist.objects.filter(case=case, template=template, removed_at=None).exists():
        raise AlreadyThere()
    checklist = _put(case, template, by, at, automatic=False)
    announce(case)
    return checklist


@transaction.atomic
def tick_item(*, item: ChecklistItem, by: Actor, at: datetime) -> None:
    """Raises Forbidden, AlreadyTicked and what refuses a finished case."""
    case, item = _locked(item, by, at)
    if item.done_at is not None:
        raise AlreadyTicked(name=item.done_by.name if item.done_by else "—")
    ChecklistTick.objects.create(item=item, at=at, by=by.user)
    ChecklistItem.objects.filter(pk=item.pk).update(done_at=at, done_by=by.user)
    record(events.ItemTicked(item.pk), case, by=by, at=at)
    announce(case)


@transaction.atomic
def untick_item(*, item: ChecklistItem, by: Actor, at: datetime, reason: str) -> None:
    """Take a tick back; who ticked, who took it back and why stay. Raises Forbidden, NotTicked, NeedsReason and what refuses a finished case."""
    reason = _said(reason)
    case, item = _locked(item, by, at)
    undone = {"undone_at": at, "undone_by": by.user, "undo_reason": reason}
    if not ChecklistTick.objects.filter(item=item, undone_at=None).update(**undone):
        raise NotTicked()
    ChecklistItem.objects.filter(pk=item.pk).update(done_at=None, done_by=None)
    record(events.ItemUnticked(item.pk), case, by=by, at=at, reason=reason)
    announce(case)


@transaction.atomic
def remove_checklist(*, checklist: CaseChecklist, by: Actor, at: datetime, reason: str) -> None:
    """Take a checklist off a case that it does not fit; its ticks stay on record. Raises Forbidden, NeedsReason."""
    reason = _said(reason)
    case = lock_case(checklist.case)
    require(by, RIGHT, case.unit, at=at)
    require_unfinished(case)
    off = {"removed_at": at, "removed_by": by.user, "remove_reason": reason}
    if CaseChecklist.objects.filter(pk=checklist.pk, removed_at=None).update(**off):
        record(events.ChecklistRemoved(checklist.pk), case, by=by, at=at, reason=reason)
        announce(case)


def all_ticked(transition: Transition, case: Case, by: Actor, at: datetime) -> None:
    """What was withdrawn, or whose person cannot be reached, may be closed with items open: nothing more is done on it."""
    if not any_in_use() or case.closing_as in SILENT:
        return
    left = [f"“{item}”" for item in missing(case)[: NAMED + 1]]
    if left:
        raise ItemsOpen(items=", ".join(left[:NAMED]) + (" …" if len(left) > NAMED else ""))


def register() -> None:
    hooks.register(hooks.OnOpen("desk.checklists", put_on_opening))
    hooks.register(hooks.Guard("desk.checklists", frozenset({"close"}), all_ticked))


def _put(case: Case, template: ChecklistTemplate, by: Actor, at: datetime, *, automatic: bool) -> CaseChecklist:
    added_by = None if automatic else by.user
    checklist = CaseChecklist.objects.create(case=case, template=template, name=template.name, added_at=at, added_by=added_by)
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=checklist, order=order, text=text, required=needed) for order, (text, needed) in enumerate(template.lines)
    )
    record(events.ChecklistAttached(checklist.pk, template.pk, automatic), case, by=by, at=at)
    return checklist


def _to_work_on(case: Case, by: Actor, at: datetime) -> Case:
    case = lock_case(case)
    require_on_case(by, "work", case, at)
    require_unfinished(case)
    return case


def _locked(item: ChecklistItem, by: Actor, at: datetime) -> tuple[Case, ChecklistItem]:
    """Both as they are under the lock of the case: of two who tick at once one is told."""
    case = _to_work_on(item.checklist.case, by, at)
    return case, ChecklistItem.objects.select_related("done_by").get(pk=item.pk, checklist__removed_at=None)


def _said(reason: str) -> str:
    if not reason.strip():
        raise NeedsReason()
    return reason.strip()[:300]
