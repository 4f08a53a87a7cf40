"""What the log says of paths, time, repetition and handing over. Durations are in hours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steward.science.guards import NoData, positive

if TYPE_CHECKING:
    from steward.science.mining.log import EventLog


def _hours(since: str, until: str) -> str:
    return f"(epoch_us({until}) - epoch_us({since})) / 3.6e9"


# One row per event with what came before it in its case. Waiting ends when somebody begins, if the log knows; else when the step is done.
STEPS = f"""
WITH steps AS (
  SELECT trace, place, activity, person, ended, lag(activity) OVER w AS before, lag(person) OVER w AS from_person,
         {_hours("lag(ended) OVER w", "coalesce(started, ended)")} AS waited,
         {_hours("coalesce(started, ended)", "ended")} AS worked
  FROM events WINDOW w AS (PARTITION BY trace ORDER BY place)
)
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts, and the hours from the first to the last event of a case."""

    events: int
    cases: int
    activities: int
    variants: int
    median_hours: float
    mean_hours: float
    max_hours: float


@dataclass(frozen=True, slots=True)
class Variant:
    """A path: its activities in order, how many cases took it, their share, and their median hours."""

    path: tuple[str, ...]
    cases: int
    share: float
    median_hours: float


@dataclass(frozen=True, slots=True)
class Follows:
    """``then`` came right after ``first``: how often, in how many cases, and the hours between. ``total_hours`` over all of them."""

    first: str
    then: str
    n: int
    cases: int
    median_hours: float
    p90_hours: float
    total_hours: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """The hours before a step: ``share`` of the time of all cases. ``worked_hours`` is 0 where the log does not say when steps began."""

    activity: str
    n: int
    median_hours: float
    p90_hours: float
    total_hours: float
    share: float
    worked_hours: float


@dataclass(frozen=True, slots=True)
class Rework:
    """A step that is done again: in how many of the ``cases`` that have it, how often in all, how often at once (``self_loops``) and the hours
    between its first and last time in those cases."""

    activity: str
    cases: int
    repeated_cases: int
    repetitions: int
    self_loops: int
    median_hours: float

    @property
    def share(self) -> float:
        """Of the cases that have the step, those that repeat it."""
        return self.repeated_cases / self.cases


@dataclass(frozen=True, slots=True)
class Handover:
    """Work went from one person or group to another: how often, the median wait, and how often it came straight back."""

    giver: str
    taker: str
    n: int
    cases: int
    median_hours: float
    returned: int


@dataclass(frozen=True, slots=True)
class TimeBetween:
    """Hours from the first ``first`` of a case to its first ``then``; only cases in which it came later. ``within`` counts those in time."""

    n: int
    median_hours: float
    p90_hours: float
    within: int | None
    never: int

    @property
    def share_within(self) -> float | None:
        """Of the cases that got there, those within the limit; None without a limit."""
        return None if self.within is None else self.within / self.n


def summary(log: EventLog) -> Summary:
    spans = f"SELECT trace, {_hours('min(ended)', 'max(ended)')} AS hours FROM events GROUP BY trace"
    row = log.rows(f"SELECT count(*), median(hours), avg(hours), max(hours) FROM ({spans})")[0]
    events = log.rows("SELECT count(*) FROM events")[0][0]
    paths = log.rows(f"SELECT count(DISTINCT path) FROM ({_PATHS})")[0][0]
    return Summary(events, row[0], len(log.activities), paths, float(row[1]), float(row[2]), float(row[3]))


_PATHS = f"""SELECT trace, list(activity ORDER BY place) AS path, {_hours("min(ended)", "max(ended)")} AS hours
FROM events GROUP BY trace"""


def variants(log: EventLog, *, top: int | None = None) -> list[Variant]:
    """The paths, the most travelled first (ties by the path itself, so that two runs agree). ``top``: so many at most."""
    limit = "" if top is None else f" LIMIT {int(top)}"
    rows = log.rows(
        f"SELECT path, count(*) AS n, median(hours), sum(count(*)) OVER () FROM ({_PATHS}) GROUP BY path ORDER BY n DESC, path{limit}"
    )
    names = log.activities
    return [Variant(tuple(names[code] for code in path), n, n / float(total), float(median)) for path, n, median, total in rows]


def directly_follows(log: EventLog) -> list[Follows]:
    """All pairs that follow each other somewhere, the most frequent first."""
    return [_follows(log, row) for row in log.rows(f"{STEPS} {_PAIRS} ORDER BY n DESC, before, activity")]


def bottlenecks(log: EventLog, *, top: int = 10) -> list[Follows]:
    """The passages on which most time is lost in all: the pairs by their total hours. Short waits of many outweigh long ones of few."""
    return [_follows(log, row) for row in log.rows(f"{STEPS} {_PAIRS} ORDER BY total DESC, before, activity LIMIT {int(top)}")]


_PAIRS = """SELECT before, activity, count(*) AS n, count(DISTINCT trace), median(waited), quantile_cont(waited, 0.9), sum(waited) AS total
FROM steps WHERE before IS NOT NULL GROUP BY before, activity"""


def _follows(log: EventLog, row: tuple[Any, ...]) -> Follows:
    first, then, n, cases, median, p90, total = row
    return Follows(log.activities[first], log.activities[then], n, cases, float(median), float(p90), float(total))


def waiting(log: EventLog) -> list[Waiting]:
    """The steps by how much time passes before them, the greatest share first. A case's first step waits for nothing that the log knows."""
    rows = log.rows(
        f"""{STEPS} SELECT activity, count(*), median(waited), quantile_cont(waited, 0.9), sum(waited) AS total,
        sum(sum(waited + worked)) OVER (), sum(worked) FROM steps WHERE before IS NOT NULL GROUP BY activity ORDER BY total DESC, activity"""
    )
    return [
        Waiting(
            log.activities[code],
            n,
            float(median),
            float(p90),
            float(total),
            float(total / everything) if everything else 0.0,
            float(worked),
        )
        for code, n, median, p90, total, everything, worked in rows
    ]


