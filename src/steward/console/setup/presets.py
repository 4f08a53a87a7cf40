"""What a trade usually has: hours, services, categories, time limits. Files beside the code; each time limit names its source.

A time limit with `law` comes from a rule of law and is 未核实 until somebody has compared it; the others are promises of one's own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from steward.core.catalog.words import span_words
from steward.ground.fields import LocalizedText
from steward.ground.rules.standard import TRADES
from steward.science.worktime import Week

FOLDER = Path(__file__).resolve().parent / "presets"
FALLBACK = "general"
# What people count in → the unit that time limits are kept in, and how many of it.
PER: dict[str, tuple[str, int]] = {
    "working_minutes": ("working_minutes", 1),
    "working_hours": ("working_minutes", 60),
    "working_days": ("working_days", 1),
    "calendar_days": ("calendar_days", 1),
}


@dataclass(frozen=True)
class Named:
    code: str
    name: LocalizedText


@dataclass(frozen=True)
class Limit:
    """A promise about time. amount counts in `per`; key: names it within its preset."""

    key: str
    promise_kind: str
    clock: str
    case_kind: str
    priority: str
    amount: int
    per: str
    pauses: tuple[str, ...]
    source: LocalizedText
    law: bool
    unverified: bool

    @property
    def time_unit(self) -> str:
        return PER[self.per][0]

    def kept(self, amount: int) -> int:
        """The amount in the unit that it is kept in."""
        return amount * PER[self.per][1]

    def words(self, amount: int) -> str:
        return span_words(self.kept(amount), self.time_unit)


@dataclass(frozen=True)
class Preset:
    """week: spans of minutes by weekday, Monday is 0; holidays: whether public holidays are usually off."""

    industry: str
    version: int
    week: Week
    holidays: bool
    services: tuple[Named, ...]
    categories: tuple[Named, ...]
    limits: tuple[Limit, ...]


def trades() -> tuple[str, ...]:
    return tuple(TRADES)


@cache
def preset_of(industry: str) -> Preset:
    """The preset of a trade; that of general services for a trade without its own."""
    path = FOLDER / f"{industry if industry in TRADES else FALLBACK}.json"
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Preset(
        industry=raw["industry"],
        version=raw["version"],
        week={weekday: tuple((start, end) for start, end in spans) for weekday, spans in enumerate(raw["week"])},
        holidays=raw["holidays"],
        services=tuple(map(_named, raw["services"])),
        categories=tuple(map(_named, raw["categories"])),
        limits=tuple(map(_limit, raw["limits"])),
    )


def _named(raw: dict[str, str]) -> Named:
    return Named(raw["code"], LocalizedText({code: words for code, words in raw.items() if code != "code"}))


def _limit(raw: dict[str, Any]) -> Limit:
    return Limit(**{**raw, "pauses": tuple(raw["pauses"]), "source": LocalizedText(raw["source"])})
