"""How fields take part in a case's life: asked when it is opened, needed before it is solved, found by the search, a column of the export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Prefetch

from steward.core.cases import finding, hooks
from steward.core.cases.hooks import Transition
from steward.core.cases.models import Case
from steward.core.cases.operations.work import SILENT
from steward.core.cases.screens import ExportColumns, register_export
from steward.ground.access.http import StaffRequest
from steward.ground.journal.actors import Actor
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.ui.lists import Column

from . import operations
from .answers import words_of
from .models import FieldType, FieldValue, FieldVersion
from .queries import BY_SOLVING

CURRENT = Prefetch(
    "field_values", FieldValue.objects.filter(ended_at=None).exclude(value="").select_related("version", "field"), to_attr="answers_now"
)


def needed_to_solve(transition: Transition, case: Case, by: Actor, at: datetime) -> None:
    """What was withdrawn, or whose person cannot be reached, is not solved: nobody could answer any more."""
    if case.closing_as not in SILENT:
        operations.refuse_unanswered(case, BY_SOLVING)


def words_in(case: Case) -> Iterable[str]:
    """Only text is worth searching for."""
    return [row.value for row in case.field_values.all() if row.ended_at is None and row.value and row.version.type == FieldType.TEXT]


def columns(request: StaffRequest) -> Sequence[Column[Case]]:
    """One column for each field in use; what is personal stays on the page of the case, where looking is recorded."""
    rows = FieldVersion.objects.filter(
        field__organisation=request.user.organisation_id, ended_at=None, field__closed_at=None, personal=False
    )
    return [_column(row) for row in rows.select_related("field").order_by("order", "field_id")]


def _column(row: FieldVersion) -> Column[Case]:
    def value(case: Case) -> str:
        answers: list[FieldValue] = getattr(case, "answers_now", [])
        return next((words_of(one.version, one.value) for one in answers if one.field_id == row.field_id), "")

    return Column(f"field-{row.field.key}", str(row.name), value)


def register() -> None:
    hooks.register(hooks.OnOpen("casefields", operations.take_details))
    hooks.register(hooks.Guard("casefields", frozenset({"close"}), needed_to_solve))
    finding.register_words(finding.MoreWords("casefields", "field_values__version", words_in))
    subscribe(Subscriber("casefields.search", finding.keep_in_step, codes=frozenset({"casefields.values_set"})))
    register_export(ExportColumns("casefields", CURRENT, columns))
