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
from steward.core.cases.operations.importing import import_cases
from steward.ground.access.errors import Stale
from steward.ground.journal.actors import Actor
from steward.ground.journal.rows import insert_rows

from .errors import RowFault
from .mapping import Mapping
from .models import ImportRun, RowError, SourceRecord
from .places import Places
from .reading import Row, Table
from .translating import Record, Translator, digest_of

BATCH = 500
KEPT_CELL, KEPT_ROWS, KEPT_EVENTS = 4000, 200, 20


@dataclass
class _Sorted:
    """What the records of a batch are."""

    new: list[Record] = field(default_factory=list)
    failed: list[Record] = field(default_factory=list)
    unchanged: int = 0
    rows: int = 0


class Loader:
    """One run over its file. Raises the refusals of errors.py before anything is loaded."""

    def __init__(self, run: ImportRun, path: Path, *, by: Actor, at: datetime) -> None:
        mapping = Mapping.read(run.mapping)
        self._table = Table(path, mapping)
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
                )
                for record, case in zip(found.new, cases, strict=True)
            ]
        )
        RowError.objects.bulk_create([self._error(run, record) for record in found.failed])
        ImportRun.objects.filter(pk=run.pk).update(
            rows_done=F("rows_done") + found.rows,
            records=F("records") + len(batch),
            created=F("created") + len(found.new),
            unchanged=F("unchanged") + found.unchanged,
            failed=F("failed") + len(found.failed),
        )
        self._run.rows_done += found.rows
        return len(batch)

    def _sort(self, batch: Sequence[list[Row]]) -> _Sorted:
        keys = [self._translator.key_of(rows[0]) for rows in batch]
        known = {
            record.key: record
            for record in SourceRecord.objects.filter(
                organisation_id=self._run.organisation_id, source=self._run.source, key__in=_askable(keys)
            )
            .select_related("case")
            .defer("rows")
        }
        found, fresh = _Sorted(), dict[str, str]()
        for key, rows in zip(keys, batch, strict=True):
            found.rows += len(rows)
            before, digest = known.get(key), digest_of(rows)
            if key in fresh:
                self._again(found, key, rows, digest, fresh[key] == digest, "twice", {})
            elif before is not None:
                same = before.digest in ("", digest)
                code = "twice" if before.run_id == self._run.pk else "changed_since"
                self._again(found, key, rows, digest, same, code, {"number": before.case.number})
            else:
                record = self._translator.record(rows)
                (found.failed if record.fault else found.new).append(record)
                if record.fault is None:
                    fresh[key] = digest
        return found

    def _again(self, found: _Sorted, key: str, rows: list[Row], digest: str, same: bool, code: str, params: dict[str, Any]) -> None:
        """A record that is known: nothing new, or different and therefore told. An erased one is never brought back."""
        if same:
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
