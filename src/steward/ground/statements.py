"""Statements that are asked thousands of times, worked out once: what the ORM spends on writing the same SQL anew is most of what an operation costs.

    LOCKED = Prepared(lambda pk: Case.objects.select_related("unit").filter(pk=pk))      a query; its arguments are given when it is asked
    case = LOCKED.one(case.pk)
    insert_rows(Message(case=case, …))                                                   new rows with their ids, one statement
    update_row(case, "state", "changed_at")                                              some columns of a row

The SQL is the ORM's own for both databases, and so are the values read. What it leaves out: the signals of models, of which this house has none, and
relations on other models' tables (inheritance), which it has none of either. Every query is asked anew each time; nothing that was read is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connection, connections, models
from django.db.models.expressions import DatabaseDefault, Value
from django.db.models.query import ModelIterable, get_related_populators

Found = TypeVar("Found")
Convert = Callable[[Any], Any]

# Fields whose values the drivers take as they are.
_PLAIN: tuple[type[models.Field[Any, Any]], ...] = (
    models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.BigIntegerField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.SmallIntegerField, models.AutoField, models.BigAutoField, models.BinaryField, models.EmailField,
)  # fmt: skip


class Given(Value):
    """A value of a prepared query that is not known yet."""

    place: int

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Prepared(Generic[Found]):
    """A query of which only values change: `build` gets a stand-in for each and returns the queryset, asked by `all`, `one` or `first`.

    A value belongs in a comparison (`pk=pk`, `starts_at__lte=at`), never where it would change the SQL: not None, no list, no slice.
    kinds: the fields the values are of; by default integers, such as keys.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, Found]], *kinds: models.Field[Any, Any]) -> None:
        self._build = build
        self._kinds = kinds
        self._ready: WeakKeyDictionary[Any, _Ready] = WeakKeyDictionary()  # by connection, which belongs to one thread

    def all(self, *values: Any) -> list[Found]:
        database = connections["default"]
        ready = self._ready.get(database)
        if ready is None:
            ready = self._ready[database] = _Ready(self._build(*self._given(len(values))), database)
        found: list[Found] = ready.ask(values)
        return found

    def first(self, *values: Any) -> Found | None:
        return next(iter(self.all(*values)), None)

    def one(self, *values: Any) -> Found:
        """The row there must be; DoesNotExist of its model otherwise."""
        found = self.all(*values)
        if len(found) != 1:
            model: Any = self._build(*self._given(len(values))).model
            raise (model.MultipleObjectsReturned if found else model.DoesNotExist)(f"{len(found)} rows of {model.__name__}.")
        return found[0]

    def _given(self, count: int) -> list[Given]:
        found = []
        for place in range(count):
            stand_in = Given(None, output_field=self._kinds[place] if place < len(self._kinds) else models.BigIntegerField())
            stand_in.place = place
            found.append(stand_in)
        return found


class _Ready:
    """The SQL of a query for one connection, and how its rows become what the queryset gives."""

    def __init__(self, queryset: models.QuerySet[Any, Any], database: Any) -> None:
        query: Any = queryset.query.chain()
        compiler = query.get_compiler(connection=database)
        self._sql, params = compiler.as_sql()
        self._params = [(param.place, param.output_field) if isinstance(param, Given) else (-1, param) for param in params]
        self._compiler, self._database = compiler, database
        self._converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        self._flat = bool(getattr(queryset, "_fields", None)) and len(compiler.select) == 1
        self._model: Any = None
        if issubclass(queryset._iterable_class, ModelIterable):
            info, select = compiler.klass_info, compiler.select
            columns = info["select_fields"]
            self._model, self._from, self._to = info["model"], columns[0], columns[-1] + 1
            self._names = [column[0].target.attname for column in select[self._from : self._to]]
            populators: Any = get_related_populators  # the stubs describe a newer Django
            self._related = populators(info, select, database.alias)

    def ask(self, values: Sequence[Any]) -> list[Any]:
        database = self._database
        params = [kind if place < 0 else kind.get_db_prep_value(values[place], database) for place, kind in self._params]
        with database.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows: Any = cursor.fetchall()
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        if self._model is None:
            return [row[0] for row in rows] if self._flat else [tuple(row) for row in rows]
        found = []
        for row in rows:
            instance = self._model.from_db(database.alias, self._names, row[self._from : self._to])
            for related in self._related:
                related.populate(row, instance)
            found.append(instance)
        return found


