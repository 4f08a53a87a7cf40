"""Trade words that people outside do not know: a list every unit can replace by its own."""

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

BUILTIN = Path(__file__).resolve().parent.parent / "builtin" / "processes.json"
KIND = "plain_words"
WORDS = {"type": "array", "maxItems": 500, "items": {"type": "string", "minLength": 1, "maxLength": 60}}


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def jargon_of(unit: Unit, language: str, at: datetime) -> list[str]:
    """The trade words of a language; an installation into which no rules were read yet goes by the list that comes with Steward."""
    found: dict[str, Any] | None = resolve(KIND, "default", unit, today_of(unit, at))
    return list((found or builtin_rules()[0]["body"]).get(language, []))


def register_kinds() -> None:
    register(
        RuleKind(
            KIND,
            _("Trade words to explain or avoid"),
            schema={
                "type": "object",
                "additionalProperties": False,
                "required": ["zh-hans"],
                "properties": {"zh-hans": WORDS, "en": WORDS},
            },
            keys={"default": _("Standard")},
            hints={"zh-hans": _("Words that people outside do not know, in Chinese texts"), "en": _("The same for English texts")},
            example={"zh-hans": ["补件", "尽调"], "en": ["SLA"]},
        )
    )
