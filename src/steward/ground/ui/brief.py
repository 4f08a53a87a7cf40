"""The morning brief: five blocks that every room may add lines to. Registered in `AppConfig.ready()`; the console puts them on one page.

    register(BriefSource("cases.broken", "broken", 10, broken, capability="cases.view"))   # broken(user, at) -> BriefPart

A source looks up a few lines and counts the rest; it never lists everything. Every line ends in an action.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise

from .navigation import DuplicateEntry, may_use

Block = Literal["broken", "soon", "changed", "people", "decisions"]
BLOCKS: tuple[Block, ...] = ("broken", "soon", "changed", "people", "decisions")
# They ask many rooms, or for the whole team's work: the page does not wait for them.
LATER: frozenset[Block] = frozenset({"people", "decisions"})


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One thing to know and to do. why: the small grey text; due_at: shown as a clock; url: where the title leads; action: (label, address)."""

    title: str
    why: str = ""
    url: str = ""
    due_at: datetime | None = None
    action: tuple[str | Promise, str] | None = None


@dataclass(frozen=True, slots=True)
class BriefPart:
    """What a source has to say. count: how many there are in all; more_url: where the rest is."""

    lines: Sequence[BriefLine]
    count: int
    more_url: str = ""


@dataclass(frozen=True, slots=True)
class BriefSource:
    key: str
    block: Block
    order: int
    find: Callable[[Any, datetime], BriefPart]
    capability: str = ""


@dataclass(frozen=True, slots=True)
class FilledBlock:
    block: Block
    count: int
    parts: Sequence[BriefPart]


_sources: dict[str, BriefSource] = {}


def register(source: BriefSource) -> None:
    if source.key in _sources:
        raise DuplicateEntry(f"The brief source {source.key!r} is registered twice.")
    _sources[source.key] = source


def sources() -> list[BriefSource]:
    return sorted(_sources.values(), key=lambda source: (BLOCKS.index(source.block), source.order, source.key))


def brief_for(user: Any, *, at: datetime, blocks: Sequence[Block] = BLOCKS) -> list[FilledBlock]:
    """The blocks in their order, each with what the sources this person may use have to say."""
    filled = []
    for block in blocks:
        parts = [source.find(user, at) for source in sources() if source.block == block and may_use(user, source.capability)]
        filled.append(FilledBlock(block, sum(part.count for part in parts), [part for part in parts if part.count]))
    return filled
