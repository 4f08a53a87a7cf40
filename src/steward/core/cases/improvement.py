"""Cases as evidence of findings, and on the page of a case what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.actions import queries, subjects
from steward.core.actions.models import Evidence
from steward.core.actions.subjects import Subject, SubjectLink
from steward.ground import clock
from steward.ground.access.http import StaffRequest
from steward.ground.access.models import User
from steward.ground.journal.operations import Person

from . import screens
from .held import held
from .models import Case

LABEL = "cases.case"


def links(user: User, ids: Sequence[int], at: datetime) -> Mapping[int, SubjectLink]:
    seen = Case.objects.visible_to(user, at=at).filter(pk__in=ids)
    return {case.pk: SubjectLink(f"{case.number} {case.title}".strip(), reverse("cases:detail", args=[case.public_id])) for case in seen}


def of_person(person: Person) -> Iterable[int]:
    if person.type != "customers.customer":
        return ()
    return Case.objects.filter(customer_id=person.id).values_list("pk", flat=True)


def find(user: User, number: str, at: datetime) -> int | None:
    return Case.objects.visible_to(user, at=at).filter(number=number).values_list("pk", flat=True).first()


def _evidence(case: Any) -> QuerySet[Evidence]:
    return Evidence.objects.filter(subject_type=LABEL, subject_id=case)


def beside(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    access = request.user.access
    if case is None or not access.has("actions.view"):
        return None
    found = queries.about(LABEL, case.pk, request.user, at=clock.now()) if "improvement.evidence" in held(case) else []
    may_note = access.has("actions.manage")
    return {"case": case, "found": found, "may_note": may_note} if found or may_note else None


def register() -> None:
    subjects.register(Subject(LABEL, _("Case"), links, of_person, find))
    screens.register(
        screens.Part("improvement", "file.rail", 60, "cases/parts/improvement.html", beside, {"improvement.evidence": _evidence})
    )
