"""The kinds of exports that are known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise

from ..errors import UnknownExport
from ..mapping import REQUIRED, SEVERAL
from ..reading import Words
from .source import Source

BUILTIN = Path(__file__).resolve().parent.parent / "builtin"


@dataclass(frozen=True)
class Ticket:
    """A ticket of another desk. cells: by the columns of its kind, missing ones empty; said and states as in `reading.Row`."""

    cells: dict[str, str]
    said: Sequence[Words] = field(default_factory=tuple)
    states: Sequence[tuple[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Export:
    """A kind of export. mapping: the file with its mapping; read: its tickets, None where the export is a table with the columns as its head."""

    key: str
    label: str | Promise
    mapping: Path
    columns: tuple[str, ...] = ()
    read: Callable[[Source], Iterator[Ticket]] | None = None

    def document(self) -> dict[str, Any]:
        """Its mapping, to be changed freely."""
        found: dict[str, Any] = json.loads(self.mapping.read_text(encoding="utf-8"))
        return found


_EXPORTS: dict[str, Export] = {}


def register(export: Export) -> None:
    _EXPORTS[export.key] = export


def exports() -> list[Export]:
    return list(_EXPORTS.values())


def export_named(key: str) -> Export:
    """Raises UnknownExport."""
    if key not in _EXPORTS:
        raise UnknownExport(name=key, kinds=", ".join(_EXPORTS))
    return _EXPORTS[key]


def fitting(document: dict[str, Any], header: Sequence[str]) -> dict[str, Any]:
    """The mapping without columns that this table lacks: views are exported with the columns that somebody chose. Needed fields stay."""
    found = deepcopy(document)
    columns: dict[str, Any] = {}
    for name, column in document["columns"].items():
        there: Any = [each for each in column if each in header] if isinstance(column, list) else column if column in header else ""
        if there or name in REQUIRED:
            columns[name] = there or column
    found["columns"] = {name: column for name, column in columns.items() if name in SEVERAL or isinstance(column, str)}
    return found
