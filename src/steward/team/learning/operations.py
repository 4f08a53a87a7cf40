"""Courses are opened and written; people take quizzes; certificates follow from passing, and end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from steward.core.catalog.controlled.queries import version_in_force
from steward.core.catalog.models import ControlledDocument, DocumentVersion, ServiceItem
from steward.core.catalog.operations import CodeTaken
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision
from steward.science.worktime import after_months

from . import events
from .errors import BadQuestion, CertificateEndedAlready, NotInItsUnit, NotOffered, OtherDocument, QuizMoved
from .limits import quiz_limits
from .models import Attempt, Certificate, CertificateKind, Course, Lesson, Question
from .queries import CERTIFICATES, questions_of, version_to_learn

CLOCK = Actor.system("learning")
FEWEST, MOST = 2, 8  # answers a question offers


@transaction.atomic
def open_course(
    *,
    unit: Unit,
    code: str,
    name: LocalizedText,
    track: str,
    method: str,
    minutes: int,
    by: Actor,
    at: datetime,
    document: ControlledDocument | None = None,
) -> Course:
    """Raises Forbidden, CodeTaken, NotInItsUnit."""
    require(by, "learning.lead", unit, at=at)
    if document is not None and document.unit_id not in unit.ancestor_ids:
        raise NotInItsUnit()
    course, new = Course.objects.get_or_create(
        organisation_id=unit.root_id,
        code=code,
        defaults={
            "unit": unit, "name": name, "track": track, "method": method, "minutes": minutes, "document": document, "opened_at": at,
        },
    )  # fmt: skip
    if not new:
        raise CodeTaken(code=code)
    journal.record(events.CourseOpened(code), subject=course, by=by, at=at, unit_id=unit.pk)
    return course


@transaction.atomic
def close_course(*, course: Course, by: Actor, at: datetime) -> None:
    """It is taught no more and nobody needs it: no work is kept back for a certificate nobody can earn. What was passed stays."""
    policy_for(Course).require(by, "write", course, at=at)
    if Course.objects.filter(pk=course.pk, closed_at=None).update(closed_at=at):
        CertificateKind.objects.filter(course=course, closed_at=None).update(closed_at=at)
        touch_revision(CERTIFICATES)
        journal.record(events.CourseClosed(), subject=course, by=by, at=at, unit_id=course.unit_id)


@transaction.atomic
def write_lesson(*, course: Course, title: str, text: str, steps: Sequence[str], by: Actor, at: datetime, order: int = 100) -> Lesson:
    policy_for(Course).require(by, "write", course, at=at)
    row = Lesson.objects.create(
        course=course, title=title, text=text, steps=[step for step in steps if step], order=order, written_by=by.user, written_at=at
    )
    journal.record(events.LessonWritten(row.pk), subject=course, by=by, at=at, unit_id=course.unit_id)
    return row


@transaction.atomic
def write_question(
    *, course: Course, text: str, choices: Sequence[str], correct: int, by: Actor, at: datetime, version: DocumentVersion | None = None
) -> Question:
    """correct: the place of the right answer, from 0. Raises Forbidden, BadQuestion, OtherDocument."""
    policy_for(Course).require(by, "write", course, at=at)
    offered = [choice.strip() for choice in choices if choice.strip()]
    if not FEWEST <= len(offered) <= MOST or len(set(offered)) < len(offered) or not 0 <= correct < len(offered):
        raise BadQuestion()
    if (version.document_id if version else None) != course.document_id:
        raise OtherDocument()
    row = Question.objects.create(
        course=course, version=version, text=text, choices=offered, correct=correct, written_by=by.user, written_at=at
    )
    journal.record(events.QuestionWritten(row.pk), subject=course, by=by, at=at, unit_id=course.unit_id)
    return row


@transaction.atomic
def retire_question(*, question: Question, by: Actor, at: datetime, reason: str) -> None:
    """It is asked no more; its figures stay. Raises Forbidden, NeedsReason."""
    policy_for(Course).require(by, "write", question.course, at=at)
    if not reason.strip():
        raise NeedsReason()
    mine = Question.objects.filter(pk=question.pk, retired_at=None)
    if mine.update(retired_at=at, retired_by=by.user, retired_reason=reason.strip()):
        course = question.course
        journal.record(events.QuestionRetired(question.pk), subject=course, by=by, at=at, unit_id=course.unit_id, reason=reason)


@transaction.atomic
def take_quiz(*, course: Course, staff: Staff, answers: Mapping[str, int], by: Actor, at: datetime) -> Attempt:
    """answers: {question's public id: place of the answer}, for exactly the questions asked now. Nobody takes it for another.

    Who passes gets the certificates of the course. Raises Forbidden, NotOffered, QuizMoved.
    """
    if by.user is None or staff.user_id != by.user.pk or course.unit_id not in staff.unit.ancestor_ids:
        raise Forbidden()
    Staff.objects.select_for_update(of=("self",)).get(pk=staff.pk)  # two quizzes sent at once issue one certificate, not two
    version = version_to_learn(course, staff.unit, at=at)
    questions = {str(row.public_id): row for row in questions_of(course, version)}
    if not questions:
        raise NotOffered()
    if set(answers) != set(questions):
        raise QuizMoved()
    right = sum(answers[key] == row.correct for key, row in questions.items())
    needed = quiz_limits(staff.unit, at).percent
    attempt = Attempt.objects.create(
        staff=staff, course=course, version=version, answers=dict(answers), asked=len(questions), right=right,
        needed_percent=needed, passed=right * 100 >= needed * len(questions), at=at,
    )  # fmt: skip
    journal.record(events.QuizTaken(attempt.pk, attempt.passed), subject=course, by=by, at=at, unit_id=staff.unit_id)
    if attempt.passed:
        _certify(attempt, by, at)
    return attempt


def _certify(attempt: Attempt, by: Actor, at: datetime) -> None:
    staff = attempt.staff
    for kind in CertificateKind.objects.filter(course=attempt.course, unit_id__in=staff.unit.ancestor_ids, closed_at=None):
        Certificate.objects.filter(staff=staff, kind=kind, ended_at=None).update(ended_at=at, ended_as=Certificate.Ended.RENEWED)
        row = Certificate.objects.create(
            staff=staff, kind=kind, attempt=attempt, issued_at=at, expires_at=months_after(at, kind.months, staff.unit)
        )
        journal.record(events.CertificateIssued(kind.pk, staff.pk), subject=row, by=by, at=at, unit_id=staff.unit_id)


def months_after(at: datetime, months: int, unit: Unit) -> datetime:
    """The same local day and time so many months later, or the last day of a shorter month."""
    local = at.astimezone(unit.timezone)
    return datetime.combine(after_months(local.date(), months), local.timetz()).astimezone(at.tzinfo)


@transaction.atomic
def open_certificate_kind(
    *,
    course: Course,
    code: str,
    name: LocalizedText,
    months: int,
    by: Actor,
    at: datetime,
    service: ServiceItem | None = None,
    case_kind: str = "",
) -> CertificateKind:
    """For the course's unit. With a service or a kind of case, such work is given only to its holders. Raises Forbidden, CodeTaken, NotInItsUnit."""
    unit = course.unit
    policy_for(Course).require(by, "write", course, at=at)
    if service is not None and service.unit_id not in unit.ancestor_ids:
        raise NotInItsUnit()
    kind, new = CertificateKind.objects.get_or_create(
        organisation_id=unit.root_id,
        code=code,
        defaults={
            "unit": unit, "name": name, "course": course, "months": months, "service": service, "case_kind": case_kind, "opened_at": at,
        },
    )  # fmt: skip
    if not new:
        raise CodeTaken(code=code)
    touch_revision(CERTIFICATES)
    journal.record(events.CertificateKindOpened(code), subject=kind, by=by, at=at, unit_id=unit.pk)
    return kind


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, by: Actor, at: datetime, reason: str) -> None:
    """Raises Forbidden, NeedsReason, CertificateEndedAlready."""
    policy_for(Certificate).require(by, "revoke", certificate, at=at)
    if not reason.strip():
        raise NeedsReason()
    if not _end(certificate, Certificate.Ended.REVOKED, by, at, reason.strip()):
        raise CertificateEndedAlready()


