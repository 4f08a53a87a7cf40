"""A fact's rows out of the application's database, as columns. Through Django's own connection, so that what a test or an operation has
written and not yet committed is read like everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from django.db import connection, models
from django.db.models import F, Func, QuerySet
from django.db.models.expressions import Combinable

from steward.ground.access.models import Unit

from .arrays import Array, Batch, column, empty, local_days
from .declarations import Column, Fact, Keys, Side, day_of

CHUNK = 10_000  # ids in one statement


class _AsText(Func):
    """An instant (UTC) or day as text that NumPy reads, the same on both databases."""

    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template="CAST(%(expressions)s AS TEXT)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        pattern = self.extra["pattern"]
        zone = " AT TIME ZONE 'UTC'" if "HH24" in pattern else ""
        return super().as_sql(compiler, connection, template=f"to_char(%(expressions)s{zone}, '{pattern}')", **context)


def rows(fact: Fact, keys: Keys, zones: dict[int, str]) -> Batch:
    """The wanted rows of a fact with sides, local days and computed columns; what does not exist is missing."""
    batch = _read(fact.model._base_manager.filter(keys.q()), fact.columns)
    for side in fact.sides:
        _join(batch, side, keys)
    _empty_erased(fact, batch)
    batch.zones = _zones_of(fact, batch, zones)
    for name in fact.times:
        batch.add(day_of(name), local_days(batch[name], batch.zones))
    for computed in fact.computed:
        made = computed.work(batch)
        for name, kind in computed.columns:
            batch.add(name, np.asarray(made[name]) if batch.size else empty(0, kind))
    return batch


def by_ids(fact: Fact, ids: Iterable[int], zones: dict[int, str]) -> Iterator[Batch]:
    """The rows with these ids, in batches."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), CHUNK):
        yield rows(fact, Keys(ids=tuple(ordered[start : start + CHUNK])), zones)


def unit_zones() -> dict[int, str]:
    """The time zone of every unit, inherited from above; one query."""
    units = {pk: (path, zone) for pk, path, zone in Unit.objects.values_list("pk", "path", "zone")}
    found = {}
    for pk, (path, _zone) in units.items():
        chain = [units[int(part)][1] for part in reversed(path.split(".")) if part and int(part) in units]
        found[pk] = next((zone for zone in chain if zone), "Asia/Shanghai")
    return found


def _zones_of(fact: Fact, batch: Batch, zones: dict[int, str]) -> Array:
    made = np.empty(batch.size, dtype=object)
    made[:] = "Asia/Shanghai"
    for unit, places in batch.groups(fact.unit):
        made[places] = zones.get(unit, "Asia/Shanghai")
    return made


def _read(queryset: QuerySet[Any], columns: Sequence[Column]) -> Batch:
    """One statement, past the ORM's converters: a million rows are read in seconds."""
    picked = queryset.order_by().values_list(*(_expression(one) for one in columns))
    sql, params = picked.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found = cursor.fetchall()
    vertical = list(zip(*found, strict=True)) or [()] * len(columns)
    return Batch({one.name: column(values, one.type) for one, values in zip(columns, vertical, strict=True)}, len(found))


def _expression(column: Column) -> Combinable:
    """A column's source in the form in which it leaves the database."""
    source: Combinable = F(column.source) if isinstance(column.source, str) else column.source
    if column.type == "TIMESTAMP":
        return _AsText(source, pattern="YYYY-MM-DD HH24:MI:SS.US")
    return _AsText(source, pattern="YYYY-MM-DD") if column.type == "DATE" else source


def _join(batch: Batch, side: Side, wanted: Keys) -> None:
    """Put the side's columns beside the rows they belong to."""
    keys = batch["id"].astype(np.int64)
    key = Column("__key", side.key)
    found = _read(side.rows(wanted), (key, *side.columns))
    order = np.argsort(found["__key"], kind="stable")
    sorted_keys = found["__key"][order]
    place = np.searchsorted(sorted_keys, keys)
    inside = place < len(sorted_keys)
    hit = np.flatnonzero(inside)
    hit = hit[sorted_keys[place[hit]] == keys[hit]]
    for one in side.columns:
        values = empty(batch.size, one.type)
        values[hit] = found[one.name][order][place[hit]]
        batch.add(one.name, values)


def _empty_erased(fact: Fact, batch: Batch) -> None:
    """Personal columns of rows whose person was erased hold nothing; the fact says so in a column `erased`."""
    if not fact.personal or "erased" not in batch.columns:
        return
    gone = batch["erased"] == 1
    for name in fact.personal:
        kind = fact.schema[name]
        values = batch[name].copy()
        values[gone] = empty(1, kind)[0]
        batch.columns[name] = values
