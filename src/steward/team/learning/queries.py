"""What a quiz asks, who passed it, which work needs which certificate, and how good the questions are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.utils.translation import gettext as _

from steward.core.catalog.controlled.queries import versions_in_force
from steward.core.catalog.models import DocumentVersion, Release
from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.rules.queries import NO_REVISION, revision

from .items import Item, analyse
from .limits import quiz_limits
from .models import Attempt, Certificate, CertificateKind, Course, Question

CERTIFICATES = "certificate_kinds"  # the revision of which work needs which certificate


def versions_to_learn(courses: Iterable[Course], unit: Unit, *, at: datetime) -> dict[int, DocumentVersion]:
    """By document: the version a unit's people are asked about, which is what is scheduled to hold there, else what holds."""
    documents = {row.document_id for row in courses if row.document_id is not None}
    if not documents:
        return {}
    places = {
        "release_items__release__state": Release.State.SCHEDULED,
        "release_items__release__places__unit_id__in": unit.ancestor_ids,
        "release_items__release__places__took_effect_at": None,
    }
    scheduled = DocumentVersion.objects.filter(document__in=documents, **places).select_related("document").order_by("number")
    holding = [row for row in versions_in_force(unit, at=at) if row.document_id in documents]
    return {row.document_id: row for row in [*holding, *scheduled]}


def version_to_learn(course: Course, unit: Unit, *, at: datetime) -> DocumentVersion | None:
    found = versions_to_learn([course], unit, at=at)
    return found.get(course.document_id) if course.document_id is not None else None


def questions_of(course: Course, version: DocumentVersion | None) -> list[Question]:
    """The quiz. A course that teaches a document asks nothing until a version of it is scheduled or holds."""
    if course.closed_at is not None or (course.document_id is not None and version is None):
        return []
    return list(Question.objects.filter(course=course, version=version, retired_at=None).order_by("pk"))


def courses_of(staff: Staff) -> list[Course]:
    """Those that are for somebody: of their unit and those above it."""
    rows = Course.objects.filter(unit_id__in=staff.unit.ancestor_ids, closed_at=None)
    return list(rows.select_related("document", "unit").order_by("track", "code"))


def missing(version: DocumentVersion, people: Sequence[Staff], at: datetime) -> Mapping[int, str]:
    """By person: the courses on a version's document that are for them and that they have not passed for this version."""
    courses = list(Course.objects.filter(document_id=version.document_id, closed_at=None))
    if not courses:
        return {}
    rows = Attempt.objects.filter(course__in=courses, version=version, passed=True, staff__in=people)
    passed = set(rows.values_list("staff_id", "course_id"))
    found = {}
    for person in people:
        needed = [row for row in courses if row.unit_id in person.unit.ancestor_ids and (person.pk, row.pk) not in passed]
        if needed:
            found[person.pk] = _("pass %(courses)s") % {"courses": ", ".join(str(row) for row in needed)}
    return found


def kinds_that_gate() -> tuple[CertificateKind, ...]:
    """Asked for every candidate of every assignment, so it is kept until a kind is opened or closed."""
    now = revision(CERTIFICATES)
    return _gating(now) if now != NO_REVISION else ()


@lru_cache(maxsize=4)
def _gating(_at_revision: UUID) -> tuple[CertificateKind, ...]:
    """The revision is only a part of the key."""
    rows = CertificateKind.objects.filter(closed_at=None).order_by("pk")
    return tuple(row for row in rows if row.service_id is not None or row.case_kind)


def latest_certificates(staff: Staff, kinds: Sequence[CertificateKind]) -> dict[int, Certificate]:
    """By kind, the newest certificate somebody has or had."""
    rows = Certificate.objects.filter(staff=staff, kind__in=kinds).order_by("issued_at", "pk")
    return {row.kind_id: row for row in rows}


def items_of(course: Course, *, at: datetime) -> dict[str, Item[str]]:
    """By the public id of a question. Only everybody's first answer to it counts: later ones know the right answer from the first."""
    limits = quiz_limits(course.unit, at)
    correct = {str(row.public_id): row.correct for row in Question.objects.filter(course=course)}
    met: set[tuple[int, int | None]] = set()
    answers = []
    for staff, version, given in (
        Attempt.objects.filter(course=course).order_by("at", "pk").values_list("staff_id", "version_id", "answers")
    ):
        if (staff, version) not in met:
            met.add((staff, version))
            answers.append({key: choice == correct[key] for key, choice in given.items() if key in correct})
    return analyse(answers, least=limits.people)
