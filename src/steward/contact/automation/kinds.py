"""The limits of automation as a rule that every unit can replace."""

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

KIND = "automation_limits"


@dataclass(frozen=True)
class Limits:
    """depth: how many rules may follow one another from one cause; trial_days, trial_valid_days, trial_entries: the period of a trial, how long it
    counts, and how many entries it reads at most; soon_minutes: when a promise is soon due; effect_days, minimum_cases, practical_minutes,
    reopen_days, undo_hours: the page of effects; webhook_failures: attempts that may fail one after another."""

    depth: int = 3
    trial_days: int = 30
    trial_valid_days: int = 7
    trial_entries: int = 50_000
    soon_minutes: int = 60
    effect_days: int = 30
    minimum_cases: int = 10
    practical_minutes: int = 1
    reopen_days: int = 7
    undo_hours: int = 24
    webhook_failures: int = 20


NAMES: dict[str, Any] = {
    "depth": _("Rules that may follow one another from one cause."),
    "trial_days": _("Days that a trial looks back."),
    "trial_valid_days": _("Days for which a trial allows to switch on."),
    "trial_entries": _("Entries that a trial reads at most."),
    "soon_minutes": _("Minutes before its due time at which a promise is due soon."),
    "effect_days": _("Days that the page of effects looks back, and as many before the rule to compare with."),
    "minimum_cases": _("Cases on each side below which nothing is said about minutes."),
    "practical_minutes": _("Minutes for each case below which a difference does not matter."),
    "reopen_days": _("Days after a run within which a reopened case counts as a mistake."),
    "undo_hours": _("Hours after a run within which taking a change back counts as a mistake."),
    "webhook_failures": _("Attempts that may fail one after another before a webhook goes off."),
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {name: {"type": "integer", "minimum": 1, "maximum": 1_000_000} for name in NAMES},
}


def limits_of(unit: Unit, at: datetime) -> Limits:
    return Limits(**(resolve(KIND, "default", unit, today_of(unit, at)) or {}))


def register_kinds() -> None:
    register(
        RuleKind(
            KIND, _("Limits of automation"), SCHEMA, keys={"default": _("All rules")}, hints=NAMES, example={"depth": 3, "trial_days": 30}
        )
    )


def builtin() -> list[dict[str, Any]]:
    file = Path(__file__).resolve().parent / "builtin" / "limits.json"
    rules: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["rules"]
    return rules
