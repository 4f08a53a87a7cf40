"""How long a case takes, as a rule that every unit can replace by its own measured minutes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Kind
from steward.ground.rules.kinds import RuleKind, register

SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {kind.value: {"type": "integer", "minimum": 1, "maximum": 1000} for kind in Kind},
}


def register_kinds() -> None:
    register(
        RuleKind(
            "case_minutes",
            _("Minutes a case takes"),
            SCHEMA,
            keys={"default": _("All cases")},
            hints={kind.value: _("Working minutes from taking it to closing it.") for kind in Kind},
            example={"enquiry": 10, "request": 20, "complaint": 45},
        )
    )
