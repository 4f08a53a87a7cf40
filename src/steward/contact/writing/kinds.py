"""How long a text that nobody sent is kept: a rule that every unit can replace by its own."""

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

BUILTIN = Path(__file__).resolve().parent / "builtin" / "writing.json"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["keep_days"],
    "properties": {"keep_days": {"type": "integer", "minimum": 1, "maximum": 365}},
}


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def kept_for(unit: Unit, at: datetime) -> timedelta:
    found: dict[str, Any] | None = resolve("case_drafts", "default", unit, today_of(unit, at))
    body = found if found is not None else builtin_rules()[0]["body"]
    return timedelta(days=body["keep_days"])


def register_kinds() -> None:
    register(
        RuleKind(
            "case_drafts",
            _("Drafts on cases"),
            SCHEMA,
            keys={"default": _("All cases of this unit")},
            hints={"keep_days": _("A draft that nobody touched for so many days is deleted.")},
            example={"keep_days": 14},
        )
    )
