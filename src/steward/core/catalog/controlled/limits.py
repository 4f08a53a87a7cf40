"""Which share of the people concerned has to be ready before a release begins in a unit: a rule that every unit can replace by its own."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

BUILTIN = Path(__file__).resolve().parent.parent / "builtin" / "controlled.json"
KIND = "release_readiness"


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def needed_percent(unit: Unit, at: datetime) -> int:
    """0 … 100; an installation into which no rules were read yet goes by the one that comes with Steward."""
    found: dict[str, Any] | None = resolve(KIND, "default", unit, today_of(unit, at))
    return int((found or builtin_rules()[0]["body"])["percent"])


def register_kinds() -> None:
    register(
        RuleKind(
            KIND,
            _("Readiness for a release"),
            schema={
                "type": "object",
                "additionalProperties": False,
                "required": ["percent"],
                "properties": {"percent": {"type": "integer", "minimum": 0, "maximum": 100}},
            },
            keys={"default": _("Standard")},
            hints={"percent": _("The share of the people concerned who know the new versions and have what they ask for, in percent")},
            example={"percent": 95},
        )
    )
