"""Where upper rooms add to the pages of cases: saved views and bulk actions of the list, tools of the composer, where tasks lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import Prefetch, QuerySet

from steward.ground.access.http import StaffRequest
from steward.ground.ui.lists import Column

from . import held
from .models import Case, Task

Place = Literal["list.actions", "list.views", "list.bulk", "file.writing", "file.composer", "file.rail"]


@dataclass(frozen=True)
class Part:
    """A template and what it needs. context returns None where there is nothing to show; for a list the case is None.

    holds: by name, the rows that the room may hold about a case, given its key. Most cases have none of most: one query asks for all of them,
    and `held.some` reads what is there.
    """

    key: str
    place: Place
    order: int
    template: str
    context: Callable[[StaffRequest, Case | None], dict[str, Any] | None]
    holds: Mapping[str, Callable[[Any], QuerySet[Any]]] = field(default_factory=dict)


@dataclass(frozen=True)
class FilledPart:
    template: str
    data: dict[str, Any]


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    if part.key in _parts:
        raise ValueError(f"The part {part.key!r} of the case pages is registered twice.")
    _parts[part.key] = part
    for name, rows in part.holds.items():
        held.register(name, rows)


def parts(place: Place, request: StaffRequest, case: Case | None = None) -> list[FilledPart]:
    found = []
    for part in sorted(_parts.values(), key=lambda part: (part.order, part.key)):
        data = part.context(request, case) if part.place == place else None
        if data is not None:
            found.append(FilledPart(part.template, data))
    return found


@dataclass(frozen=True)
class ExportColumns:
    """Columns an upper room adds to the exported list of cases. prefetch: the relation they are read from."""

    key: str
    prefetch: Prefetch[Any]
    columns: Callable[[StaffRequest], Sequence[Column[Case]]]


_exports: dict[str, ExportColumns] = {}


def register_export(columns: ExportColumns) -> None:
    if columns.key in _exports:
        raise ValueError(f"The columns {columns.key!r} of the exported cases are registered twice.")
    _exports[columns.key] = columns


def export_columns() -> list[ExportColumns]:
    return [found for _key, found in sorted(_exports.items())]


@dataclass(frozen=True)
class TaskPlace:
    """Where a task about a row of an upper room leads, and is finished. subject: the model's label in lower case; addresses: ids of rows → pages."""

    subject: str
    addresses: Callable[[Sequence[int]], Mapping[int, str]]


_places: dict[str, TaskPlace] = {}


def register_task_place(place: TaskPlace) -> None:
    if place.subject in _places:
        raise ValueError(f"Where tasks about {place.subject!r} lead is registered twice.")
    _places[place.subject] = place


def places_of(tasks: Iterable[Task]) -> list[tuple[Task, str]]:
    """Each task with the page on which it is done; "" where the list itself is the place."""
    tasks = list(tasks)
    found: dict[tuple[str, int], str] = {}
    for subject, place in _places.items():
        ids = [task.subject_id for task in tasks if task.subject_type == subject]
        if ids:
            found.update({(subject, pk): address for pk, address in place.addresses(ids).items()})
    return [(task, found.get((task.subject_type, task.subject_id), "")) for task in tasks]
