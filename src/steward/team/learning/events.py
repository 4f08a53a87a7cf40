"""What the journal keeps of learning. What people answered stands in its own rows."""

from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("learning.course_opened")
@dataclass(frozen=True)
class CourseOpened(Event):
    code_name: str


@event("learning.course_closed")
@dataclass(frozen=True)
class CourseClosed(Event):
    pass


@event("learning.lesson_written")
@dataclass(frozen=True)
class LessonWritten(Event):
    lesson: int


@event("learning.question_written")
@dataclass(frozen=True)
class QuestionWritten(Event):
    question: int


@event("learning.question_retired")
@dataclass(frozen=True)
class QuestionRetired(Event):
    question: int


@event("learning.quiz_taken")
@dataclass(frozen=True)
class QuizTaken(Event):
    attempt: int
    passed: bool


@event("learning.certificate_kind_opened")
@dataclass(frozen=True)
class CertificateKindOpened(Event):
    code_name: str


@event("learning.certificate_issued")
@dataclass(frozen=True)
class CertificateIssued(Event):
    kind: int
    staff: int


@event("learning.certificate_ended")
@dataclass(frozen=True)
class CertificateEnded(Event):
    kind: int
    staff: int
    ended_as: str
