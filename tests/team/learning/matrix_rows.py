"""Rows of the authorisation matrix: courses, quizzes, certificates."""

from __future__ import annotations

from typing import Any

from tests.cast import World
from tests.team.learning.making import answer, ask, certificate_for, course_on

from steward.team.learning.models import Certificate, Course, Question


def build_learning_rows(world: World) -> None:
    """A course of the branch with one question; somebody of the counter holds its certificate."""
    course = course_on(world, None)
    certificate_for(world, course, case_kind="")
    ask(world, course, None, count=1)
    answer(world.staff("front_line"), course, None)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _course(scene: Any) -> dict[str, Any]:
    return {"public_id": Course.objects.get(code="refunds").public_id}


def _question(scene: Any) -> dict[str, Any]:
    return {"public_id": Question.objects.get().public_id}


def _certificate(scene: Any) -> dict[str, Any]:
    return {"public_id": Certificate.objects.get().public_id}


def _written(scene: Any) -> dict[str, Any]:
    return {
        "unit": scene.world.branch.public_id, "code": "greeting", "name_zh": "问候", "track": "attitude", "method": "class", "minutes": 20,
    }  # fmt: skip


def _answered(scene: Any) -> dict[str, Any]:
    return {str(Question.objects.get().public_id): 1}


LEARNING_ROWS: list[tuple[Any, ...]] = [
    ("learning:mine", "FTSBQMAO", "GET", nothing),
    ("learning:certificates", "FTSBQMAO", "GET", nothing),
    ("learning:course", "FTSQMA", "GET", _course),
    ("learning:quiz", "FTSQ", "GET", _course),
    ("learning:quiz", "FTSQ", "POST", _course, _answered),
    ("learning:course_new", "SBMO", "GET", nothing),
    ("learning:course_new", "SM", "POST", nothing, _written),
    ("learning:lesson_new", "SM", "GET", _course),
    ("learning:lesson_new", "SM", "POST", _course, {"title": "一", "text": "读"}),
    ("learning:kind_new", "SM", "GET", _course),
    ("learning:kind_new", "SM", "POST", _course, {"code": "greeting", "name_zh": "问候", "months": 12}),
    ("learning:questions", "SM", "GET", _course),
    ("learning:questions", "SM", "POST", _course, {"text": "?", "choices": "甲\n乙", "correct": 1}),
    ("learning:question_retire", "SM", "POST", _question, {"reason": "有歧义"}),
    ("learning:course_close", "SM", "POST", _course),
    ("learning:certificate_revoke", "SM", "POST", _certificate, {"reason": "私自退款"}),
]
