"""The loop of an import: rows to records, records to cases, errors or nothing new, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from steward.core.cases.operations.import_clocks import Timetable
from steward.core.cases.operations.importing import Said, import_cases, import_words
from steward.ground.access.errors import Stale
from steward.ground.journal.actors import Actor
from steward.ground.journal.rows import insert_rows

from .errors import RowFault
from .mapping import Mapping
from .models import ImportRun, RowError, SourceRecord
from .places import Places
from .readers import table_of
from .reading import Row
from .translating import Record, Translator, digest_of

BATCH = 500
KEPT_CELL, KEPT_ROWS, KEPT_EVENTS = 4000, 200, 20


@dataclass
class _Sorted:
    """What the records of a batch are."""

    new: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    later: list[tuple[SourceRecord, list[Said]]] = field(default_factory=list)
    unchanged: int = 0
    rows: int = 0


class Loader:
    """One run over its file. Raises the refusals of errors.py before anything is loaded."""

    def __init__(self, run: ImportRun, path: Path, *, by: Actor, at: datetime) -> None:
        mapping = Mapping.read(run.mapping)
        self._table = table_of(path, mapping)
        self._survey = self._table.survey()
        self._translator = Translator(mapping, self._survey.header, Places(run.unit, by=by, at=at), at=at)
        self._events = mapping.events is not None
        self._run, self._at = run, at
        self._by = Actor("import", f"import:{mapping.source}", user=by.user, request=by.request)
        self._timetable = Timetable(at=at)

    def load(self) -> Iterator[int]:
        """Settle batch after batch behind the run's `rows_done`; yields the number of records of each, after its commit."""
        batch: list[list[Row]] = []
        for rows in self._records(self._run.rows_done):
            batch.append(rows)
            if len(batch) == BATCH:
                yield self._settle(batch)
                batch = []  # whoever waits to write meanwhile has their turn while the next rows are read (ground/sqlite/turns.py)
        if batch:
            yield self._settle(batch)

    def _records(self, skip: int) -> Iterator[list[Row]]:
        rows = self._table.rows(self._survey, skip=skip)
        if not self._events:
            for row in rows:
                yield [row]
            return
        for _key, group in groupby(rows, key=self._translator.key_of):
            yield list(group)

    @transaction.atomic
    def _settle(self, batch: Sequence[list[Row]]) -> int:
        run = ImportRun.objects.select_for_update().get(pk=self._run.pk)
        if run.rows_done != self._run.rows_done:
            raise Stale()  # another worker took the run meanwhile
        found = self._sort(batch)
        cases = import_cases(
            drafts=[record.draft for record in found.new if record.draft], by=self._by, at=self._at, timetable=self._timetable
        )
        insert_rows(
            [
                SourceRecord(
                    organisation_id=run.organisation_id,
                    source=run.source,
                    key=record.key,
                    digest=record.digest,
                    case=case,
                    run=run,
                    row=record.rows[0].number,
                    facts=record.facts,
                    rows=_cells(record.rows[:KEPT_EVENTS]),
                    said=[words.key for words in record.rows[-1].said],
                )
                for record, case in zip(found.new, cases, strict=True)
            ]
        )
        words = import_words(later=[(record.case, said) for record, said in found.later], by=self._by, at=self._at)
        for record, _said in found.later:
            record.save(update_fields=["said"])
        RowError.objects.bulk_create([self._error(run, record) for record in found.failed])
        ImportRun.objects.filter(pk=run.pk).update(
            rows_done=F("rows_done") + found.rows,
            records=F("records") + len(batch),
            created=F("created") + len(found.new),
            unchanged=F("unchanged") + found.unchanged,
            failed=F("failed") + len(found.failed),
            words_added=F("words_added") + words,
        )
        self._run.rows_done += found.rows
        return len(batch)

    def _sort(self, batch: Sequence[list[Row]]) -> _Sorted:
        keys = [self._translator.key_of(rows[0]) for rows in batch]
        known = self._known(keys)
        found, fresh = _Sorted(), dict[str, str]()
        for key, rows in zip(keys, batch, strict=True):
            found.rows += len(rows)
            before = known.get(key)
            if key in fresh:
                self._again(found, key, rows, fresh[key], "twice")
            elif before is not None:
                self._met_before(found, before, rows)
            else:
                record = self._translator.record(rows)
                (found.failed if record.fault else found.new).append(record)
                if record.fault is None:
                    fresh[key] = record.digest
        return found

    def _known(self, keys: Sequence[str]) -> dict[str, SourceRecord]:
        """Records of these numbers that are cases already, locked: another run may bring later words of the same conversation."""
        rows = SourceRecord.objects.filter(organisation_id=self._run.organisation_id, source=self._run.source, key__in=_askable(keys))
        return {record.key: record for record in rows.select_related("case__unit").defer("rows").select_for_update(of=("self",))}

    def _met_before(self, found: _Sorted, before: SourceRecord, rows: list[Row]) -> None:
        """A record that is a case already: what was said since is added, other values are told. An erased one is never brought back."""
        code, number = "changed_since", before.case.number
        if before.run_id == self._run.pk:
            code = "twice"
        elif before.digest:
            try:
                code = "changed_words" if self._add_words(found, before, rows[-1]) else code
            except RowFault as fault:
                found.failed.append(Record(before.key, rows, digest_of(rows), fault=fault))
                return
        self._again(found, before.key, rows, before.digest, code, number=number)

    def _add_words(self, found: _Sorted, before: SourceRecord, row: Row) -> bool:
        said = self._translator.said(row, frozenset(before.said))
        if said:
            before.said = [*before.said, *(words.key for words in row.said if words.key not in before.said)]
            found.later.append((before, said))
        return bool(said)

    def _again(self, found: _Sorted, key: str, rows: list[Row], before: str, code: str, **params: Any) -> None:
        """A record that is known: nothing new, or different and therefore told."""
        digest = digest_of(rows)
        if before in ("", digest):
            found.unchanged += 1
        else:
            found.failed.append(Record(key, rows, digest, fault=RowFault(code, "key", **params)))

    def _error(self, run: ImportRun, record: Record) -> RowError:
        fault = record.fault or RowFault("no_history")
        first = record.fault_row or record.rows[0]
        return RowError(
            run=run,
            row=first.number,
            key=_kept(record.key)[:200],
            code=fault.code,
            column=self._translator.column_name(fault)[:200],
            params=fault.params,
            rows=_cells(record.rows[:KEPT_ROWS]),
            identities=_kept(self._translator.identities(record.rows)),
        )


def _askable(keys: Sequence[str]) -> set[str]:
    """Keys that a database can be asked for."""
    return {key for key in keys if key and len(key) <= 200 and "\0" not in key}


def _cells(rows: Sequence[Row]) -> list[list[Any]]:
    """Rows as they are kept: the number, then the cells."""
    return [[row.number, *map(_kept, row.cells)] for row in rows]


def _kept(cell: str) -> str:
    """A cell as it is kept: PostgreSQL has no NUL, and ten megabytes help nobody."""
    text = str(cell).replace("\0", "\N{SYMBOL FOR NULL}")
    return text if len(text) <= KEPT_CELL else f"{text[:KEPT_CELL]}…"
