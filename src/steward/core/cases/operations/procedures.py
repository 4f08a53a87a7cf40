"""What people do with a procedure at a case: tick, take a tick back, ask to be allowed to do otherwise. The case is locked meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.core.catalog.controlled.operations import ask_deviation as ask
from steward.core.catalog.models import Deviation, DocumentVersion, ProcedureUse
from steward.core.catalog.procedures import operations as procedures
from steward.core.catalog.procedures.errors import UnknownItem
from steward.core.catalog.procedures.queries import Work, applying
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.actors import Actor

from ..models import Case
from .state import lock_case, require, require_unfinished


def work_of(case: Case) -> Work:
    """A case as procedures know it."""
    return Work(case, case.unit, case.service_id, case.category_id, case.customer)


@transaction.atomic
def tick_procedure(*, case: Case, version: DocumentVersion, item: str, by: Actor, at: datetime, words: str = "") -> ProcedureUse:
    """Raises Forbidden, AlreadyClosed, NotOpen, UnknownItem, NeedsWords."""
    return procedures.tick_item(work=_open(case), version=version, item=item, words=words, by=by, at=at)


@transaction.atomic
def untick_procedure(*, case: Case, version: DocumentVersion, item: str, by: Actor, at: datetime) -> None:
    """Raises Forbidden, AlreadyClosed, NotOpen, UnknownItem."""
    procedures.untick_item(work=_open(case), version=version, item=item, by=by, at=at)


@transaction.atomic
def ask_deviation(*, case: Case, version: DocumentVersion, by: Actor, at: datetime, reason: str) -> Deviation:
    """Ask to be allowed not to follow a procedure at this case. Raises Forbidden, AlreadyClosed, NotOpen, UnknownItem, NeedsReason."""
    work = _open(case)
    require(by, "work", case, at)
    if version.pk not in {one.pk for one in applying(work, at=at)}:
        raise UnknownItem()
    if not reason.strip():
        raise NeedsReason()
    return ask(version=version, unit=work.unit, subject=work.subject, by=by, at=at, reason=reason.strip())


def _open(case: Case) -> Work:
    locked = lock_case(case)
    require_unfinished(locked)
    return work_of(locked)
