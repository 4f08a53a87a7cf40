"""Ticking a checklist at a piece of work, taking a tick back, and what a finished piece of work shows of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from steward.ground.access.policies import policy_for
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from ..controlled.models import DocumentVersion
from . import events
from .errors import ChecklistOpen, NeedsWords, UnknownItem
from .models import ProcedureCheck, ProcedureUse
from .queries import Item, Sheet, Work, sheets_of


@transaction.atomic
def tick_item(*, work: Work, version: DocumentVersion, item: str, by: Actor, at: datetime, words: str = "") -> ProcedureUse:
    """Safe to repeat; other words replace those before. The caller has locked the work, so that two ticks do not run into each other.

    Raises Forbidden, UnknownItem, NeedsWords.
    """
    found = _item(work, version, item, by, at)
    words = words.strip() if found.written else ""
    if found.written and not words:
        raise NeedsWords(item=str(found.text))
    current = _uses(work, version, item).first()
    if current is not None and current.words == words:
        return current
    _uses(work, version, item).update(ended_at=at)
    row = ProcedureUse.objects.create(
        version=version, item=item, unit=work.unit, subject_type=work.type, subject_id=work.subject.pk, words=words, ticked_by=by.user,
        ticked_at=at,
    )  # fmt: skip
    _record(work, version, item, by, at, taken_back=False)
    return row


@transaction.atomic
def untick_item(*, work: Work, version: DocumentVersion, item: str, by: Actor, at: datetime) -> None:
    """Safe to repeat. Raises Forbidden, UnknownItem."""
    _item(work, version, item, by, at)
    if _uses(work, version, item).update(ended_at=at):
        _record(work, version, item, by, at, taken_back=True)


def refuse_unfinished(work: Work, *, at: datetime) -> Sequence[Sheet]:
    """Before a piece of work is finished: every required item is ticked, or somebody allowed to deviate. Raises ChecklistOpen."""
    sheets = sheets_of(work, at=at)
    missing = [str(item.text) for sheet in sheets for item in sheet.missing]
    if missing:
        raise ChecklistOpen(items="; ".join(missing))
    return sheets


@transaction.atomic
def check_finished(*, work: Work, sheets: Sequence[Sheet], by: Actor, at: datetime) -> list[ProcedureCheck]:
    """Write down how far each procedure that applied was followed; a piece of work finished again replaces what was written the last time."""
    return [_checked(work, sheet, by, at) for sheet in sheets if sheet.items]


def _checked(work: Work, sheet: Sheet, by: Actor, at: datetime) -> ProcedureCheck:
    version = sheet.version
    row, _new = ProcedureCheck.objects.update_or_create(
        subject_type=work.type,
        subject_id=work.subject.pk,
        version=version,
        defaults={
            "unit": work.unit,
            "service_id": work.service_id,
            "items": len(sheet.items),
            "ticked": sheet.ticked,
            "deviated": sheet.may_deviate,
            "checked_at": at,
        },
    )
    event = events.ProcedureChecked(version.document_id, version.number, row.items, row.ticked, row.deviated)
    _note(work, event, by, at)
    return row


def _item(work: Work, version: DocumentVersion, item: str, by: Actor, at: datetime) -> Item:
    policy_for(type(work.subject)).require(by, "work", work.subject, at=at)
    for sheet in sheets_of(work, at=at):
        for one in sheet.items:
            if sheet.version.pk == version.pk and one.key == item:
                return one
    raise UnknownItem()


def _uses(work: Work, version: DocumentVersion, item: str) -> QuerySet[ProcedureUse]:
    return ProcedureUse.objects.filter(subject_type=work.type, subject_id=work.subject.pk, version=version, item=item, ended_at=None)


def _record(work: Work, version: DocumentVersion, item: str, by: Actor, at: datetime, *, taken_back: bool) -> None:
    event = events.ProcedureTicked(version.document_id, version.number, item, taken_back)
    _note(work, event, by, at)


def _note(work: Work, event: Event, by: Actor, at: datetime) -> None:
    links = [work.person] if work.person is not None else []
    journal.record(event, subject=work.subject, by=by, at=at, unit_id=work.unit.pk, links=links)
