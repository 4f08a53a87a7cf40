"""What a mapping would make of a file, before anything is loaded: the first rows, and how many would fail and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path

from steward.core.cases.models import Kind, State
from steward.core.cases.operations.importing import CaseDraft
from steward.ground.journal.actors import Actor

from .errors import reason_words
from .mapping import CHOICES, Mapping
from .models import ImportRun
from .places import Places, labels
from .readers import table_of
from .reading import Row
from .translating import Translator

SHOWN, CHECKED, DISTINCT = 20, 5_000, 40


@dataclass(frozen=True)
class Line:
    """One of the first records: what it would become, or the reason why it would not."""

    row: int
    key: str
    draft: CaseDraft | None
    reason: str = ""
    column: str = ""

    @property
    def kind_label(self) -> str:
        return str(Kind(self.draft.kind).label) if self.draft else ""

    @property
    def state_label(self) -> str:
        return str(State(self.draft.passages[-1].state).label) if self.draft else ""


@dataclass
class Preview:
    """checked: how many records were looked at; capped: the file has more. reasons: words and how often."""

    lines: list[Line] = field(default_factory=list)
    checked: int = 0
    failing: int = 0
    capped: bool = False
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def talks(self) -> bool:
        """Whether any of the first records brings a conversation with it."""
        return any(line.draft.said for line in self.lines if line.draft)


def preview(run: ImportRun, path: Path, mapping: Mapping, *, by: Actor, at: datetime) -> Preview:
    """Try the mapping on the file. Raises what refuses the whole file."""
    table = table_of(path, mapping)
    survey = table.survey()
    translator = Translator(mapping, survey.header, Places(run.unit, by=by, at=at), at=at)
    found, why = Preview(), Counter[tuple[str, str]]()
    rows = islice(table.rows(survey), CHECKED + 1)
    groups = ([row] for row in rows) if mapping.events is None else (list(group) for _key, group in groupby(rows, translator.key_of))
    seen_rows = 0
    for records in groups:
        seen_rows += len(records)
        if seen_rows > CHECKED:
            found.capped = True
            break
        record = translator.record(records)
        found.checked += 1
        reason, column = "", ""
        if record.fault is not None:
            found.failing += 1
            column = translator.column_name(record.fault)
            why[record.fault.code, column] += 1
            reason = reason_words(record.fault.code, record.fault.params)
        if len(found.lines) < SHOWN:
            found.lines.append(Line(records[0].number, record.key, record.draft, reason, column))
    found.reasons = [(_general(code, column), count) for (code, column), count in why.most_common(12)]
    return found


def distinct_values(path: Path, mapping: Mapping, columns: dict[str, str]) -> dict[str, list[tuple[str, int]]]:
    """For each field its column's values that no word of ours says, the most frequent first; for the table of values on the page."""
    table = table_of(path, mapping)
    survey = table.survey()
    places = {name: survey.header.index(column) for name, column in columns.items() if name in CHOICES and column in survey.header}
    counts: dict[str, Counter[str]] = {name: Counter() for name in places}
    empty = set(mapping.file.get("empty", ()))
    for row in islice(table.rows(survey), CHECKED):
        _count(row, places, counts, empty)
    return {
        name: [(text, count) for text, count in found.most_common(DISTINCT) if text.casefold() not in labels()[name]]
        for name, found in counts.items()
    }


def _count(row: Row, places: dict[str, int], counts: dict[str, Counter[str]], empty: set[str]) -> None:
    for name, place in places.items():
        text = row.cells[place].strip() if place < len(row.cells) else ""
        if text and text not in empty and len(text) <= 80:
            counts[name][text] += 1


def sample_rows(path: Path, mapping: Mapping) -> tuple[Sequence[str], list[Row]]:
    """The columns and the first rows as they stand in the file."""
    table = table_of(path, mapping)
    survey = table.survey()
    return survey.header, list(islice(table.rows(survey), SHOWN))


def _general(code: str, column: str) -> str:
    """A reason without the values of one row."""
    words = reason_words(code, dict.fromkeys(("value", "limit", "size", "cells", "columns", "formats", "number"), "…"))
    return f"{column}: {words}" if column else words
