"""How much of a quiz has to be right, and from how many people a question is judged: a rule that every unit can replace by its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

BUILTIN = Path(__file__).resolve().parent / "builtin" / "learning.json"
KIND = "learning_quiz"


@dataclass(frozen=True)
class QuizLimits:
    """percent: 1 … 100 of the questions right to pass. people: how many first attempts before a question is judged."""

    percent: int
    people: int


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def quiz_limits(unit: Unit, at: datetime) -> QuizLimits:
    """An installation into which no rules were read yet goes by the one that comes with Steward."""
    found: dict[str, Any] | None = resolve(KIND, "default", unit, today_of(unit, at))
    body = builtin_rules()[0]["body"] if found is None else found
    return QuizLimits(int(body["percent"]), int(body["people"]))


def register_kinds() -> None:
    register(
        RuleKind(
            KIND,
            _("Quizzes of courses"),
            schema={
                "type": "object",
                "additionalProperties": False,
                "required": ["percent", "people"],
                "properties": {
                    "percent": {"type": "integer", "minimum": 1, "maximum": 100},
                    "people": {"type": "integer", "minimum": 2, "maximum": 10000},
                },
            },
            keys={"default": _("Standard")},
            hints={
                "percent": _("The share of the questions that has to be right to pass, in percent"),
                "people": _("How many people have to answer a question for the first time before it is judged"),
            },
            example={"percent": 80, "people": 20},
        )
    )
