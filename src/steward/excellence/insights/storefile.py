"""The store as files for whoever may take it out: one Parquet file a fact and a description of every column, as far as the reader may see rows.

Personal columns are left out. Numbers of our tables become public ids (units, services, people) or marks that hold within one export only.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from steward.ground.measures import store
from steward.ground.measures.declarations import Fact, dimensions, facts
from steward.ground.measures.questions import Viewer
from steward.ground.measures.sql import chosen

from .asking import own_rows
from .errors import NothingLoaded


@dataclass(frozen=True)
class ColumnLine:
    name: str
    type: str
    note: str


@dataclass(frozen=True)
class FactLines:
    fact: Fact
    columns: list[ColumnLine]


@dataclass(frozen=True)
class Made:
    """The zip, at its beginning; which facts are in it, and how many rows in all."""

    file: IO[bytes]
    facts: list[str]
    rows: int


def described(viewer: Viewer) -> list[FactLines]:
    """Every fact this reader may take out, with its columns."""
    return [FactLines(fact, [*_lines(fact)]) for fact in facts.all() if viewer.units.get(fact.capability)]


def _lines(fact: Fact) -> Iterator[ColumnLine]:
    known = _models(fact)
    for name, kind in fact.schema.items():
        if name in fact.personal:
            continue
        if name in known:
            yield ColumnLine(name, "VARCHAR", _("Public id"))
        elif _is_key(name):
            yield ColumnLine(name, "VARCHAR", _("A mark that holds within this export only"))
        else:
            yield ColumnLine(name, kind, _("Local day") if kind == "DATE" else _("Instant, UTC") if kind == "TIMESTAMP" else "")


def _models(fact: Fact) -> dict[str, type[Model]]:
    """Columns that hold keys of a table people know by public ids."""
    found = {fact.dimensions.get(one.name, one.column): one.model for one in dimensions.all() if one.model is not None}
    units = dimensions.get("unit").model
    if units is not None:
        found |= {fact.unit: units, "unit_id": units}
    return {name: model for name, model in found.items() if name in fact.schema and model is not None}


def _is_key(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def make(viewer: Viewer, *, mark: str) -> Made:
    """Write the zip into a temporary file. mark: random text that makes this export's marks. Raises NothingLoaded."""
    import duckdb  # loaded where it is used, as in the store

    manifest = store.current()
    if manifest.loaded_at is None:
        raise NothingLoaded()
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    names, total = [], 0
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 2}) as base, zipfile.ZipFile(target, "w") as packed:
        for one in described(viewer):
            table = manifest.facts.get(one.fact.name)
            if table is None or not table.parts or table.schema != store.fingerprint(one.fact):
                continue
            file = Path(folder) / f"{one.fact.name}.parquet"
            files = [str(store.folder() / part.file) for part in table.parts.values()]
            total += _copy(base, one.fact, viewer, files, file, mark)
            packed.write(file, file.name)
            names.append(one.fact.name)
        packed.writestr("README.txt", readme(viewer, manifest))
    target.seek(0)
    return Made(target, names, total)


def _copy(base: Any, fact: Fact, viewer: Viewer, files: list[str], target: Path, mark: str) -> int:
    """One fact, only rows the reader may see."""
    known = _models(fact)
    joins, columns = [], []
    for name in fact.schema:
        if name in fact.personal:
            continue
        if name in known:
            rows = own_rows(known[name], viewer.organisation_id).values_list("pk", "public_id")
            table = f"ids_{name}"
            base.execute(f"CREATE OR REPLACE TEMP TABLE {table} (key BIGINT, public VARCHAR)")
            pairs = [[pk, str(public)] for pk, public in rows]
            if pairs:
                base.executemany(f"INSERT INTO {table} VALUES (?, ?)", pairs)  # noqa: S608 - a declared column
            joins.append(f'LEFT JOIN {table} ON {table}.key = source."{name}"')
            columns.append(f'{table}.public AS "{name}"')
        elif _is_key(name):
            of = fact.name if name == "id" else f"{name.removesuffix('_id')}s"
            columns.append(f"""CASE WHEN source."{name}" IS NOT NULL THEN md5('{mark}{of}' || source."{name}") END AS "{name}\"""")
        else:
            columns.append(f'source."{name}"')
    listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
    where = _rows_of(fact, viewer)
    inner = f"SELECT * FROM read_parquet([{listed}]) WHERE {where}"  # noqa: S608 - names of our own files, literals of sql.py
    select = f"SELECT {', '.join(columns)} FROM ({inner}) AS source {' '.join(joins)}"  # noqa: S608 - declared columns
    place = str(target).replace("'", "''")
    counted = base.execute(f"COPY ({select}) TO '{place}' (FORMAT parquet, COMPRESSION zstd)").fetchall()
    return int(counted[0][0])


def _rows_of(fact: Fact, viewer: Viewer) -> str:
    where = chosen(fact, viewer.units.get(fact.capability, frozenset()) & viewer.all_units, fact.unit)
    if not fact.confidential:
        return where
    listed = viewer.confidants.get(fact.name, frozenset())
    known = f" OR {chosen(fact, listed, 'id')}" if listed else ""
    return f"{where} AND (NOT {fact.confidential}{known})"


def readme(viewer: Viewer, manifest: Any) -> str:
    """What is in the zip, in the reader's language."""
    lines = [_("Steward: the store of figures"), "", _("Data as of %(at)s") % {"at": manifest.loaded_at}, ""]
    lines += [_("Personal columns are left out. Rows you may not see are left out."), ""]
    for one in described(viewer):
        lines.append(f"{one.fact.name}.parquet: {one.fact.label}")
        lines += [f"  {column.name:<28}{column.type:<12}{column.note}".rstrip() for column in one.columns]
        lines.append("")
    return "\n".join(lines)
