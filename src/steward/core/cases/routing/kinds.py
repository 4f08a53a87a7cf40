"""How much a case of each channel takes of a person, as a rule that every unit can replace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules import files
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

from ..models import Channel

KIND = "routing_capacity"
WEIGHT: dict[str, Any] = {"type": "integer", "minimum": 0, "maximum": 10_000}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["capacity", "weights", "other"],
    "properties": {
        "capacity": {"type": "integer", "minimum": 1, "maximum": 100_000},
        "weights": {"type": "object", "additionalProperties": False, "properties": {channel.value: WEIGHT for channel in Channel}},
        "other": WEIGHT,
    },
}
EXAMPLE = {"capacity": 100, "weights": {"phone": 50, "chat": 33, "email": 10}, "other": 10}


@dataclass(frozen=True)
class Capacity:
    """What one person holds, and what a case of each channel takes of it. limit None: no rule says, nothing is limited, each case counts one."""

    limit: int | None = None
    weights: Mapping[str, int] = field(default_factory=dict)
    other: int = 1

    def weight(self, channel: str) -> int:
        return self.weights.get(channel, self.other)


def capacity_in(unit: Unit, at: datetime, *, at_revision: UUID | None = None) -> Capacity:
    body = resolve(KIND, "default", unit, today_of(unit, at), at_revision=at_revision)
    return Capacity(body["capacity"], body["weights"], body["other"]) if body else Capacity()


def register_kinds() -> None:
    hints = {
        "capacity": _("What one person can hold at once, in the same measure as the weights."),
        "weights": _("What a case of this channel takes while it is with somebody and not on hold."),
        "other": _("What a case of any other channel takes."),
    }
    register(RuleKind(KIND, _("What a person can hold at once"), SCHEMA, keys={"default": _("All cases")}, hints=hints, example=EXAMPLE))
    files.register_builtin("routing", _builtin)


def _builtin() -> list[dict[str, Any]]:
    file = Path(__file__).resolve().parent / "builtin" / "routing_capacity.json"
    rules: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["rules"]
    return rules
