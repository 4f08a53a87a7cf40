"""The analytic store: Parquet partitions under a manifest that is swapped atomically. One loader writes, any number of processes read.

A partition holds the rows of 65,536 neighbouring primary keys, so that a row never moves. A change writes new files for the partitions it
touches and then the manifest that names them; whoever still reads the old manifest finds the old files until they are cleared.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from django.conf import settings

from .arrays import Array, Batch
from .declarations import ColumnType, Fact

SPAN_BITS = 16  # 65,536 keys a partition
KEEP_SECONDS = 900  # how long a file lives on that no manifest names: longer than any page reads


class Busy(RuntimeError):
    """Another process is loading the store."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a fact: the rows of a span of keys."""

    file: str
    rows: int


@dataclass(frozen=True, slots=True)
class Table:
    """A fact in the store. schema: the fingerprint of its columns; when the declaration changes, the fact is loaded anew."""

    schema: str
    parts: Mapping[int, Part] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts.values())


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of the store: read up to entry `seq` of the journal, at `loaded_at`."""

    generation: int = 0
    seq: int = 0
    loaded_at: datetime | None = None
    facts: Mapping[str, Table] = field(default_factory=dict)

    def to_json(self) -> str:
        facts = {
            name: {"schema": table.schema, "parts": {str(span): [part.file, part.rows] for span, part in sorted(table.parts.items())}}
            for name, table in sorted(self.facts.items())
        }
        loaded = self.loaded_at.isoformat() if self.loaded_at else None
        return json.dumps({"generation": self.generation, "seq": self.seq, "loaded_at": loaded, "facts": facts}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        data = json.loads(text)
        facts = {
            name: Table(table["schema"], {int(span): Part(file, rows) for span, (file, rows) in table["parts"].items()})
            for name, table in data["facts"].items()
        }
        loaded = datetime.fromisoformat(data["loaded_at"]) if data["loaded_at"] else None
        return cls(data["generation"], data["seq"], loaded, facts)


def folder() -> Path:
    """Where the store lies; only this account reads it."""
    return Path(settings.ANALYTICS)


def current() -> Manifest:
    """The state of the store now; an empty one when nothing was loaded yet."""
    try:
        return Manifest.from_json((folder() / "manifest.json").read_text())
    except FileNotFoundError:
        return Manifest()


def fingerprint(fact: Fact) -> str:
    """Changes when the columns of the fact do."""
    return hashlib.sha256(json.dumps([fact.name, list(fact.schema.items())]).encode()).hexdigest()[:16]


@contextmanager
def writing() -> Iterator[None]:
    """The one loader. Raises Busy when another process is at it."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("The analytic store is being loaded by another process.") from None
        yield


class Writer:
    """New files for touched partitions, then one manifest. Nothing is seen by readers before `publish`."""

    def __init__(self, before: Manifest) -> None:
        self.before = before
        self.generation = before.generation + 1
        self._facts: dict[str, Table] = dict(before.facts)
        import duckdb  # loaded where it is used: it takes a moment, and most processes never write

        self._base = duckdb.connect(config={"threads": 2, "pandas_analyze_sample": 0})

    def reset(self, fact: Fact) -> None:
        """Begin a fact anew, without any rows."""
        self._facts[fact.name] = Table(fingerprint(fact))

    def replace_span(self, fact: Fact, span: int, batch: Batch) -> None:
        """These are all the rows of the span now."""
        self._write(fact, span, f"SELECT {_casts(fact)} FROM batch ORDER BY id", batch)  # noqa: S608 - our own names

    def change_rows(self, fact: Fact, span: int, ids: Sequence[int], batch: Batch) -> None:
        """The rows with these ids are now what the batch holds, or gone; the others of the span stay."""
        part = self._facts[fact.name].parts.get(span)
        if part is None:
            return self.replace_span(fact, span, batch)
        names = ", ".join(_quoted(name) for name in fact.schema)
        kept = f"SELECT {names} FROM read_parquet('{self._path(part.file)}') WHERE id NOT IN (SELECT id FROM gone)"  # noqa: S608 - our own names
        both = f"{kept} UNION ALL SELECT {_casts(fact)} FROM batch"  # noqa: S608 - our own names
        return self._write(fact, span, f"SELECT * FROM ({both}) ORDER BY id", batch, ids)  # noqa: S608 - our own names

    def publish(self, *, seq: int, at: datetime, clear_now: bool = False) -> Manifest:
        """Swap the manifest. Whoever opens the store from now on sees the new state, whole.

        clear_now: files of states before go at once, because they hold somebody who was erased; who reads them now is told to look again.
        """
        made = replace(self.before, generation=self.generation, seq=seq, loaded_at=at, facts=self._facts)
        waiting = folder() / "manifest.json.new"
        with waiting.open("w") as handle:
            handle.write(made.to_json())
            handle.flush()
            os.fsync(handle.fileno())
        waiting.replace(folder() / "manifest.json")
        _clear(made, keep=0 if clear_now else KEEP_SECONDS)
        return made

    def _write(self, fact: Fact, span: int, select: str, batch: Batch, ids: Sequence[int] = ()) -> None:
        name = f"{fact.name}-{span:06d}-{self.generation}.parquet"
        target = self._path(name)
        self._base.register("batch", {column: _readable(values) for column, values in batch.columns.items()})
        self._base.register("gone", {"id": np.array(ids, dtype=np.int64)})
        counted = self._base.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
        parts = dict(self._facts[fact.name].parts)
        parts.pop(span, None)
        if counted[0][0]:
            parts[span] = Part(name, int(counted[0][0]))
        self._facts[fact.name] = replace(self._facts[fact.name], parts=parts)

    def _path(self, file: str) -> str:
        return str(folder() / file).replace("'", "''")


def _clear(manifest: Manifest, *, keep: int) -> None:
    """Remove files that no manifest has named for so many seconds."""
    named = {part.file for table in manifest.facts.values() for part in table.parts.values()}
    limit = time.time() - keep + 1  # house: H4 because ages of files are real time
    for path in folder().glob("*.parquet"):
        if path.name not in named and path.stat().st_mtime <= limit:
            path.unlink(missing_ok=True)


_FROM: Mapping[ColumnType, str] = {
    "BIGINT": "CAST(CASE WHEN isnan({0}) THEN NULL ELSE {0} END AS BIGINT)",
    "DOUBLE": "CASE WHEN isnan({0}) THEN NULL ELSE {0} END",
    "BOOLEAN": "CASE WHEN isnan({0}) THEN NULL ELSE {0} <> 0 END",
    "VARCHAR": "CAST({0} AS VARCHAR)",
    "TIMESTAMP": "CAST({0} AS TIMESTAMP)",
    "DATE": "CAST({0} AS DATE)",
}


def _readable(values: Array) -> Array:
    """DuckDB reads instants and no days; a day goes in as its midnight."""
    return values.astype("datetime64[us]") if values.dtype == "datetime64[D]" else values


def _casts(fact: Fact) -> str:
    return ", ".join(f"{_FROM[kind].format(_quoted(name))} AS {_quoted(name)}" for name, kind in fact.schema.items())


def _quoted(name: str) -> str:
    return f'"{name}"'