@transaction.atomic
def end_outdated(*, document: ControlledDocument, at: datetime) -> int:
    """A version has begun to hold: end the certificates of people who work by it and have not passed it. Safe to run twice."""
    ended, holding = 0, dict[int, DocumentVersion | None]()
    rows = Certificate.objects.filter(kind__course__document=document, ended_at=None)
    for row in rows.select_related("staff__unit", "attempt", "kind"):
        unit = row.staff.unit
        if unit.pk not in holding:
            holding[unit.pk] = version_in_force(document, unit, at=at)
        now = holding[unit.pk]
        if now is not None and not _passed(row, now):
            ended += _end(row, Certificate.Ended.NEW_VERSION, CLOCK, at, "")
    return ended


def _passed(certificate: Certificate, version: DocumentVersion) -> bool:
    if certificate.attempt.version_id == version.pk:
        return True
    return Attempt.objects.filter(
        staff_id=certificate.staff_id, course_id=certificate.kind.course_id, version=version, passed=True
    ).exists()


def _end(row: Certificate, ended_as: str, by: Actor, at: datetime, reason: str) -> int:
    mine = Certificate.objects.filter(pk=row.pk, ended_at=None)
    ended = mine.update(ended_at=at, ended_as=ended_as, ended_by=by.user, ended_reason=reason)
    if ended:
        event = events.CertificateEnded(row.kind_id, row.staff_id, ended_as)
        journal.record(event, subject=row, by=by, at=at, unit_id=row.staff.unit_id, reason=reason)
    return ended
