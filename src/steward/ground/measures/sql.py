"""SQL for questions. Names come from declarations, values are literals made here; nothing else gets in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .declarations import Age, ColumnType, Count, Fact, Mean, Measure, Quantile, Rate, Ratio, Share, Survival, day_of, dimensions
from .errors import BadValue, NoDimension
from .questions import Question, Viewer, Window


def literal(value: Any, kind: ColumnType) -> str:
    """A value as SQL. Errors: BadValue for what is not of the column's type."""
    try:
        if kind == "BIGINT":
            return str(int(value))
        if kind == "DOUBLE":
            return repr(float(value))
        if kind == "BOOLEAN":
            return "TRUE" if value in (True, 1, "1", "true", "True") else "FALSE"
        if kind == "DATE":
            return f"CAST('{date.fromisoformat(str(value)).isoformat()}' AS DATE)"
    except ValueError as error:
        raise BadValue(value=str(value)[:60]) from error
    return "'" + str(value).replace("'", "''").replace("\0", "") + "'"


def column_of(fact: Fact, name: str) -> str:
    """The column of a dimension in a fact. Errors: NoDimension when the fact does not know it."""
    if name not in dimensions:
        raise NoDimension(name=name[:60])
    column = fact.dimensions.get(name, dimensions.get(name).column)
    if column not in fact.schema:
        raise NoDimension(name=str(dimensions.get(name).label))
    return column


def within(fact: Fact, window: Window | None, when: str) -> list[str]:
    """The rows of a window by the local day of `when`."""
    if not when or window is None:
        return []
    day = day_of(when)
    start, end = literal(window.start, "DATE"), literal(window.end, "DATE")
    return [f"{day} >= {start}", f"{day} < {end}"]


def chosen(fact: Fact, values: Iterable[Any], column: str) -> str:
    """Rows whose column has one of the values; of none, no rows."""
    listed = ", ".join(sorted({literal(value, fact.schema[column]) for value in values}))
    return f"{column} IN ({listed})" if listed else "FALSE"


def conditions(
    measure: Measure, fact: Fact, question: Question, viewer: Viewer, when: str, subtrees: Mapping[Any, frozenset[int]]
) -> list[str]:
    """Which rows count: the window, the filters, and what this reader may count at all."""
    found = within(fact, question.window, when)
    for name, values in sorted(question.filters.items()):
        wanted = {unit for value in values for unit in subtrees.get(int(value), frozenset())} if name == "unit" else values
        found.append(chosen(fact, wanted, column_of(fact, name)))
    return found + scope(measure, fact, viewer)


def scope(measure: Measure, fact: Fact, viewer: Viewer) -> list[str]:
    """What the class of disclosure lets this reader count (X3)."""
    if measure.disclosure != "work":
        return [chosen(fact, viewer.all_units, fact.unit)]
    found = [chosen(fact, viewer.units.get(fact.capability, frozenset()), fact.unit)]
    if fact.confidential:
        listed = viewer.confidants.get(fact.name, frozenset())
        known = f" OR {chosen(fact, listed, fact.confidential_key)}" if listed else ""
        found.append(f"(NOT {fact.confidential}{known})")
    return found


def period(when: str, grain: str) -> str:
    """The first day of the period a row belongs to."""
    day = day_of(when)
    return day if grain == "day" else f"CAST(DATE_TRUNC('{grain}', {day}) AS DATE)"


def both(*wanted: str) -> str:
    """Conditions together, without those that always hold."""
    real = [f"({one})" for one in wanted if one != "TRUE"]
    return " AND ".join(real) or "TRUE"


@dataclass(frozen=True)
class Sum:
    """A sum over the rows that fulfil every one of the conditions."""

    what: str
    where: tuple[str, ...] = ()


def total(what: str, *where: str) -> Sum:
    """A sum over the rows that fulfil the conditions; those that always hold are none."""
    return Sum(what, tuple(one for one in where if one != "TRUE"))


