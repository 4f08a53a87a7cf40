"""When somebody comes back to a closed case: within so many days it goes on, after that a new case follows it.

One rule for every way in (mail, chat, portal, interface, desk): `reopen_case` asks it. Each unit can replace it by its own.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules import files
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

from .models import Case

KIND = "reopening"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["days"],
    "properties": {"days": {"type": "integer", "minimum": 0, "maximum": 3650}},
}


def days_of(unit: Unit, at: datetime) -> int:
    """How many days a closed case of this unit can go on; an installation into which no rules were read yet goes by those of Steward."""
    body: dict[str, Any] | None = resolve(KIND, "default", unit, today_of(unit, at))
    return int((body or _builtin()[0]["body"])["days"])


def is_too_late(case: Case, at: datetime) -> bool:
    """Counted from its closing in whole days around the clock, so that nobody must know a calendar to know it."""
    return case.closed_at is not None and at > case.closed_at + timedelta(days=days_of(case.unit, at))


def register_kinds() -> None:
    hints = {
        "days": _(
            "So many days after its closing an answer opens the case again; later it opens a new case that follows it. 0: always a new one."
        )
    }
    register(
        RuleKind(KIND, _("Reopening of cases"), SCHEMA, keys={"default": _("All cases of this unit")}, hints=hints, example={"days": 30})
    )
    files.register_builtin("reopening", _builtin)


def _builtin() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads((Path(__file__).resolve().parent / "builtin" / "reopening.json").read_text(encoding="utf-8"))[
        "rules"
    ]
    return rules
