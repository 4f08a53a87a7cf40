"""Checking a body against its schema, in the reader's language: which place is wrong, and what to write there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, FormatChecker, ValidationError

from .kinds import RuleKind

MOST = 20


@dataclass(frozen=True)
class Problem:
    """where: the place, such as quiet_hours.from or rules[2].body; text: what is wrong and what to write; hint: of the kind's author."""

    where: str
    text: str
    hint: str = ""


def problems_of(kind: RuleKind, body: Any, *, under: str = "") -> list[Problem]:
    """Everything that is wrong with a body, in the order of the document; empty when it fits."""
    validator = Draft202012Validator(dict(kind.schema), format_checker=FormatChecker())
    found = sorted(validator.iter_errors(body), key=lambda error: [str(part) for part in error.absolute_path])
    return [Problem(_where(error.absolute_path, under), _text(error), kind.hint(list(error.absolute_path))) for error in found[:MOST]]


def parse(text: str) -> tuple[Any, list[Problem]]:
    """JSON text as a value, or the place where it stops being JSON."""
    try:
        return json.loads(text, parse_constant=_no_number), []
    except json.JSONDecodeError as error:
        where = _("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}
        return None, [Problem(where, _("This is not JSON here. Look for a missing comma, quotation mark or bracket before this place."))]
    except (ValueError, RecursionError):  # brackets in brackets without end, a number of thousands of digits
        return None, [
            Problem(_("the whole document"), _("This is nested deeper than any rule needs, or holds a number that JSON does not have."))
        ]


def _no_number(name: str) -> Any:
    """NaN and Infinity: Python reads them, JSON has none, and PostgreSQL does not keep them."""
    raise ValueError(name)


def _where(path: Iterable[str | int], under: str) -> str:
    shown = under
    for part in path:
        shown += f"[{part}]" if isinstance(part, int) else (f".{part}" if shown else part)
    return shown or _("the whole document")


_TYPES: dict[str, Callable[[], str]] = {
    "object": lambda: _("an object in { }"),
    "array": lambda: _("a list in [ ]"),
    "string": lambda: _("a text in quotation marks"),
    "integer": lambda: _("a whole number"),
    "number": lambda: _("a number"),
    "boolean": lambda: _("true or false"),
    "null": lambda: "null",
}


def _text(error: ValidationError) -> str:
    limit: Any = error.validator_value
    given: Any = error.instance
    shown = _shown(error.instance)
    if error.validator == "type":
        wanted = [limit] if isinstance(limit, str) else list(limit)
        kinds = " / ".join(_TYPES[name]() for name in wanted if name in _TYPES)
        return _("Write %(wanted)s instead of %(found)s.") % {"wanted": kinds, "found": shown}
    if error.validator == "required":
        missing = ", ".join(name for name in limit if name not in given)
        return _("Something is missing: add %(names)s.") % {"names": missing}
    if error.validator in ("additionalProperties", "unevaluatedProperties"):
        known = _schema(error).get("properties", {})
        extra = ", ".join(name for name in given if name not in known)
        return _("Nothing is known of %(names)s. Known: %(known)s.") % {"names": extra, "known": ", ".join(known)}
    return _limit_text(error, limit, shown)


def _limit_text(error: ValidationError, limit: Any, shown: str) -> str:
    values = {"limit": limit, "found": shown}
    if error.validator == "enum":
        return _("%(found)s is not among the choices: %(choices)s.") % {"found": shown, "choices": ", ".join(map(str, limit))}
    if error.validator in ("minimum", "exclusiveMinimum"):
        return _("%(found)s is too small; the least is %(limit)s.") % values
    if error.validator in ("maximum", "exclusiveMaximum"):
        return _("%(found)s is too large; the most is %(limit)s.") % values
    if error.validator in ("pattern", "format"):
        return _("%(found)s does not have the right form (%(limit)s).") % values
    if error.validator in ("minLength", "minItems", "minProperties"):
        return _("This is too short or empty; it needs at least %(limit)s.") % values
    if error.validator in ("maxLength", "maxItems", "maxProperties"):
        return _("This is too long; at most %(limit)s are allowed.") % values
    return _("%(found)s does not fit the rule “%(name)s”.") % {"found": shown, "name": str(error.validator)}


def _schema(error: ValidationError) -> dict[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:39]}…"
