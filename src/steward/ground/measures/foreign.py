"""The same measures on other engines, when one machine is not enough: PostgreSQL with the tables copied, ClickHouse and Spark over the files.

None of them is needed: the store is Parquet, and whoever can read it can answer. Questions are asked in the same SQL and carried over by sqlglot, and
intervals are computed here, so that values, intervals and rows are the same; tests compare them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from steward.science.extras import needs

from . import store
from .declarations import ColumnType, Fact, facts
from .engines import ForeignEngine
from .store import Manifest

POSTGRES: dict[ColumnType, str] = {
    "BIGINT": "bigint", "DOUBLE": "double precision", "VARCHAR": "text", "BOOLEAN": "boolean", "TIMESTAMP": "timestamp", "DATE": "date",
}  # fmt: skip
CLICKHOUSE: dict[ColumnType, str] = {
    "BIGINT": "Int64", "DOUBLE": "Float64", "VARCHAR": "String", "BOOLEAN": "Bool", "TIMESTAMP": "DateTime64(6, 'UTC')", "DATE": "Date32",
}  # fmt: skip


def postgres(cursor: Any, *, schema: str = "steward_facts") -> ForeignEngine:
    """Copy the store into a schema of a PostgreSQL database (a psycopg cursor), whole tables in one transaction, and ask there."""
    manifest = store.current()
    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    for fact in facts.all():
        columns = ", ".join(f'"{name}" {POSTGRES[kind]}' for name, kind in fact.schema.items())
        cursor.execute(f"DROP TABLE IF EXISTS {schema}.{fact.name}")
        cursor.execute(f"CREATE TABLE {schema}.{fact.name} ({columns})")
        with cursor.copy(f"COPY {schema}.{fact.name} FROM STDIN") as out:
            for row in rows_of(fact, manifest):
                out.write_row(row)

    def run(sql: str) -> Sequence[Sequence[Any]]:
        cursor.execute(f"SET search_path TO {schema}")
        try:
            cursor.execute(sql)
            return list(cursor.fetchall())
        finally:
            cursor.execute("SET search_path TO DEFAULT")

    return ForeignEngine("postgres", run, manifest)


def clickhouse() -> ForeignEngine:
    """ClickHouse inside this process (extra `scale`), over the files of the store. A server reads the same files by the same definitions."""
    needs("chdb", extra="scale")
    from chdb import session

    manifest = store.current()
    opened: Any = session  # it carries no types
    place = opened.Session()
    place.query("CREATE DATABASE IF NOT EXISTS facts")
    place.query("USE facts")
    for fact in facts.all():
        columns = ", ".join(f"`{name}` Nullable({CLICKHOUSE[kind]})" for name, kind in fact.schema.items()).replace("'", "''")
        files = [f"SELECT * FROM file('{file}', Parquet, '{columns}')" for file in paths_of(fact, manifest)]  # noqa: S608 - our own files
        source = " UNION ALL ".join(files) or _nothing(fact)
        place.query(f"CREATE OR REPLACE VIEW {fact.name} AS {source}")

    def run(sql: str) -> Sequence[Sequence[Any]]:
        text = str(place.query(sql, "JSONCompact"))
        answer = json.loads(text)
        kinds = [column["type"] for column in answer["meta"]]
        return [[_typed(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in answer["data"]]

    return ForeignEngine("clickhouse", run, manifest)


def spark(session: Any) -> ForeignEngine:
    """Spark (a running session), over the files of the store."""
    manifest = store.current()
    for fact in facts.all():
        files = paths_of(fact, manifest)
        frame = session.read.parquet(*files) if files else session.sql(_nothing(fact, "spark"))
        frame.createOrReplaceTempView(fact.name)

    def run(sql: str) -> Sequence[Sequence[Any]]:
        return [tuple(row) for row in session.sql(sql).collect()]

    return ForeignEngine("spark", run, manifest)


def paths_of(fact: Fact, manifest: Manifest) -> list[str]:
    """The files of a fact, in order."""
    table = manifest.facts.get(fact.name)
    return [str(Path(store.folder()) / part.file) for _span, part in sorted(table.parts.items())] if table else []


def rows_of(fact: Fact, manifest: Manifest) -> Any:
    """The rows of a fact as Python values, a few thousand at a time."""
    import duckdb

    files = paths_of(fact, manifest)
    if not files:
        return
    with duckdb.connect() as base:
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        found = base.execute(f"SELECT * FROM read_parquet([{listed}])")  # noqa: S608 - names of our own files
        while rows := found.fetchmany(10_000):
            yield from rows


def _nothing(fact: Fact, dialect: str = "clickhouse") -> str:
    if dialect == "spark":
        kinds = {"VARCHAR": "STRING", "BIGINT": "BIGINT"}
        return (
            "SELECT " + ", ".join(f"CAST(NULL AS {kinds.get(kind, kind)}) AS {name}" for name, kind in fact.schema.items()) + " WHERE FALSE"
        )
    return (
        "SELECT " + ", ".join(f"CAST(NULL AS Nullable({CLICKHOUSE[kind]})) AS `{name}`" for name, kind in fact.schema.items()) + " WHERE 0"
    )


def _typed(value: Any, kind: str) -> Any:
    """JSON writes large numbers, instants and days as text."""
    import datetime as days

    if value is None:
        return None
    if "Int" in kind or "Float" in kind or "Decimal" in kind:
        return float(value)
    if "DateTime" in kind:
        return days.datetime.fromisoformat(value)
    return days.date.fromisoformat(value) if "Date" in kind else value