def insert_rows(*rows: models.Model) -> None:
    """Write new rows of one model in one statement and give them their ids. Related rows are saved by now."""
    if not rows:
        return
    model = type(rows[0])
    columns = _columns(model, connection.vendor)
    given = [column for column in columns if not isinstance(rows[0].__dict__[column.name], DatabaseDefault)]
    params: list[Any] = []
    for row in rows:
        for column in given:
            params.append(column.value(row))
    sql = _insertion(model, tuple(column.name for column in given), len(rows))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        keys = cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


def update_row(row: models.Model, *names: str) -> None:
    """Write these fields of a saved row, and no others."""
    model = type(row)
    columns = _columns_by_name(model, connection.vendor)
    chosen = [columns[name] for name in names]
    with connection.cursor() as cursor:
        cursor.execute(_change(model, tuple(column.name for column in chosen)), [*(column.value(row) for column in chosen), row.pk])


class _Column:
    """One column as it is written: where its value lies in the row, and how the driver takes it."""

    def __init__(self, field: Any, vendor: str) -> None:
        self.field, self.name = field, field.attname
        self._convert = _converter(field, vendor)
        self._relation = field.name if field.is_relation else ""

    def value(self, row: models.Model) -> Any:
        value = row.__dict__[self.name]
        if value is None and self._relation and (related := row._state.fields_cache.get(self._relation)) is not None:
            # Named before it was saved, as a promise of a case that is being opened.
            value = row.__dict__[self.name] = related.pk
        if value is None or self._convert is None:
            return value
        return self._convert(value)


def _converter(field: Any, vendor: str) -> Convert | None:
    """How a value of this field is handed to the driver; None: as it is."""
    while field.is_relation:
        field = field.target_field
    if type(field) in _PLAIN:
        return None
    if vendor == "postgresql" and type(field) in (models.DateTimeField, models.UUIDField, models.DateField):
        return None if type(field) is not models.DateTimeField else _aware
    if type(field) is models.DateTimeField:
        return _instant
    if type(field) is models.UUIDField:
        return lambda value: value.hex
    return lambda value: field.get_db_prep_save(value, connection)


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return value


def _instant(value: datetime) -> str:
    """As SQLite keeps it: UTC without saying so."""
    return str(_aware(value).astimezone(UTC).replace(tzinfo=None))


@lru_cache(maxsize=512)
def _columns(model: type[models.Model], vendor: str) -> tuple[_Column, ...]:
    return tuple(_Column(field, vendor) for field in model._meta.concrete_fields if not (field.primary_key and _numbered(field)))


@lru_cache(maxsize=512)
def _columns_by_name(model: type[models.Model], vendor: str) -> dict[str, _Column]:
    columns = _columns(model, vendor)
    return {column.name: column for column in columns} | {column.field.name: column for column in columns}


def _numbered(field: Any) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)


@lru_cache(maxsize=2048)
def _insertion(model: type[models.Model], names: tuple[str, ...], count: int) -> str:
    columns = {field.attname: field.column for field in model._meta.concrete_fields}
    into = ", ".join(f'"{columns[name]}"' for name in names)
    marks = f"({', '.join(['%s'] * len(names))})"
    values = ", ".join([marks] * count)
    return f'INSERT INTO "{model._meta.db_table}" ({into}) VALUES {values} RETURNING "{model._meta.pk.column}"'  # noqa: S608 - our own names


@lru_cache(maxsize=2048)
def _change(model: type[models.Model], names: tuple[str, ...]) -> str:
    columns = {field.attname: field.column for field in model._meta.concrete_fields}
    changes = ", ".join(f'"{columns[name]}" = %s' for name in names)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{model._meta.pk.column}" = %s'  # noqa: S608 - our own names
