"""A file with the settings of its mapping: a table, or the tickets of an export as if they were one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ..errors import EmptyFile
from ..mapping import Mapping
from ..reading import Row, Survey, Table, checked_row
from .registry import Export, export_named
from .source import Source


class Readable(Protocol):
    def survey(self) -> Survey: ...

    def rows(self, survey: Survey, *, skip: int = 0) -> Iterator[Row]: ...


class DeskTable:
    """The tickets of an export as rows; a row's number is the ticket's place in the export."""

    def __init__(self, path: Path, export: Export) -> None:
        self._path, self._export = path, export

    def survey(self) -> Survey:
        """Read the whole export once. Raises the refusals of errors.py; nothing was loaded then."""
        count = sum(1 for _row in self._rows())
        if not count:
            raise EmptyFile()
        return Survey(list(self._export.columns), count, encoding="utf-8")

    def rows(self, survey: Survey, *, skip: int = 0) -> Iterator[Row]:
        return (row for row in self._rows() if row.number > skip)

    def _rows(self) -> Iterator[Row]:
        columns, read = self._export.columns, self._export.read
        assert read is not None
        for number, ticket in enumerate(read(Source(self._path, str(self._export.label))), start=1):
            row = checked_row(number, [ticket.cells.get(column, "") for column in columns], len(columns))
            yield replace(row, said=tuple(ticket.said), states=tuple(ticket.states))


def table_of(path: Path, mapping: Mapping | None = None) -> Readable:
    """The reader for a file. Raises UnknownExport."""
    if mapping is not None and mapping.export:
        export = export_named(mapping.export)
        if export.read is not None:
            return DeskTable(path, export)
    return Table(path, mapping)
