"""Fields are defined and changed by those who lead; answers are given when a case is opened and while it is worked on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from steward.core.cases.details import Details
from steward.core.cases.models import Case
from steward.core.cases.operations.state import lock_case, record, require_unfinished
from steward.core.cases.operations.state import require as require_on_case
from steward.core.cases.operations.state import save as save_case
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision

from . import events
from .answers import canonical, values_of
from .conditions import circles
from .errors import BadCondition, DetailsMissing, KeyTaken, NeedsChoices, StillAskedAfter, UnknownField
from .models import FieldDefinition, FieldType, FieldValue, FieldVersion, Required
from .queries import BY_OPENING, FIELDS, answers_of, asked_of, current, fields_of, missing

FEWEST = 2  # answers of a choice: one alone is no choice


@transaction.atomic
def save_field(
    *, unit: Unit, key: str, content: Mapping[str, Any], by: Actor, at: datetime, field: FieldDefinition | None = None
) -> FieldDefinition:
    """Define a field, or give it a new wording. content: the columns of FieldVersion. Raises Forbidden, KeyTaken, NeedsChoices, BadCondition."""
    require(by, "casefields.manage", unit, at=at)
    if field is None:
        field = _defined(unit, key, at)
    else:
        field = FieldDefinition.objects.select_for_update().select_related("unit").get(pk=field.pk)
        policy_for(FieldDefinition).require(by, "manage", field, at=at)
        unit = field.unit
    draft = FieldVersion(field=field, starts_at=at, made_by=by.user, **content)
    _check(draft, unit)
    latest = field.versions.aggregate(latest=Max("number"))["latest"] or 0
    FieldVersion.objects.filter(field=field, ended_at=None).update(ended_at=at)
    draft.number = latest + 1
    draft.save(force_insert=True)
    touch_revision(FIELDS)
    journal.record(events.FieldSaved(field.key, draft.number), subject=field, by=by, at=at, unit_id=unit.pk)
    return field


def _defined(unit: Unit, key: str, at: datetime) -> FieldDefinition:
    try:
        with transaction.atomic():
            return FieldDefinition.objects.create(organisation_id=unit.root_id, unit=unit, key=key, created_at=at)
    except IntegrityError:
        raise KeyTaken(key=key) from None


def _check(draft: FieldVersion, unit: Unit) -> None:
    if draft.type == FieldType.CHOICE:
        values = [choice["value"] for choice in draft.choices]
        if len(values) < FEWEST or len(set(values)) < len(values):
            raise NeedsChoices()
    shared = [row for row in (draft.category, draft.service) if row is not None]
    if any(row.unit_id not in unit.ancestor_ids for row in shared):
        raise BadCondition()
    if draft.asks_after is not None:
        _check_condition(draft, unit)
    _check_dependants(draft)


def _check_condition(draft: FieldVersion, unit: Unit) -> None:
    rows = {row.field_id: row for row in current(unit.ancestor_ids)}
    other = rows.get(draft.asks_after_id) if draft.asks_after_id is not None else None
    if other is None or not draft.asks_values or not set(draft.asks_values) <= set(values_of(other)):
        raise BadCondition()
    if draft.public and not other.public:  # nobody could ever meet it on the public form
        raise BadCondition()
    after = {row.field.key: row.asks_after.key if row.asks_after else "" for row in rows.values()}
    after[draft.field.key] = other.field.key
    if circles(after, draft.field.key):
        raise BadCondition()


def _check_dependants(draft: FieldVersion) -> None:
    """An answer that another field is asked after stays an answer."""
    offered = set(values_of(draft))
    for row in FieldVersion.objects.filter(asks_after=draft.field_id, ended_at=None, field__closed_at=None):
        if not set(row.asks_values) <= offered:
            raise StillAskedAfter(name=str(row.name))


@transaction.atomic
def close_field(*, field: FieldDefinition, by: Actor, at: datetime) -> None:
    """It is asked no more; what was answered stays. Raises StillAskedAfter."""
    policy_for(FieldDefinition).require(by, "manage", field, at=at)
    dependent = FieldVersion.objects.filter(asks_after=field, ended_at=None, field__closed_at=None).first()
    if dependent is not None:
        raise StillAskedAfter(name=str(dependent.name))
    if FieldDefinition.objects.filter(pk=field.pk, closed_at=None).update(closed_at=at):
        touch_revision(FIELDS)
        journal.record(events.FieldClosed(field.key), subject=field, by=by, at=at, unit_id=field.unit_id)


def take_details(case: Case, by: Actor, at: datetime) -> None:
    """On opening, in its transaction: write what was answered, or refuse because something needed is missing."""
    if case.details is None:
        return
    rows = fields_of(case, public=case.details.public)
    _refuse_unknown(case, case.details)
    answers = _cleaned(rows, case.details.values, {})
    _refuse_missing(rows, answers, BY_OPENING)
    _write(case, rows, answers, {}, by=by, at=at)


@transaction.atomic
def set_values(*, case: Case, values: Mapping[str, str], by: Actor, at: datetime, expected_version: int | None = None) -> list[str]:
    """Answer, correct or take back what is named. Returns the keys that changed. Raises Stale, BadAnswer, UnknownField, DetailsMissing."""
    case = lock_case(case, expected_version=expected_version)
    require_on_case(by, "work", case, at)
    require_unfinished(case)
    _refuse_unknown(case, Details(values))
    rows, before = fields_of(case), answers_of(case)
    answers = _cleaned(rows, values, before)
    # What was needed to open it cannot be taken away again; what was missing all along may stay so until it is solved.
    gone = [row for row in missing(rows, answers, BY_OPENING) if before.get(row.field.key)]
    if gone:
        raise DetailsMissing(fields=_named(gone))
    changed = _write(case, rows, answers, before, by=by, at=at)
    if changed:
        save_case(case, at=at)
    return changed


def _refuse_unknown(case: Case, details: Details) -> None:
    """A misspelt key is said, not lost. One that exists but does not fit this case is left aside: a form offers those of every kind."""
    if not details.values:
        return
    known = set(
        FieldDefinition.objects.filter(organisation=case.organisation_id, key__in=list(details.values)).values_list("key", flat=True)
    )
    unknown = sorted(set(details.values) - known)
    if unknown:
        raise UnknownField(key=unknown[0][:40])


def _cleaned(rows: Sequence[FieldVersion], values: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Everything as it will be: what stood there, with what is given now, without what the answers leave unasked."""
    answers = dict(before)
    fitting = {row.field.key: row for row in rows}
    for key, row in fitting.items():
        if key in values:
            unchanged = key in before and values[key] == before[key] and row.type == FieldType.CHOICE
            answers[key] = before[key] if unchanged else canonical(row, values[key])
    asked = {row.field.key for row in asked_of(rows, answers)}
    return {key: value for key, value in answers.items() if value and (key in asked or key not in fitting)}


