"""Rules as one JSON file: export, import (all or nothing), and the rules that come with Steward."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import require
from steward.ground.journal.actors import Actor

from . import kinds
from .checking import Problem, problems_of
from .errors import UnusableRule
from .kinds import RuleKind
from .models import RuleVersion
from .operations import check_rule, publish_rule
from .queries import current_ids

FORMAT = "steward-rules"
LIMIT_BYTES = 2 * 1024 * 1024
BUILTIN = Path(__file__).resolve().parent / "builtin"
DAY = r"^\d{4}-\d{2}-\d{2}$"
ENVELOPE = RuleKind(
    "file",
    "file",
    schema={
        "type": "object",
        "required": ["format", "rules"],
        "additionalProperties": False,
        "properties": {
            "format": {"const": FORMAT},
            "rules": {
                "type": "array",
                "maxItems": 2000,
                "items": {
                    "type": "object",
                    "required": ["kind", "key", "valid_from", "source", "body"],
                    "additionalProperties": False,
                    "properties": {
                        "kind": {"type": "string"},
                        "key": {"type": "string", "maxLength": 40},
                        "valid_from": {"type": "string", "pattern": DAY},
                        "valid_to": {"type": ["string", "null"], "pattern": DAY},
                        "source": {"type": "string", "minLength": 1, "maxLength": 300},
                        "unverified": {"type": "boolean"},
                        "body": {},
                    },
                },
            },
        },
    },
)


def export_rules(rules: Iterable[RuleVersion]) -> dict[str, Any]:
    """The versions as the document that `import_rules` reads."""
    return {"format": FORMAT, "rules": [_exported(rule) for rule in rules]}


@transaction.atomic
def import_rules(*, document: Any, unit: Unit | None, by: Actor, at: datetime, reason: str = "") -> list[RuleVersion]:
    """Publish every rule of a document at a unit (None: the installation, machines only), or none of them.

    A rule whose body, source and dates are those that count already is left alone. Errors: UnusableRule with the path of every fault.
    """
    if unit is not None:
        require(by, "rules.manage", unit, at=at)
    elif not (by.is_machine and by.user is None):
        raise Forbidden(action="rules.manage")
    problems = problems_of(ENVELOPE, document) or _problems_of_rules(document["rules"], unit)
    if problems:
        raise UnusableRule(problems)
    published = []
    for entry in document["rules"]:
        rule = _publish(entry, unit=unit, by=by, at=at, origin=RuleVersion.Origin.IMPORT, reason=reason)
        if rule is not None:
            published.append(rule)
    return published


BuiltinSource = Callable[[], Iterable[dict[str, Any]]]
_sources: dict[str, BuiltinSource] = {}


def register_builtin(key: str, source: BuiltinSource) -> None:
    """Add rules that come with an app: entries as in a rules file."""
    if key in _sources:
        raise ValueError(f"Built-in rules {key!r} are registered twice.")
    _sources[key] = source


def builtin_rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted(BUILTIN.glob("*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))["rules"]
    for key in sorted(_sources):
        found += _sources[key]()
    return found


def load_builtin_rules(at: datetime) -> int:
    """Bring the installation's built-in rules to this version; returns how many were published.

    Safe at every start, by any number of processes. A rule that the operator replaced by an import is left alone.
    """
    count = 0
    for entry in builtin_rules():
        try:
            with transaction.atomic():
                count += _load(entry, at)
        except IntegrityError:
            continue  # another process, which starts at the same time, published this version
    return count


def _load(entry: dict[str, Any], at: datetime) -> int:
    newest = RuleVersion.objects.of_series(entry["kind"], entry["key"], None).filter(withdrawn_at=None).order_by("-version").first()
    if newest is not None and newest.origin != RuleVersion.Origin.BUILTIN:
        return 0
    return int(_publish(entry, unit=None, by=Actor.system("builtin"), at=at, origin=RuleVersion.Origin.BUILTIN) is not None)


def _publish(entry: dict[str, Any], *, unit: Unit | None, by: Actor, at: datetime, origin: str, reason: str = "") -> RuleVersion | None:
    valid_from, valid_to = date.fromisoformat(entry["valid_from"]), _day(entry.get("valid_to"))
    kind, key, body, source = entry["kind"], entry["key"], entry["body"], entry["source"]
    newest = RuleVersion.objects.of_series(kind, key, unit).filter(withdrawn_at=None).order_by("-version").first()
    confirms = newest is not None and newest.unverified and not entry.get("unverified", True)
    if (
        newest
        and not confirms
        and (newest.body, newest.source, newest.valid_from, newest.valid_to) == (body, source.strip(), valid_from, valid_to)
    ):
        return None
    return publish_rule(
        kind=kind,
        key=key,
        unit=unit,
        body=body,
        source=source,
        valid_from=valid_from,
        valid_to=valid_to,
        unverified=entry.get("unverified", True),
        origin=origin,
        by=by,
        at=at,
        reason=reason,
    )


def _problems_of_rules(entries: list[dict[str, Any]], unit: Unit | None) -> list[Problem]:
    problems: list[Problem] = []
    for position, entry in enumerate(entries):
        under = f"rules[{position}]"
        if kinds.known(entry["kind"]):
            wrong = problems_of(kinds.kind_for(entry["kind"]), entry["body"], under=f"{under}.body")
            problems += wrong
            if wrong:
                continue
        try:
            valid_from, valid_to = date.fromisoformat(entry["valid_from"]), _day(entry.get("valid_to"))
            given = {name: entry[name] for name in ("kind", "key", "body", "source")}
            check_rule(unit=unit, valid_from=valid_from, valid_to=valid_to, **given)
        except ValueError:
            problems.append(Problem(under, _("A date is written as 2026-03-02.")))
        except Refused as refused:
            problems.append(Problem(under, str(refused)))
    return problems


def _exported(rule: RuleVersion) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "key": rule.key,
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
        "source": rule.source,
        "unverified": rule.unverified,
        "body": rule.body,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def rules_in_force(rows: Iterable[RuleVersion], on_date: date) -> list[RuleVersion]:
    """Those of the rows that count on a day."""
    current = current_ids(on_date)
    return [row for row in rows if row.pk in current]