def rework(log: EventLog) -> list[Rework]:
    """Steps that some case repeats, those with most repetitions first."""
    rows = log.rows(
        f"""{STEPS}, per AS (SELECT trace, activity, count(*) AS times, count(*) FILTER (WHERE before = activity) AS loops,
        {_hours("min(ended)", "max(ended)")} AS hours FROM steps GROUP BY trace, activity)
        SELECT activity, count(*), count(*) FILTER (WHERE times > 1) AS again, sum(times - 1) AS extra, sum(loops),
        coalesce(median(hours) FILTER (WHERE times > 1), 0) FROM per GROUP BY activity HAVING extra > 0 ORDER BY extra DESC, activity"""
    )
    return [Rework(log.activities[code], n, again, int(extra), int(loops), float(hours)) for code, n, again, extra, loops, hours in rows]


def handovers(log: EventLog) -> list[Handover]:
    """From whom to whom work went, the most frequent first; steps whose doer is unknown are passed over. Errors: NoData without any people."""
    if not log.people:
        raise NoData("the log does not say who did what")
    rows = log.rows(
        f"""WITH known AS (SELECT trace, person, ended, started, row_number() OVER (PARTITION BY trace ORDER BY place) AS place
        FROM events WHERE person IS NOT NULL), moves AS (
        SELECT trace, lag(person) OVER w AS giver, person AS taker, lag(person, 2) OVER w AS earlier,
        {_hours("lag(ended) OVER w", "coalesce(started, ended)")} AS waited
        FROM known WINDOW w AS (PARTITION BY trace ORDER BY place))
        SELECT giver, taker, count(*) AS n, count(DISTINCT trace), median(waited), count(*) FILTER (WHERE earlier = taker) FROM moves
        WHERE giver <> taker GROUP BY giver, taker ORDER BY n DESC, giver, taker"""
    )
    return [Handover(log.people[one], log.people[other], n, cases, float(hours), back) for one, other, n, cases, hours, back in rows]


def time_between(log: EventLog, first: str, then: str, *, limit_hours: float | None = None) -> TimeBetween:
    """How long from one step to another, by each case's first time of both. ``never``: cases that have the first but not the other after it.

    Errors: ValueError for activities that do not occur, NoData when no case got there.
    """
    limit = positive(limit_hours, "limit_hours") if limit_hours is not None else None
    hours = _hours("a.done", "b.done")
    row = log.rows(
        f"""WITH a AS (SELECT trace, min(ended) AS done FROM events WHERE activity = ? GROUP BY trace),
        b AS (SELECT trace, min(ended) AS done FROM events WHERE activity = ? GROUP BY trace),
        pairs AS (SELECT {hours} AS hours FROM a JOIN b USING (trace) WHERE b.done >= a.done)
        SELECT count(*), median(hours), quantile_cont(hours, 0.9), count(*) FILTER (WHERE hours <= ?), (SELECT count(*) FROM a) FROM pairs""",
        [log.code_of(first), log.code_of(then), limit if limit is not None else 0.0],
    )[0]
    if not row[0]:
        raise NoData(f"no case came from {first} to {then}")
    return TimeBetween(row[0], float(row[1]), float(row[2]), row[3] if limit is not None else None, row[4] - row[0])