def _write(
    case: Case, rows: Sequence[FieldVersion], answers: Mapping[str, str], before: Mapping[str, str], *, by: Actor, at: datetime
) -> list[str]:
    changed = [row for row in rows if answers.get(row.field.key, "") != before.get(row.field.key, "")]
    if not changed:
        return []
    FieldValue.objects.filter(case=case, field__in=[row.field_id for row in changed], ended_at=None).update(ended_at=at)
    FieldValue.objects.bulk_create(
        FieldValue(case=case, field=row.field, version=row, value=answers.get(row.field.key, ""), set_at=at, set_by=by.user)
        for row in changed
    )
    keys = [row.field.key for row in changed]
    record(events.ValuesSet(keys), case, by=by, at=at)
    return keys


def refuse_unanswered(case: Case, required: Sequence[Required]) -> None:
    """Raises DetailsMissing with the names of what this case still needs."""
    rows = fields_of(case)
    if any(row.required in required for row in rows):
        _refuse_missing(rows, answers_of(case), required)


def _refuse_missing(rows: Sequence[FieldVersion], answers: Mapping[str, str], required: Sequence[Required]) -> None:
    lacking = missing(rows, answers, required)
    if lacking:
        raise DetailsMissing(fields=_named(lacking))


def _named(rows: Sequence[FieldVersion]) -> str:
    return "、".join(f"“{row.name}”" for row in rows)
