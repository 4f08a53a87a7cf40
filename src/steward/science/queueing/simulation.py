"""Many days of one scenario, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science.extras import needs
from steward.science.guards import NoData
from steward.science.queueing.scenario import Closing, Scenario

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steward.science.guards import Floats

    Seed = int | np.random.SeedSequence

EDGE = 2.0**-54  # keeps a random share off 0, where quantiles may be infinite


class Outcome(IntEnum):
    """How a visit ended."""

    SERVED = 0
    ABANDONED = 1  # joined the line and left it when patience ended
    BALKED = 2  # turned round at the door
    TURNED_AWAY = 3  # still waiting when the doors closed
    DIVERTED = 4  # guided to self-service on arrival


@dataclass(frozen=True, slots=True, eq=False)
class Visits:
    """All who came, as columns of one length, by day and within it by arrival.

    ``line`` and ``group`` are places in the scenario's lists (group −1 where nobody served). ``arrived``: time since opening. ``waited``: until
    service began, or until the customer left; 0 for who did not join. ``service``: length of service, 0 where there was none.
    """

    day: NDArray[np.int32]
    line: NDArray[np.int16]
    arrived: Floats
    outcome: NDArray[np.int8]
    waited: Floats
    group: NDArray[np.int16]
    service: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """``days`` independent days of ``scenario``, visitor by visitor, in ``visits``."""

    scenario: Scenario
    days: int
    visits: Visits

    def chosen(self, line: str | None = None) -> NDArray[np.bool_]:
        """Which visits count: those who wanted a server (not diverted), of one line or of all. Errors: ValueError for a line nobody has."""
        wanted = np.asarray(self.visits.outcome != Outcome.DIVERTED)
        if line is None:
            return wanted
        names = [one.name for one in self.scenario.lines]
        if line not in names:
            raise ValueError(f"line must be one of {', '.join(names)}, not {line!r}")
        return np.asarray(wanted & (self.visits.line == names.index(line)))

    def waits(self, line: str | None = None) -> Floats:
        """The waits of all who joined, those who left included, in the scenario's unit of time."""
        visits = self.visits
        return np.asarray(visits.waited[self.chosen(line) & (visits.outcome != Outcome.BALKED)])


def simulate(scenario: Scenario, days: int, seed: Seed) -> Simulation:
    """Run ``days`` independent days, each from an empty room.

    ``seed``: a whole number or a SeedSequence; the same seed gives the same days. A customer is fixed by seed, day, line and her place in
    it: gap before her, service, patience, mood. Other staff, service times or volumes meet the same people, which is what makes
    :func:`compare` sharp. Errors: NoData for no days, ValueError, MissingExtra (plan).
    Sources: Gross et al. (2008), Fundamentals of Queueing Theory; Law (2015), Simulation Modeling and Analysis, ch. 11 (common random numbers).
    """
    needs("numba", extra="plan")
    from steward.science.queueing import kernel

    if days < 1:
        raise NoData("days must be at least 1")
    root = seed if isinstance(seed, np.random.SeedSequence) else np.random.SeedSequence(seed)
    shop = _shop(scenario, kernel)
    late = scenario.closing is Closing.SERVE
    parts = []
    for number in range(days):
        day = _drawn(scenario, root, number, kernel)
        kernel.run_day(day, shop, float(scenario.interval), late)
        parts.append(day)
    return Simulation(scenario, days, _visits(scenario, parts))


def _shop(scenario: Scenario, kernel: Any) -> Any:
    tables = [np.asarray(line.balk, dtype=np.float64).ravel() for line in scenario.lines]
    width = max(1, *(table.size for table in tables))
    balk = np.zeros((len(tables), width))
    for row, table in zip(balk, tables, strict=True):
        row[: table.size] = table
        row[table.size :] = table[-1] if table.size else 0.0
    priority = np.array([line.priority for line in scenario.lines], dtype=np.int64)
    return kernel.Shop(priority, balk, scenario.ranks().astype(np.int64), scenario.staff.astype(np.int64))


