"""When a model's input counts as drifted, and how often somebody looks at it: versioned rules that an organisation may set for itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.rules.files import register_builtin
from steward.ground.rules.kinds import RuleKind, register

from .intake import USUAL

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": list(USUAL),
    "properties": {
        "history_days": {"type": "integer", "minimum": 60, "maximum": 1095},
        "recent_days": {"type": "integer", "minimum": 28, "maximum": 91, "multipleOf": 7},
        "psi_watch": {"type": "number", "exclusiveMinimum": 0, "maximum": 5},
        "psi_drift": {"type": "number", "exclusiveMinimum": 0, "maximum": 5},
        "level": {"type": "number", "exclusiveMinimum": 0, "maximum": 0.1},
        "review_days": {"type": "integer", "minimum": 7, "maximum": 730},
    },
}


def register_kinds() -> None:
    register(
        RuleKind(
            "model_limits",
            _("Limits of models"),
            SCHEMA,
            keys={"default": _("All models")},
            hints={
                "history_days": _("How many days a forecast learns from at most."),
                "recent_days": _("The last days, in whole weeks, that are compared with the ones before."),
                "psi_watch": _("PSI from which drift is worth watching; it counts only where chance does not explain it."),
                "psi_drift": _("PSI from which the input has drifted; it counts only where chance does not explain it."),
                "level": _("How seldom chance alone may sound the alarm: 0.01 is once in a hundred runs."),
                "review_days": _("After how many days somebody looks at the model again."),
            },
            example=USUAL,
        )
    )
    register_builtin("modelcards", _builtin)


def _builtin() -> list[dict[str, Any]]:
    file = Path(__file__).resolve().parent / "builtin" / "model_limits.json"
    rules: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["rules"]
    return rules
