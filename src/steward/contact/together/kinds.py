"""How long another department may take, and when a second report is a repeat: rules that every unit can replace by its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

BUILTIN = Path(__file__).resolve().parent / "builtin" / "together.json"


def _whole(low: int, high: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": low, "maximum": high}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": sorted(properties), "properties": properties}


@dataclass(frozen=True)
class Agreement:
    """What the receiving department has agreed to: working minutes, and at which share of them its head is told."""

    minutes: int
    escalate_percent: int


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def _rule(kind: str, unit: Unit, at: datetime) -> dict[str, Any]:
    """What counts for the unit; an installation into which no rules were read yet goes by those that come with Steward."""
    found: dict[str, Any] | None = resolve(kind, "default", unit, today_of(unit, at))
    return found if found is not None else next(rule["body"] for rule in builtin_rules() if rule["kind"] == kind)


def agreement_of(unit: Unit, at: datetime) -> Agreement:
    body = _rule("internal_ola", unit, at)
    return Agreement(body["minutes"], body["escalate_percent"])


def promise_minutes(unit: Unit, at: datetime) -> int:
    """Minutes around the clock until an order of this department is promised to be done, where nobody says otherwise."""
    return int(_rule("service_orders", unit, at)["promise_minutes"])


def repeat_window(unit: Unit, at: datetime) -> timedelta:
    return timedelta(hours=_rule("service_orders", unit, at)["repeat_hours"])


def stuck_minutes(unit: Unit, at: datetime) -> int:
    """Working minutes without any progress after which a team is stuck: a working day."""
    return int(_rule("case_teams", unit, at)["stuck_minutes"])


def handoffs_told(unit: Unit, at: datetime) -> int:
    return int(_rule("case_teams", unit, at)["handoffs"])


def register_kinds() -> None:
    register(
        RuleKind(
            "case_teams",
            _("Teams around a case"),
            _object(stuck_minutes=_whole(1, 100_000), handoffs=_whole(1, 100)),
            keys={"default": _("All cases of this unit")},
            hints={
                "stuck_minutes": _("After so many working minutes without progress a team counts as stuck."),
                "handoffs": _("A case that changed hands so often is told to its supervisors."),
            },
            example={"stuck_minutes": 480, "handoffs": 3},
        )
    )
    register(
        RuleKind(
            "internal_ola",
            _("Time for internal requests"),
            _object(minutes=_whole(1, 100_000), escalate_percent=_whole(1, 100)),
            keys={"default": _("All requests to this unit")},
            hints={
                "minutes": _("Working minutes of the receiving department from sending to the answer."),
                "escalate_percent": _("At this share of the time the head of the receiving department is told."),
            },
            example={"minutes": 240, "escalate_percent": 80},
        )
    )
    register(
        RuleKind(
            "service_orders",
            _("Service orders"),
            _object(promise_minutes=_whole(1, 100_000), repeat_hours=_whole(1, 720)),
            keys={"default": _("All orders to this unit")},
            hints={
                "promise_minutes": _("Minutes around the clock until an order is promised to be done."),
                "repeat_hours": _("Reported again within so many hours after it was done, an order repeats the first one."),
            },
            example={"promise_minutes": 45, "repeat_hours": 24},
        )
    )