def _drawn(scenario: Scenario, root: np.random.SeedSequence, number: int, kernel: Any) -> Any:
    """The customers of one day, before anything has happened to them."""
    factor = _busyness(scenario.day_cv, root, number)
    drawn = [_people(scenario, place, root, number, factor) for place in range(len(scenario.lines))]
    arrived, deadline, service, mood, outcome = (np.concatenate(column) for column in zip(*drawn, strict=True))
    line = np.repeat(np.arange(len(drawn)), [part[0].size for part in drawn])
    if len(drawn) > 1:
        order = np.argsort(arrived, kind="stable")
        arrived, deadline, service, mood, outcome, line = (column[order] for column in (arrived, deadline, service, mood, outcome, line))
    began = np.full(arrived.size, np.nan)
    return kernel.Day(arrived, line, deadline, service, mood, outcome, began, np.full(arrived.size, -1, dtype=np.int16))


def _busyness(cv: float, root: np.random.SeedSequence, number: int) -> float:
    if not cv:
        return 1.0
    from scipy.special import gammaincinv

    return float(cv**2 * gammaincinv(cv**-2, _stream(root, number, 0).random() + EDGE))


def _stream(root: np.random.SeedSequence, *key: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(root.entropy, spawn_key=(*root.spawn_key, *key)))


def _people(scenario: Scenario, place: int, root: np.random.SeedSequence, number: int, factor: float) -> tuple[Any, ...]:
    """Arrival, deadline, service, mood and outcome of a line's customers: a Poisson process of rate 1 bent to the profile of the day."""
    line = scenario.lines[place]
    expected = np.concatenate([[0.0], np.cumsum(np.asarray(line.arrivals, dtype=np.float64))]) * factor
    rng = _stream(root, number, place + 1)
    shares, position = np.empty((0, 5)), np.empty(0)
    while not position.size or position[-1] < expected[-1]:
        more = rng.random((int(expected[-1] - position[-1:].sum() + 6 * expected[-1] ** 0.5) + 16, 5)) + EDGE
        shares = np.concatenate([shares, more]) if shares.size else more
        position = np.cumsum(-np.log(shares[:, 0]))
    count = int(np.searchsorted(position, expected[-1]))
    shares = shares[:count]
    # np.interp needs no rate where nobody comes: a flat stretch of the cumulative profile is jumped over.
    arrived = np.interp(position[:count], expected, np.arange(expected.size) * float(scenario.interval))
    service, patience = line.service(shares[:, 1]), line.patience(shares[:, 2])
    if not (service >= 0).all() or not np.isfinite(service).all() or not (patience >= 0).all():
        raise ValueError(f"service times and patience of {line.name} must be at least 0, and services must end")
    outcome = np.where(shares[:, 4] < line.diverted, Outcome.DIVERTED, -1).astype(np.int8)
    return arrived, arrived + patience, service, shares[:, 3], outcome


def _visits(scenario: Scenario, days: list[Any]) -> Visits:
    def column(name: str) -> Any:
        return np.concatenate([getattr(day, name) for day in days])

    arrived, outcome, began, deadline = column("arrived"), column("outcome"), column("began"), column("deadline")
    number = np.repeat(np.arange(len(days), dtype=np.int32), [day.arrived.size for day in days])
    waited = np.zeros_like(arrived)
    for what, until in ((Outcome.SERVED, began), (Outcome.ABANDONED, deadline)):
        waited = np.where(outcome == what, until - arrived, waited)
    waited = np.where(outcome == Outcome.TURNED_AWAY, scenario.ends_at - arrived, waited)
    service = np.where(outcome == Outcome.SERVED, column("service"), 0.0)
    return Visits(number, column("line").astype(np.int16), arrived, outcome, waited, column("served_by"), service)
