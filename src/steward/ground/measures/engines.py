"""Who answers: DuckDB over the store by default; PostgreSQL, ClickHouse and Spark over the same tables when one machine is not enough.

An engine takes SQL of DuckDB's dialect in our portable subset, carries it to its own by sqlglot, and gives columns back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from . import store
from .arrays import Array
from .declarations import Fact, facts
from .store import Manifest

Answered = TypeVar("Answered")
REMEMBERED = 2000  # answers of one state of the store


class Engine(Protocol):
    """Something that answers SQL over the facts. generation, loaded_at: which state of the store it answers from."""

    manifest: Manifest

    def columns(self, sql: str) -> list[Array]: ...


class DuckEngine:
    """An in-memory DuckDB that reads the files of one manifest, and nothing else: it has no way to other files or to the network."""

    def __init__(self, manifest: Manifest) -> None:
        import duckdb

        self.manifest = manifest
        self.answers: dict[Any, Any] = {}  # what was asked of this state already; evaluate.py keeps it
        place = str(store.folder())
        self._base = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
        self._run(f"SET allowed_directories = ['{place.replace(chr(39), chr(39) * 2)}']")
        self._run("SET enable_external_access = false")
        for fact in facts.all():
            self._run(f'CREATE VIEW "{fact.name}" AS {_source(fact, manifest, Path(place))}')
        self._run("SET lock_configuration = true")

    def remember(self, answers: Mapping[Any, Any]) -> None:
        """Keep answers; the oldest go when there are too many."""
        kept = {**self.answers, **answers}
        self.answers = dict(list(kept.items())[-max(REMEMBERED, len(answers)) :])

    def _run(self, statement: str) -> None:
        self._base.execute(statement).fetchall()

    def columns(self, sql: str) -> list[Array]:
        # A cursor of its own: requests of several threads are answered side by side.
        with self._base.cursor() as cursor:
            found = cursor.execute(sql).fetchnumpy()
        return [plain(values) for values in found.values()]


class ForeignEngine:
    """Another database that holds the same tables. run: SQL of its dialect → rows."""

    def __init__(self, dialect: str, run: Callable[[str], Sequence[Sequence[Any]]], manifest: Manifest) -> None:
        self.dialect, self._run, self.manifest = dialect, run, manifest

    def columns(self, sql: str) -> list[Array]:
        rows = list(self._run(translate(sql, self.dialect)))
        if not rows:
            return []
        return [_guess(values) for values in zip(*rows, strict=True)]


def translate(sql: str, dialect: str) -> str:
    """The same question in another dialect."""
    import sqlglot

    return sqlglot.transpile(sql, read="duckdb", write=dialect)[0]


def plain(values: Any) -> Array:
    """A column without masks: missing numbers are NaN, missing instants NaT, missing words None."""
    if not isinstance(values, np.ma.MaskedArray):
        return np.asarray(values)
    if not np.ma.is_masked(values):
        return np.asarray(values.data)
    if values.dtype.kind in "iub":
        return np.ma.filled(values.astype(np.float64), np.nan)
    if values.dtype.kind == "f":
        return np.asarray(values.filled(np.nan))
    if values.dtype.kind == "M":
        return np.asarray(values.filled(np.datetime64("NaT")))
    return np.asarray(values.filled(None))


def _guess(values: Sequence[Any]) -> Array:
    """A column of Python values as an array; what is not a number becomes what it is."""
    import datetime as days
    from decimal import Decimal

    first = next((value for value in values if value is not None), None)
    if isinstance(first, bool | int | float | Decimal):
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    if isinstance(first, days.datetime):
        naive = [None if value is None else value.astimezone(days.UTC).replace(tzinfo=None) if value.tzinfo else value for value in values]
        return np.array(naive, dtype="datetime64[us]")
    if isinstance(first, days.date):
        return np.array(values, dtype="datetime64[D]")
    made = np.empty(len(values), dtype=object)
    made[:] = list(values)
    return made


def _source(fact: Fact, manifest: Manifest, place: Path) -> str:
    """The files of a fact, or nothing in its shape."""
    table = manifest.facts.get(fact.name)
    if table is None or not table.parts or table.schema != store.fingerprint(fact):
        return "SELECT " + ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind in fact.schema.items()) + " WHERE FALSE"
    files = ", ".join("'" + str(place / part.file).replace("'", "''") + "'" for _span, part in sorted(table.parts.items()))
    return f"SELECT * FROM read_parquet([{files}])"  # noqa: S608 - names of our own files


_lock = threading.Lock()
_opened: dict[tuple[str, int, int], DuckEngine] = {}


def engine() -> DuckEngine:
    """The engine over the newest state of the store; kept while that state is the newest."""
    manifest_file = store.folder() / "manifest.json"
    stamp = manifest_file.stat().st_mtime_ns if manifest_file.exists() else 0
    key = (str(store.folder()), stamp, len(facts.all()))
    with _lock:
        if key not in _opened:
            _opened.clear()
            _opened[key] = DuckEngine(store.current())
        return _opened[key]


def answered(ask: Callable[[DuckEngine], Answered]) -> Answered:
    """What the newest state of the store says; asked again when its files went away meanwhile, as they do after an erasure."""
    import duckdb

    try:
        return ask(engine())
    except duckdb.IOException:
        with _lock:
            _opened.clear()
        return ask(engine())
