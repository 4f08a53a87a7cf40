"""Up to when the promises go with a handover: a rule that every unit can replace by the length of its own shifts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

BUILTIN = Path(__file__).resolve().parent / "builtin" / "floor.json"


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def promise_window(unit: Unit, at: datetime) -> timedelta:
    """How far the next shift looks; an installation into which no rules were read yet goes by those that come with Steward."""
    found: dict[str, Any] | None = resolve("handover", "default", unit, today_of(unit, at))
    return timedelta(hours=(found or builtin_rules()[0]["body"])["promise_hours"])


def register_kinds() -> None:
    register(
        RuleKind(
            "handover",
            _("Handover between shifts"),
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["promise_hours"],
                "properties": {"promise_hours": {"type": "integer", "minimum": 1, "maximum": 72}},
            },
            keys={"default": _("All handovers of this unit")},
            hints={"promise_hours": _("Promises that fall due within so many hours are handed over.")},
            example={"promise_hours": 8},
        )
    )
