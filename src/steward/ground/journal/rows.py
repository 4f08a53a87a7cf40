"""Thousands of new rows at the speed of the database: ids taken beforehand, values written by one executemany (SQLite) or COPY (PostgreSQL).

For imports only. It knows no defaults of the database but those of columns left out, no relations that are not saved, no conflicts; everything else
goes through the ORM. The ids come from the same sequences as always.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection, models

ModelType = TypeVar("ModelType", bound=models.Model)
Convert = Callable[[Any], Any]


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """The next ids of a table, for this transaction alone. On SQLite the transaction is the only writer.

    On PostgreSQL the table is locked for writing first, as every INSERT does before it takes a number: readers of the journal tell by that lock
    that lower numbers may still be committed (horizon.py).
    """
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            last = int(row[0]) if row else 0
            return list(range(last + 1, last + count + 1))
        column = model._meta.pk.column
        cursor.execute(f'LOCK TABLE "{table}" IN ROW EXCLUSIVE MODE')
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [f'"{table}"', column, count])
        return [int(row[0]) for row in cursor.fetchall()]


def give_ids(rows: Sequence[models.Model]) -> None:
    """Give unsaved rows of one model their ids, so that others can refer to them before they are written."""
    if rows:
        for row, pk in zip(rows, take_ids(type(rows[0]), len(rows)), strict=True):
            row.pk = pk


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Write unsaved rows of one model; those without an id get one."""
    if not rows:
        return
    if rows[0].pk is None:
        give_ids(rows)
    names = [field.attname for field in type(rows[0])._meta.concrete_fields]
    # The instance's own dictionary holds every field of a row that was made here; a look at each through the ORM costs ten times as much.
    insert_values(type(rows[0]), names, ([values[name] for name in names] for values in (row.__dict__ for row in rows)))


def insert_values(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write values in the order of these fields. Columns left out get the database's default."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    converts = [(place, convert) for place, name in enumerate(names) if (convert := _converter(fields[name])) is not None]
    columns = ", ".join(f'"{fields[name].column}"' for name in names)
    ready = (_converted(row, converts) for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', list(ready))  # noqa: S608 - our own names
            return
        with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
            for values in ready:
                copy.write_row(values)


def _converted(row: Sequence[Any], converts: Sequence[tuple[int, Convert]]) -> list[Any]:
    values = list(row)
    for place, convert in converts:
        if values[place] is not None:
            values[place] = convert(values[place])
    return values


def _converter(field: Any) -> Convert | None:
    """How a value of this field is handed to the driver; None: as it is."""
    if isinstance(field, models.JSONField):
        encoder = field.encoder
        return lambda value: json.dumps(value, cls=encoder)
    if connection.vendor != "sqlite":
        return None
    if isinstance(field, models.DateTimeField):
        return _Instants()
    if isinstance(field, models.UUIDField):
        return lambda value: value.hex
    return None


class _Instants:
    """Instants as SQLite keeps them. The same ones come again and again in a batch."""

    def __init__(self) -> None:
        self._seen: dict[datetime, str] = {}

    def __call__(self, value: datetime) -> str:
        text = self._seen.get(value)
        if text is None:
            text = self._seen[value] = str(value.astimezone(UTC).replace(tzinfo=None))
        return text
