"""Labour rules as data: what the law limits, by article, read from plain mappings such as JSON. No number of any law stands in this code.

``china.json`` beside this file is a set to begin with; an installation keeps its own, with versions and dates, and passes those in force.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from steward.science.guards import count
from steward.science.roster.problem import NotARoster


class Kind(StrEnum):
    """What a rule limits, and which limits it must name.

    REST_DAYS: at least ``days`` without work in any ``window`` consecutive days.
    MINUTES_PER_DAY, MINUTES_PER_WEEK: at most ``minutes``; weeks run from Monday.
    REST_BETWEEN: at least ``minutes`` from the end of a shift to the begin of the next day's.
    OVERTIME_PER_MONTH: at most ``minutes``; overtime is what exceeds ``day_minutes`` on a day or ``week_minutes`` in a week, whichever is more,
    and belongs to the day on which it arises.
    PROTECTED: whoever is in one of ``states`` does none of ``forbid``: ``night``, ``overtime`` (with ``day_minutes`` and ``week_minutes``).
    """

    REST_DAYS = "rest_days"
    MINUTES_PER_DAY = "minutes_per_day"
    MINUTES_PER_WEEK = "minutes_per_week"
    REST_BETWEEN = "rest_between"
    OVERTIME_PER_MONTH = "overtime_per_month"
    PROTECTED = "protected"


LIMITS = {
    Kind.REST_DAYS: ("window", "days"),
    Kind.MINUTES_PER_DAY: ("minutes",),
    Kind.MINUTES_PER_WEEK: ("minutes",),
    Kind.REST_BETWEEN: ("minutes",),
    Kind.OVERTIME_PER_MONTH: ("minutes", "day_minutes", "week_minutes"),
    Kind.PROTECTED: ("day_minutes", "week_minutes"),
}
FORBIDDABLE = frozenset({"night", "overtime"})


@dataclass(frozen=True, slots=True)
class LabourRule:
    """One rule. ``article``: what to cite when it refuses something; ``unverified`` (未核实): nobody has checked the number against the source."""

    id: str
    kind: Kind
    article: str
    limits: Mapping[str, int]
    states: frozenset[str] = field(default_factory=frozenset)
    forbid: frozenset[str] = field(default_factory=frozenset)
    unverified: bool = False


def labour_rules(data: Iterable[Mapping[str, object]]) -> tuple[LabourRule, ...]:
    """Rules from mappings with ``id``, ``kind``, ``article``, ``unverified`` and the limits of the kind. Errors: NotARoster, NotANumber."""
    return tuple(_rule(entry) for entry in data)


def china() -> tuple[LabourRule, ...]:
    """The rules of ``china.json``: weekly rest, hours of a day, overtime of a month, pregnancy, nursing, rest between shifts."""
    return labour_rules(json.loads(Path(__file__).with_name("china.json").read_text(encoding="utf-8")))


def _rule(entry: Mapping[str, object]) -> LabourRule:
    name = str(entry.get("id") or "")
    try:
        kind = Kind(str(entry.get("kind")))
    except ValueError as error:
        raise NotARoster(f"labour rule {name!r}: kind must be one of {', '.join(Kind)}, not {entry.get('kind')!r}") from error
    if not name or not entry.get("article"):
        raise NotARoster(f"labour rule {name!r}: id and article are needed")
    if missing := [limit for limit in LIMITS[kind] if limit not in entry]:
        raise NotARoster(f"labour rule {name!r}: {', '.join(missing)} is missing")
    limits = {limit: int(count(entry[limit], f"{name}.{limit}")) for limit in LIMITS[kind]}  # type: ignore[arg-type]  # count refuses what is no number
    states, forbid = _words(entry, "states"), _words(entry, "forbid")
    if kind is Kind.PROTECTED and (not states or not forbid or forbid - FORBIDDABLE):
        raise NotARoster(f"labour rule {name!r}: states, and forbid out of {', '.join(sorted(FORBIDDABLE))}, are needed")
    return LabourRule(name, kind, str(entry["article"]), limits, states, forbid, bool(entry.get("unverified", False)))


def _words(entry: Mapping[str, object], key: str) -> frozenset[str]:
    value = entry.get(key, ())
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise NotARoster(f"labour rule {entry.get('id')!r}: {key} must be a list")
    return frozenset(str(word) for word in value)
