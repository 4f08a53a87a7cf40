"""What a unit aims at, as rules (`measure_target`): versioned, with a source, inherited down the tree. Without one the declaration holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules import kinds
from steward.ground.rules.queries import resolve

from .declarations import Measure

KIND = "measure_target"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "target": {"type": ["number", "null"]},
        "practical": {"type": "number", "exclusiveMinimum": 0},
        "minimum_n": {"type": "integer", "minimum": 1},
    },
}


@dataclass(frozen=True, slots=True)
class Aim:
    """A measure as it counts for a unit: with the unit's own thresholds, and the target if there is one (in the measure's unit)."""

    measure: Measure
    target: float | None


def aim_of(measure: Measure, unit: Unit | None, day: date) -> Aim:
    """The thresholds in force for a unit on a day."""
    body = resolve(KIND, measure.id, unit, day) if unit is not None else None
    if not body:
        return Aim(measure, None)
    own = replace(measure, practical=body.get("practical", measure.practical), minimum_n=body.get("minimum_n", measure.minimum_n))
    return Aim(own, body.get("target"))


def register_kind() -> None:
    kinds.register(
        kinds.RuleKind(
            KIND,
            _("Targets of measures"),
            SCHEMA,
            hints={
                "target": _("What the unit aims at, in the unit of the measure (percent as 0 to 100)."),
                "practical": _("The smallest change that matters; smaller ones are called no change."),
                "minimum_n": _("Below so many cases nothing is said."),
            },
            example={"target": 90, "practical": 5, "minimum_n": 30},
        )
    )
