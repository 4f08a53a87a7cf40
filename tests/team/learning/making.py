"""A refund procedure of the branch with its course, its certificate and two questions for each version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.cast import AT, World

from steward.core.catalog.controlled import operations as controlled
from steward.core.catalog.controlled.operations import take_effect_due
from steward.core.catalog.models import ControlledDocument, DocumentVersion
from steward.core.org.models import Staff
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.team.learning import operations
from steward.team.learning.models import CertificateKind, Course
from steward.team.learning.queries import questions_of

RIGHT = 1


def duties(text: str) -> dict[str, Any]:
    return {"role": "front_line", "purpose": {"zh-hans": "退款"}, "duties": [{"key": "d1", "text": {"zh-hans": text}}]}


def procedure(world: World, *, at: datetime = AT) -> DocumentVersion:
    """Its first draft. A role charter stands for any kind of document."""
    return controlled.open_document(
        unit=world.branch, kind="role_charter", code="refund", name=localized("退款规程", en="Refund procedure"),
        by=world.actor("supervisor"), at=at, content=duties("核对原单"),
    )  # fmt: skip


def course_on(world: World, document: ControlledDocument | None, *, code: str = "refunds", at: datetime = AT) -> Course:
    return operations.open_course(
        unit=world.branch, code=code, name=localized("退款", en="Refunds"), track=Course.Track.PROCESS, method=Course.Method.READING,
        minutes=20, document=document, by=world.actor("supervisor"), at=at,
    )  # fmt: skip


def certificate_for(world: World, course: Course, *, code: str = "refunds", case_kind: str = "request") -> CertificateKind:
    return operations.open_certificate_kind(
        course=course, code=code, name=localized("退款上岗证", en="Refund licence"), months=12, case_kind=case_kind,
        by=world.actor("supervisor"), at=AT,
    )  # fmt: skip


def ask(world: World, course: Course, version: DocumentVersion | None, *, count: int = 2, at: datetime = AT) -> None:
    for number in range(count):
        operations.write_question(
            course=course, version=version, text=f"第 {number + 1} 题", choices=["甲", "乙", "丙"], correct=RIGHT,
            by=world.actor("supervisor"), at=at,
        )  # fmt: skip


def answer(staff: Staff, course: Course, version: DocumentVersion | None, *, right: int = 2, at: datetime = AT) -> Any:
    answers = {str(row.public_id): RIGHT if place < right else 0 for place, row in enumerate(questions_of(course, version))}
    return operations.take_quiz(course=course, staff=staff, answers=answers, by=Actor.staff(staff.user), at=at)


def release(world: World, draft: DocumentVersion, *, at: datetime) -> None:
    """Scheduled now and let begin in an hour, whoever is ready."""
    by = world.actor("supervisor")
    row = controlled.open_release(unit=world.branch, name="退款规程", units=[world.counter_team], by=by, at=at)
    controlled.add_version(release=row, version=draft, by=by, at=at)
    row = controlled.schedule_release(release=row, takes_effect_at=at + timedelta(hours=1), by=by, at=at)
    controlled.override_hold(place=row.places.get(), by=by, at=at, reason="监管要求立即执行")
    assert take_effect_due(at=at + timedelta(hours=1)) == 1
