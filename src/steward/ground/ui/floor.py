"""The board of the floor: sections that every room may add. Registered in `AppConfig.ready()`; `contact/floor` puts them on one page.

    register(FloorBlock("queue.lobby", 20, _("Queue"), "queue/block.html", block, topics, capability="queue.view"))

context(request, at) returns None where there is nothing to show to this reader; topics(user) are the topic versions whose change refreshes the board.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from steward.ground.access.http import StaffRequest

from .navigation import DuplicateEntry, may_use


@dataclass(frozen=True)
class FloorBlock:
    key: str
    order: int
    title: str | Promise
    template: str
    context: Callable[[StaffRequest, datetime], dict[str, Any] | None]
    topics: Callable[[Any], Sequence[str]]
    capability: str = ""


@dataclass(frozen=True)
class FilledFloorBlock:
    key: str
    title: str | Promise
    template: str
    data: dict[str, Any]


_blocks: dict[str, FloorBlock] = {}


def register(block: FloorBlock) -> None:
    if block.key in _blocks:
        raise DuplicateEntry(f"The block {block.key!r} of the floor board is registered twice.")
    _blocks[block.key] = block


def blocks_for(user: Any) -> list[FloorBlock]:
    """Those that this person may use, in their order."""
    found = sorted(_blocks.values(), key=lambda block: (block.order, block.key))
    return [block for block in found if may_use(user, block.capability)]


def topics_for(user: Any) -> list[str]:
    return sorted({key for block in blocks_for(user) for key in block.topics(user)})


def fill(request: StaffRequest, at: datetime) -> list[FilledFloorBlock]:
    found = []
    for block in blocks_for(request.user):
        data = block.context(request, at)
        if data is not None:
            found.append(FilledFloorBlock(block.key, block.title, block.template, data))
    return found
