"""An event log: cases, activities, times and people, coded and sorted once in an in-memory DuckDB."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.guards import NoData

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from numpy.typing import ArrayLike

CODED = """
CREATE TABLE activities AS SELECT row_number() OVER (ORDER BY activity) - 1 AS code, activity AS name FROM (SELECT DISTINCT activity FROM raw);
CREATE TABLE people AS
SELECT row_number() OVER (ORDER BY person) - 1 AS code, person AS name FROM (SELECT DISTINCT person FROM raw WHERE person <> '');
CREATE TABLE cases AS SELECT row_number() OVER (ORDER BY trace) - 1 AS code, trace AS name FROM (SELECT DISTINCT trace FROM raw);
CREATE TABLE events AS
SELECT c.code::INTEGER AS trace, (row_number() OVER (PARTITION BY c.code ORDER BY r.ended, r.tie, r.line) - 1)::INTEGER AS place,
       a.code::SMALLINT AS activity, r.ended, r.started, p.code::INTEGER AS person
FROM raw r JOIN cases c ON c.name = r.trace JOIN activities a ON a.name = r.activity LEFT JOIN people p ON p.name = r.person
ORDER BY trace, place;
DROP TABLE raw;
"""


class EventLog:
    """Events of cases in order of time; ties by the given order, then as they were written. Build it with the class methods or the readers.

    An event is the end of a step. Where logs also know when somebody began (``started``), waiting and work are told apart.
    Times are instants without a zone (UTC). Cases, activities and people are text; a case called ``NA`` is a case.
    """

    def __init__(self, connection: DuckDBPyConnection) -> None:
        """Takes over a connection that holds a table ``raw(trace, activity, ended, started, person, tie, line)``. Errors: NoData, ValueError."""
        self._connection = connection
        found = self.rows("SELECT count(*), count(ended), count(*) FILTER (WHERE trace = '' OR activity = '') FROM raw")[0]
        if not found[0]:
            raise NoData("the log has no events")
        if found[1] < found[0] or found[2]:
            raise ValueError("every event needs a case, an activity and a time")
        connection.execute(CODED)
        self.activities: tuple[str, ...] = tuple(name for (name,) in self.rows("SELECT name FROM activities ORDER BY code"))
        self.people: tuple[str, ...] = tuple(name for (name,) in self.rows("SELECT name FROM people ORDER BY code"))

    @classmethod
    def from_arrays(
        cls,
        cases: ArrayLike,
        activities: ArrayLike,
        times: ArrayLike,
        *,
        started: ArrayLike | None = None,
        people: ArrayLike | None = None,
        order: ArrayLike | None = None,
    ) -> EventLog:
        """One entry per event: case, activity, end (``datetime64``, UTC); optionally its start, who did it, and a number that orders ties.

        Errors: ValueError for lengths that differ or what is no time, NoData when empty.
        """
        at = _instants(times, "times")
        begun = np.full(at.size, np.datetime64("NaT"), at.dtype) if started is None else _instants(started, "started", gaps=True)
        who: Any = np.full(at.size, "") if people is None else np.asarray(people)
        columns = {
            "trace": np.asarray(cases).astype(str).astype(object),
            "activity": np.asarray(activities).astype(str).astype(object),
            "ended": at,
            "started": begun,
            "person": who.astype(str).astype(object),
            "tie": np.zeros(at.size) if order is None else np.asarray(order, dtype=np.float64),
            "line": np.arange(at.size),
        }
        if {column.size for column in columns.values()} != {at.size}:
            raise ValueError("cases, activities and times must have one entry for each event")
        connection = _connect()
        connection.register("given", columns)
        connection.execute("CREATE TABLE raw AS SELECT * FROM given")
        connection.unregister("given")
        return cls(connection)

    @property
    def connection(self) -> DuckDBPyConnection:
        """A cursor on ``events(trace, place, activity, ended, started, person)``, all codes; for questions that this package does not ask."""
        return self._connection.cursor()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with closing(self._connection.cursor()) as cursor:
            return cursor.execute(sql, list(parameters)).fetchall()

    def code_of(self, activity: str) -> int:
        """Errors: ValueError for an activity that does not occur."""
        if activity not in self.activities:
            raise ValueError(f"there is no activity {activity!r}; there are {', '.join(self.activities[:20])}")
        return self.activities.index(activity)


def read_csv(
    path: Path,
    *,
    case: str,
    activity: str,
    time: str,
    started: str = "",
    person: str = "",
    order: str = "",
    delimiter: str = ",",
    time_format: str = "",
) -> EventLog:
    """A log from a file with a header, by the names of its columns. ``time_format``: as strptime, else ISO is read.

    Nothing is taken for missing but empty text. Errors: ValueError for a column that is not there or a time that cannot be read.
    """
    connection = _connect()
    source = "read_csv(?, header = true, all_varchar = true, delim = ?, quote = '\"', nullstr = '')"
    given = [str(path), delimiter]
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}", given).fetchall()]
    for name in filter(None, (case, activity, time, started, person, order)):
        if name not in names:
            raise ValueError(f"the file has no column {name!r}; it has {', '.join(names)}")
    bad = f"SELECT {_column(time)} FROM {source} WHERE {_column(time)} IS NOT NULL AND {_instant(time, time_format)} IS NULL LIMIT 1"
    if wrong := connection.execute(bad, given).fetchall():
        raise ValueError(f"{time} {wrong[0][0]!r} is no time" + (f" of the form {time_format}" if time_format else ""))
    connection.execute(
        f"""CREATE TABLE raw AS SELECT coalesce({_column(case)}, '') AS trace, coalesce({_column(activity)}, '') AS activity,
        {_instant(time, time_format)} AS ended, {_instant(started, time_format) if started else "NULL::TIMESTAMP"} AS started,
        {f"coalesce({_column(person)}, '')" if person else "''"} AS person,
        {f"try_cast({_column(order)} AS DOUBLE)" if order else "0"} AS tie, row_number() OVER () AS line FROM {source}""",
        given,
    )
    return EventLog(connection)


def read_xes(path: Path) -> EventLog:
    """A log from a XES file (also ``.gz``): ``concept:name``, ``time:timestamp`` and ``org:resource`` of events that are not mere starts.

    Source: IEEE 1849-2016. Errors: ValueError for XML that is none.
    """
    cases: list[str] = []
    activities: list[str] = []
    times: list[datetime] = []
    people: list[str] = []
    for number, (name, events) in enumerate(_traces(path)):
        for event in events:
            if event.get("lifecycle:transition", "complete").lower() == "start":
                continue
            cases.append(name or f"#{number}")
            activities.append(event.get("concept:name", ""))
            times.append(datetime.fromisoformat(event["time:timestamp"]))
            people.append(event.get("org:resource", ""))
    stamps = np.array([int(time.timestamp() * 1000) for time in times], dtype="datetime64[ms]")
    return EventLog.from_arrays(cases, activities, stamps, people=people)


def _traces(path: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    from xml.etree.ElementTree import ParseError

    from defusedxml.ElementTree import iterparse

    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        try:
            for _event, element in iterparse(file):
                if element.tag.rpartition("}")[2] != "trace":
                    continue
                events = [_values(child) for child in element if child.tag.rpartition("}")[2] == "event"]
                yield _values(element).get("concept:name", ""), events
                element.clear()
        except ParseError as error:
            raise ValueError(f"{path.name} is no XES file: {error}") from error


def _values(element: Any) -> dict[str, str]:
    return {child.get("key", ""): child.get("value", "") for child in element if child.get("value") is not None}


def _connect() -> DuckDBPyConnection:
    import duckdb

    return duckdb.connect(":memory:")


def _column(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _instant(name: str, time_format: str) -> str:
    if not time_format:
        return f"try_cast({_column(name)} AS TIMESTAMP)"
    escaped = time_format.replace("'", "''")
    return f"try_strptime({_column(name)}, '{escaped}')"


def _instants(values: ArrayLike, name: str, *, gaps: bool = False) -> Any:
    try:
        found = np.atleast_1d(np.asarray(values)).astype("datetime64[us]")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be times") from error
    if not gaps and np.isnat(found).any():
        raise ValueError(f"{name} must not have gaps")
    return found
