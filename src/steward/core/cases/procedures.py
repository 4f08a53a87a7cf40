"""Procedures at the place of work: what applies to a case, ticked beside it, asked for before it is closed, and counted afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import Deviation, ProcedureCheck, ProcedureUse, Validity
from steward.core.catalog.procedures import operations, queries
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention
from steward.ground.journal.personal import register as register_personal
from steward.ground.measures.declarations import Column, Fact, Measure, RowLink, Share, facts, measures

from . import hooks, screens
from .held import held
from .models import Case
from .operations.procedures import work_of
from .operations.work import SILENT

LABEL = Case._meta.label_lower
PERSON, FACT = "customers.customer", "procedure_checks"


def could_apply(case: Any) -> QuerySet[Validity]:
    """case: its key."""
    return queries.of_rows(Case.objects.filter(pk=case))


def beside(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Nothing where no procedure can apply: an empty box would stand on every case. The sheets themselves come a moment later."""
    return {"case": case} if case is not None and "procedures.apply" in held(case) else None


def sheets_for(request: StaffRequest, case: Case) -> dict[str, Any] | None:
    at = clock.now()
    sheets = queries.sheets_of(work_of(case), at=at)
    if not sheets:
        return None
    may = not case.is_finished and policy_for(Case).may(actor_of(request), "work", case, at=at)
    return {"case": case, "sheets": sheets, "may": may}


def needed_to_close(transition: hooks.Transition, case: Case, by: Actor, at: datetime) -> None:
    """What was withdrawn, or whose person cannot be reached, is not worked to its end, and is not counted either."""
    if case.closing_as not in SILENT:
        case.sheets = operations.refuse_unfinished(work_of(case), at=at)


def written_down(case: Case, by: Actor, at: datetime) -> None:
    if case.sheets:
        operations.check_finished(work=work_of(case), sheets=case.sheets, by=by, at=at)


def _of_cases(ids: Sequence[int]) -> Sequence[int]:
    return list(ProcedureCheck.objects.filter(subject_type=LABEL, subject_id__in=ids).values_list("pk", flat=True))


def _links(user: User, ids: Sequence[int]) -> list[RowLink]:
    checks = list(ProcedureCheck.objects.filter(pk__in=ids, subject_type=LABEL).select_related("version__document").order_by("-pk"))
    seen = {case.pk: case for case in Case.objects.visible_to(user).filter(pk__in=[row.subject_id for row in checks])}
    return [
        RowLink(row.pk, seen[row.subject_id].number, _address(seen[row.subject_id]), f"{row.version.document} · {row.ticked}/{row.items}")
        for row in checks
        if row.subject_id in seen
    ]


def _address(case: Case) -> str:
    return reverse("cases:detail", args=[case.public_id])


CHECKS = Fact(
    FACT,
    ProcedureCheck,
    label=_("Procedures at closed cases"),
    capability="cases.view",
    confidential="confidential",
    confidential_model=Case,
    confidential_key="case_id",
    times=("checked_at",),
    subjects={LABEL: _of_cases},
    rows=_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "unit_id"), Column("service_id", "service_id"), Column("case_id", "subject_id"),
        Column("document_id", "version__document_id"), Column("items", "items"), Column("ticked", "ticked"),
        Column("deviated", "deviated", "BOOLEAN"), Column("checked_at", "checked_at", "TIMESTAMP"),
        Column("confidential", Subquery(Case.objects.filter(pk=OuterRef("subject_id")).values("confidential")), "BOOLEAN"),
    ),
)  # fmt: skip
CONFORMITY = Measure(
    "procedure_conformity", 1, FACT, Share("ticked >= items AND NOT deviated"), _("Procedures followed to the end"),
    _("Cases closed in the period at which every item of the checklist was ticked and nobody deviated, of all at which a procedure applied."),
    when="checked", unit="%", practical=5, direction="up", minimum_n=10, counter="resolution_work", owner=_("Service supervisor"),
    pitfall=_("A tick says that somebody says so. Look at some of the rows behind it."),
)  # fmt: skip


def _written(person: Person) -> QuerySet[ProcedureUse]:
    cases = Case.objects.filter(customer_id=person.id) if person.type == PERSON else Case.objects.none()
    return ProcedureUse.objects.filter(subject_type=LABEL, subject_id__in=cases.values("pk")).exclude(words="")


def _reasons(person: Person) -> QuerySet[Deviation]:
    cases = Case.objects.filter(customer_id=person.id) if person.type == PERSON else Case.objects.none()
    return Deviation.objects.filter(subject_type=LABEL, subject_id__in=cases.values("pk")).exclude(reason="", decision_reason="")


def _find(person: Person) -> int:
    return _written(person).count() + _reasons(person).count()


def _export(person: Person) -> list[dict[str, Any]]:
    """What was written down at the person's cases; why colleagues deviated from a procedure is internal, like the notes of a case."""
    rows = _written(person).select_related("version__document").order_by("ticked_at", "pk")
    return [{"procedure": str(row.version.document), "words": row.words, "at": row.ticked_at.isoformat()} for row in rows]


def _blank(person: Person, at: datetime) -> int:
    return _written(person).update(words="") + _reasons(person).update(reason="", decision_reason="")


def _retain(person: Person, at: datetime) -> Retention | None:
    return None


def register() -> None:
    tables = ("catalog_procedureuse", "catalog_deviation")
    register_personal(PersonalData("procedures", _find, _export, _blank, _retain, tables=tables))
    hooks.register(hooks.Guard("procedures", frozenset({"close"}), needed_to_close))
    hooks.register(hooks.OnClose("procedures", written_down))
    screens.register(screens.Part("procedures", "file.rail", 4, "cases/parts/procedures.html", beside, {"procedures.apply": could_apply}))
    facts.register(CHECKS)
    measures.register(CONFORMITY)
