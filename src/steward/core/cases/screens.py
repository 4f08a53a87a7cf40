"""Where upper rooms add parts to the pages of cases: saved views and bulk actions of the list, tools of the composer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from steward.ground.access.http import StaffRequest

from .models import Case

Place = Literal["list.views", "list.bulk", "file.composer", "file.rail"]


@dataclass(frozen=True)
class Part:
    """A template and what it needs. context returns None where there is nothing to show; for a list the case is None."""

    key: str
    place: Place
    order: int
    template: str
    context: Callable[[StaffRequest, Case | None], dict[str, Any] | None]


@dataclass(frozen=True)
class FilledPart:
    template: str
    data: dict[str, Any]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    if part.key in _parts:
        raise ValueError(f"The part {part.key!r} of the case pages is registered twice.")
    _parts[part.key] = part


def parts(place: Place, request: StaffRequest, case: Case | None = None) -> list[FilledPart]:
    found = []
    for part in sorted(_parts.values(), key=lambda part: (part.order, part.key)):
        data = part.context(request, case) if part.place == place else None
        if data is not None:
            found.append(FilledPart(part.template, data))
    return found