def select(keys: Iterable[str], sums: Iterable[Sum], fact: Fact, where: Iterable[str]) -> str:
    """Sums by keys. A condition of several sums is worked out once for each row: with many figures that is most of the work."""
    keys, sums = list(keys), list(sums)
    asked = Counter(condition for one in sums for condition in set(one.where))
    named = {condition: f"holds_{place}" for place, condition in enumerate(one for one, times in asked.items() if times > 1)}
    rows = f"{fact.name} WHERE {both(*where)}"
    if named:
        inside = ", ".join(f"({condition}) AS {name}" for condition, name in named.items())
        rows = f"(SELECT *, {inside} FROM {rows}) AS counted"  # noqa: S608 - see the module
    columns = [f"{key} AS k{place}" for place, key in enumerate(keys)]
    columns += [f"{_summed(one, named)} AS v{place}" for place, one in enumerate(sums)]
    group = f" GROUP BY {', '.join(str(place + 1) for place in range(len(keys)))}" if keys else ""
    return f"SELECT {', '.join(columns)} FROM {rows}{group}"  # noqa: S608 - see the module


def _summed(one: Sum, named: Mapping[str, str]) -> str:
    if one == Sum("1"):
        return "COUNT(*)"
    return f"SUM(CASE WHEN {both(*(named.get(condition, condition) for condition in one.where))} THEN {one.what} ELSE 0 END)"


def sums(measure: Measure) -> list[Sum]:
    """The sums a figure is made of, over the measure's own rows. Their meaning is known to intervals.py."""
    kind, where = measure.statistic, measure.where
    if isinstance(kind, Share):
        return [total("1", where, kind.denominator, kind.numerator), total("1", where, kind.denominator)]
    if isinstance(kind, Count):
        return [total("1", where, kind.where)]
    if isinstance(kind, Rate):
        return [total("1", where, kind.events)]
    if isinstance(kind, Mean):
        known = f"({kind.value}) IS NOT NULL"
        return [total(what, where, known) for what in ("1", kind.value, f"({kind.value}) * ({kind.value})")]
    if isinstance(kind, Ratio):
        a, b = f"CAST({kind.numerator} AS DOUBLE)", f"CAST({kind.denominator} AS DOUBLE)"
        known = f"({kind.numerator} + {kind.denominator}) IS NOT NULL"
        return [total(what, where, known) for what in ("1", a, b, f"{a} * {a}", f"{b} * {b}", f"{a} * {b}")]
    raise TypeError(f"{type(kind).__name__} is not made of sums")


def tally(measure: Measure) -> tuple[list[str], str]:
    """For figures that need every value: the values, counted by how often each occurs, and which rows have one."""
    kind = measure.statistic
    if isinstance(kind, Quantile):
        return [kind.value], f"({kind.value}) IS NOT NULL"
    if isinstance(kind, Survival):
        return [kind.value, f"CASE WHEN {kind.value} IS NULL THEN {kind.start} END"], f"{kind.start} IS NOT NULL"
    if isinstance(kind, Age):
        return [kind.start], f"{kind.start} IS NOT NULL"
    raise TypeError(f"{type(kind).__name__} needs no single values")


def rows_of(measure: Measure, part: str) -> str:
    """The rows above the line ("numerator") or below it."""
    kind = measure.statistic
    if isinstance(kind, Share):
        return both(kind.denominator, kind.numerator) if part == "numerator" else kind.denominator
    if isinstance(kind, Count):
        return kind.where
    if isinstance(kind, Rate):
        return kind.events
    if isinstance(kind, Survival):
        return f"{kind.value} IS NOT NULL" if part == "numerator" else f"{kind.start} IS NOT NULL"
    if isinstance(kind, Ratio):
        return f"({kind.numerator} + {kind.denominator}) IS NOT NULL"
    return f"({kind.start if isinstance(kind, Age) else kind.value}) IS NOT NULL"
