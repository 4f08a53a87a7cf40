"""Changing what a case is: its kind, priority, service, category, title, customer and unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from steward.core.customers.operations import note_service
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person, Sealed

from .. import events, hooks
from ..errors import NeedsDowngradeReason, OtherOrganisation
from ..models import Assignment, Case, Kind, KindSuggestion
from .promises import apply_policies
from .state import lock_case, record, require, require_unfinished, save

CHANGEABLE = ("priority", "service", "category", "customer", "title")
RETIMES = frozenset({"priority", "service"})


@transaction.atomic
def change_case(
    *, case: Case, changes: Mapping[str, Any], by: Actor, at: datetime, reason: str = "", expected_version: int | None = None
) -> Case:
    """Change properties by name (see CHANGEABLE). A new priority or service gives the clocks new terms; elapsed time is kept."""
    case = lock_case(case, expected_version=expected_version)
    require(by, "work", case, at)
    require_unfinished(case)
    changed = [field for field in CHANGEABLE if field in changes and changes[field] != getattr(case, field)]
    if not changed:
        return case
    _same_organisation(case, changes, changed)
    before = {field: getattr(case, field) for field in changed}
    for field in changed:
        setattr(case, field, changes[field])
    save(case, *changed, at=at)
    if "customer" in changed and case.customer is not None:
        note_service(customer=case.customer, unit=case.unit, at=at)
    for field in changed:
        _record_change(case, field, before[field], by=by, at=at, reason=reason)
    if RETIMES & set(changed):
        apply_policies(case=case, by=by, at=at)
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def change_kind(*, case: Case, kind: str, by: Actor, at: datetime, reason: str = "") -> Case:
    """Sort the case anew. Anybody may mark a complaint; turning a complaint into something else needs a reason (R-044)."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    if case.kind == kind:
        return case
    hooks.check_guards("change_kind", case, by, at)
    if case.kind == Kind.COMPLAINT and not reason.strip():
        raise NeedsDowngradeReason()
    before, case.kind = case.kind, Kind(kind)
    save(case, "kind", at=at)
    record(events.PropertyChanged("kind", before, kind), case, by=by, at=at, reason=reason)
    if kind == Kind.COMPLAINT:
        case.kind_suggestions.filter(state=KindSuggestion.State.OPEN).update(
            state=KindSuggestion.State.TAKEN, decided_by=by.user, decided_at=at
        )
    apply_policies(case=case, by=by, at=at)
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def transfer_case(*, case: Case, unit: Unit, by: Actor, at: datetime, reason: str) -> Case:
    """Hand the case to another unit of the organisation; nobody has it there until somebody takes it. The clocks go on."""
    case = lock_case(case)
    require(by, "transfer", case, at)
    require_unfinished(case)
    if unit.root_id != case.organisation_id:
        raise OtherOrganisation()
    if unit.pk == case.unit_id:
        return case
    hooks.check_guards("transfer", case, by, at)
    before = case.unit_id
    Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
    case.unit, case.assignee = unit, None
    save(case, "unit", "assignee", at=at)
    if case.customer is not None:
        note_service(customer=case.customer, unit=unit, at=at)
    record(events.CaseTransferred(before, unit.pk), case, by=by, at=at, reason=reason)
    apply_policies(case=case, by=by, at=at)
    return Case.objects.get(pk=case.pk)


def set_confidential(*, case: Case, confidential: bool, by: Actor, at: datetime) -> None:
    """Put a case behind its need-to-know list, or lift that, which only somebody on the list may; for upper rooms that open the list with it."""
    with transaction.atomic():
        case = lock_case(case)
        require(by, "steer", case, at)
        if case.confidential != confidential:
            case.confidential = confidential
            save(case, "confidential", at=at)
            record(events.PropertyChanged("confidential", str(not confidential), str(confidential)), case, by=by, at=at)


def _same_organisation(case: Case, changes: Mapping[str, Any], changed: list[str]) -> None:
    customer = changes.get("customer") if "customer" in changed else None
    if customer is not None and customer.organisation_id != case.organisation_id:
        raise OtherOrganisation()
    for field in ("service", "category"):
        chosen = changes.get(field) if field in changed else None
        if chosen is not None and chosen.unit_id not in case.unit.ancestor_ids:
            raise OtherOrganisation()


def _record_change(case: Case, field: str, before: Any, *, by: Actor, at: datetime, reason: str) -> None:
    after = getattr(case, field)
    if field == "title":
        sealed = Sealed(Person.of(case.customer), {"title": before}, {"title": after}) if case.customer else None
        record(events.TitleChanged(), case, by=by, at=at, reason=reason, sealed=sealed)
        return
    codes = [str(getattr(value, "pk", value) or "") for value in (before, after)]
    record(events.PropertyChanged(field, *codes), case, by=by, at=at, reason=reason)
