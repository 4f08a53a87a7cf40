"""Merging a duplicate into another case, and undoing it to the byte.

A merge changes only the merged case: its state, its open span, its assignment, its operational promises. Its messages and tasks stay with it and the
other case's page shows them. The rows as they were lie in the Merge row; undo writes them back if nobody touched them since.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.dateparse import parse_datetime

from steward.core.catalog.models import PromisePolicy
from steward.ground.journal.actors import Actor

from .. import events, hooks
from ..errors import CannotMerge, CannotUndoMerge
from ..models import Assignment, Case, Merge, Promise, State, StateSpan
from ..models.case import UNFINISHED
from .promises import refresh_promises
from .state import announce, enter_state, lock_cases, record, require, save

Snapshot = dict[str, dict[str, dict[str, Any]]]
TABLES: dict[str, type[models.Model]] = {"case": Case, "span": StateSpan, "assignment": Assignment, "promise": Promise}


@transaction.atomic
def merge_cases(*, case: Case, into: Case, by: Actor, at: datetime, reason: str = "") -> Merge:
    """Make `case` part of `into`. Both unfinished, of one organisation and, where both name one, of one customer.

    Statutory promises to the merged case's person stay and are met when the other case is closed; operational ones end. Raises CannotMerge.
    """
    if case.pk == into.pk:
        raise CannotMerge()
    case, into = lock_cases(case, into)
    require(by, "merge", case, at)
    require(by, "merge", into, at)
    _check_mergeable(case, into)
    hooks.check_guards("merge", case, by, at)
    before = _snapshot(case)
    enter_state(case, State.MERGED, by=by, at=at)
    Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
    operational = case.promises.filter(clock=PromisePolicy.Clock.OPERATIONAL, met_at=None, cancelled_at=None)
    operational.update(cancelled_at=at)
    announce(case)
    case.assignee, case.merged_into = None, into
    save(case, "state", "hold_reason", "assignee", "merged_into", at=at)
    refresh_promises(case=case, by=by, at=at)
    merge = Merge.objects.create(case=case, into=into, at=at, merged_by=by.user, before=before, after=_snapshot(case))
    record(events.CaseMerged(into.pk), case, by=by, at=at, reason=reason, links=[into])
    announce(into)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: Actor, at: datetime) -> Case:
    """Write the rows back as they were, byte for byte. Raises CannotUndoMerge when somebody changed them since."""
    case, into = lock_cases(merge.case, merge.into)
    require(by, "merge", case, at)
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None or _snapshot(case) != merge.after:
        raise CannotUndoMerge()
    hooks.check_guards("undo_merge", case, by, at)
    _restore(case, merge.before)
    Merge.objects.filter(pk=merge.pk).update(undone_at=at, undone_by=by.user)
    case = Case.objects.select_related("unit", "customer", "assignee__user").get(pk=case.pk)
    record(events.MergeUndone(into.pk), case, by=by, at=at, links=[into])
    announce(case)
    announce(into)
    return case


def _check_mergeable(case: Case, into: Case) -> None:
    one_person = case.customer_id is None or into.customer_id is None or case.customer_id == into.customer_id
    if case.organisation_id != into.organisation_id or not one_person:
        raise CannotMerge()
    if case.state not in UNFINISHED or into.state not in UNFINISHED:
        raise CannotMerge()


def _snapshot(case: Case) -> Snapshot:
    """Every row a merge touches, as JSON values by table and primary key."""
    rows: dict[str, models.QuerySet[Any]] = {
        "case": Case.objects.filter(pk=case.pk),
        "span": StateSpan.objects.filter(case=case),
        "assignment": Assignment.objects.filter(case=case),
        "promise": Promise.objects.filter(case=case),
    }
    return {table: {str(row["id"]): _plain(row) for row in found.order_by("id").values()} for table, found in rows.items()}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Datetimes keep their microseconds: the JSON encoder of Django would cut them to milliseconds."""
    encoder = DjangoJSONEncoder()
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else value
        if isinstance(value, bool | int | str | None)
        else encoder.default(value)
        for name, value in row.items()
    }


def _restore(case: Case, before: Snapshot) -> None:
    # The span that the merge opened goes, because undo means that the case was never merged; the Merge row and the journal tell the story.
    case.spans.exclude(pk__in=[int(key) for key in before["span"]]).delete()
    for table in ("span", "assignment", "promise", "case"):
        model = TABLES[table]
        for key, values in before[table].items():
            model._default_manager.filter(pk=int(key)).update(**_typed(model, values))


def _typed(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        value = values[field.attname]
        if field.primary_key:
            continue
        if isinstance(field, models.DateTimeField) and value is not None:
            value = parse_datetime(value)
        typed[field.attname] = value
    return typed
