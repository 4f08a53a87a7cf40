"""What the house goes by in emotional situations: the word list, the playbook, and how many hard cases a shift may hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.models import RuleVersion
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve_version

BUILTIN = Path(__file__).resolve().parent.parent / "builtin" / "emotions.json"
LEXICON, PLAYBOOK, LIMITS = "emotion_lexicon", "deescalation", "hard_cases"
TERMS = {"type": "array", "items": {"type": "string", "minLength": 2, "maxLength": 60}, "uniqueItems": True, "maxItems": 500}


@dataclass(frozen=True)
class Step:
    code: str
    label: str


@dataclass(frozen=True)
class Playbook:
    """version: None where an installation has no rules yet and goes by those that come with Steward."""

    steps: Sequence[Step]
    source: str
    version: RuleVersion | None


@dataclass(frozen=True)
class Limits:
    per_shift: int
    break_minutes: int


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def _rule(kind: str, unit: Unit, at: datetime) -> tuple[dict[str, Any], str, RuleVersion | None]:
    """The body in force, its source and its version."""
    version = resolve_version(kind, "default", unit, today_of(unit, at))
    if version is not None:
        return version.body, version.source, version
    rule = next(rule for rule in builtin_rules() if rule["kind"] == kind)
    return rule["body"], rule["source"], None


WordList = tuple[Mapping[str, Sequence[str]], RuleVersion | None]  # terms by level, and the rule they stand in


def lexicon_of(unit: Unit, at: datetime) -> WordList:
    body, _source, version = _rule(LEXICON, unit, at)
    return body, version


def playbook_of(unit: Unit, at: datetime) -> Playbook:
    body, source, version = _rule(PLAYBOOK, unit, at)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return Playbook([Step(step["code"], step[language]) for step in body["steps"]], source, version)


def limits_of(unit: Unit, at: datetime) -> Limits:
    body, _source, _version = _rule(LIMITS, unit, at)
    return Limits(body["per_shift"], body["break_minutes"])


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "required": sorted(properties), "properties": properties}


def register_kinds() -> None:
    whole = {"type": "integer", "minimum": 1, "maximum": 240}
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    step = _object(code={"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}, zh=text, en=text)
    register(
        RuleKind(
            LEXICON,
            _("Words of emotional situations"),
            _object(severe=TERMS, tense=TERMS),
            keys={"default": _("All messages to this unit")},
            hints={"severe": _("Threats, insults, despair."), "tense": _("Anger and strain. It never changes how a matter is weighed.")},
            example={"severe": ["kill you"], "tense": ["fed up"]},
        )
    )
    register(
        RuleKind(
            PLAYBOOK,
            _("De-escalation step by step"),
            _object(steps={"type": "array", "items": step, "minItems": 1, "maxItems": 20}),
            keys={"default": _("All cases of this unit")},
            hints={"steps": _("Each step with a code, in Chinese and in English.")},
            example={"steps": [{"code": "listen", "zh": "听完不打断", "en": "Listen to the end without interrupting"}]},
        )
    )
    register(
        RuleKind(
            LIMITS,
            _("Hard cases in a shift"),
            _object(per_shift=whole, break_minutes=whole),
            keys={"default": _("Everybody of this unit")},
            hints={
                "per_shift": _("After so many severe cases in a shift a rotation is proposed."),
                "break_minutes": _("Minutes of a recovery break; they are working time."),
            },
            example={"per_shift": 2, "break_minutes": 15},
        )
    )
