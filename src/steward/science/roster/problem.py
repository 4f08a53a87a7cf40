"""What a roster has to respect and what it should reach: people, contracts, shifts, cover, wishes, law. Nothing here knows a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from steward.science.guards import count

if TYPE_CHECKING:
    from steward.science.roster.labour import LabourRule

WEEKEND = (5, 6)


class NotARoster(ValueError):
    """The problem or the roster contradicts itself: an unknown name, a day outside the horizon, a number that cannot be."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One kind of duty, worked on one day by one employee.

    ``minutes``: paid working time. ``start``: minute of the day (0–1439) and ``span``: minutes from begin to end with breaks (``minutes`` unless
    given); both only matter to rest between shifts. ``cannot_precede``: shifts that must not follow on the next day. ``skills``: all are needed.
    """

    id: str
    minutes: int
    start: int | None = None
    span: int | None = None
    night: bool = False
    cannot_precede: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()

    @property
    def end(self) -> int | None:
        """Minute at which it ends, counted from midnight before its start; above 1440 on the next day."""
        return None if self.start is None else self.start + (self.minutes if self.span is None else self.span)


@dataclass(frozen=True, slots=True)
class Contract:
    """Hard limits of working time over the horizon. None: no limit.

    ``max_shifts``: by shift; shifts not named are not limited. ``min_consecutive`` days of work and ``min_days_off`` in a row do not bind a block
    that is cut by the start or the end of what is known. A weekend counts when Saturday or Sunday is worked. ``article``: where it is agreed.
    """

    id: str
    max_minutes: int | None = None
    min_minutes: int = 0
    max_shifts: Mapping[str, int] = field(default_factory=dict)
    max_consecutive: int | None = None
    min_consecutive: int = 1
    min_days_off: int = 1
    max_weekends: int | None = None
    article: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A protected state of an employee from ``first`` to ``last`` day of the horizon, both included: ``pregnant_7_months``, ``nursing``."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Employee:
    """One person. ``leave``: days on which she is absent, hard. ``past``: her shifts on the days before day 0, the last one yesterday's.

    ``overtime_before``: minutes of overtime in the calendar month of day 0, before day 0.
    """

    id: str
    contract: str
    skills: frozenset[str] = frozenset()
    leave: frozenset[int] = frozenset()
    past: tuple[str | None, ...] = ()
    states: tuple[State, ...] = ()
    overtime_before: int = 0


@dataclass(frozen=True, slots=True)
class Cover:
    """How many are wanted on a shift of a day: between ``low`` and ``high``; ``under`` and ``over`` is what each one missing or too many costs.

    ``must``: below this the roster is not allowed. ``skill``: count only those who have it. ``squared``: the cost of missing ones grows with
    the square, so that two short on one shift is worse than one short on two.
    """

    day: int
    shift: str
    low: int
    high: int
    under: int
    over: int = 0
    skill: str | None = None
    must: int = 0
    squared: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A wish that costs ``weight`` when it is not met: to work ``shift`` that day (``on``), or not to. ``shift`` None: any shift."""

    employee: str
    day: int
    shift: str | None
    weight: int
    on: bool


@dataclass(frozen=True, slots=True)
class Pin:
    """What is already decided inside the horizon: this shift, or None for a day off. Hard."""

    employee: str
    day: int
    shift: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """A burden to share: costs ``weight`` × (most − fewest), counting how often each works one of ``shifts`` on one of ``days``.

    ``before``: what each carries over, for a fairness that reaches back (13 weeks, say). None: all days, all employees.
    """

    name: str
    shifts: frozenset[str]
    weight: int
    days: frozenset[int] | None = None
    before: Mapping[str, int] = field(default_factory=dict)
    employees: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works what: for each employee one shift or None (off) for each day."""

    lines: Mapping[str, tuple[str | None, ...]]

    def changed(self, *cells: tuple[str, int, str | None]) -> Roster:
        """The same with some (employee, day, shift) replaced."""
        lines = {name: list(line) for name, line in self.lines.items()}
        for name, day, shift in cells:
            lines[name][day] = shift
        return Roster({name: tuple(line) for name, line in lines.items()})

    def swapped(self, one: str, other: str, *days: int) -> Roster:
        """The same with two employees' duties exchanged on these days."""
        a, b = self.lines[one], self.lines[other]
        return self.changed(*((one, day, b[day]) for day in days), *((other, day, a[day]) for day in days))


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """Everything a roster of ``days`` days is judged by. Weights are whole numbers of at least 0.

    ``first_date``: the date of day 0; without it day 0 is a Monday and the horizon is one month. ``previous``: the published roster, each
    changed cell costs ``change``. Errors: NotARoster when something names what does not exist; NotANumber for NaN.
    """

    days: int
    shifts: tuple[Shift, ...]
    contracts: tuple[Contract, ...]
    employees: tuple[Employee, ...]
    cover: tuple[Cover, ...] = ()
    requests: tuple[Request, ...] = ()
    labour: tuple[LabourRule, ...] = ()
    pins: tuple[Pin, ...] = ()
    balances: tuple[Balance, ...] = ()
    previous: Roster | None = None
    change: int = 0
    first_date: date | None = None

    def __post_init__(self) -> None:
        from steward.science.roster.validation import validate  # it reads these classes

        validate(self)

    def shift(self, name: str) -> Shift:
        """By id. Errors: KeyError."""
        return {shift.id: shift for shift in self.shifts}[name]

    def contract_of(self, employee: Employee) -> Contract:
        """The contract of an employee."""
        return next(contract for contract in self.contracts if contract.id == employee.contract)

    def weekday(self, day: int) -> int:
        """0 Monday … 6 Sunday; also for days before 0."""
        return ((self.first_date.weekday() if self.first_date else 0) + day) % 7

    def week(self, day: int) -> int:
        """A number of the calendar week from Monday; the week of day 0 is 0."""
        return ((self.first_date.weekday() if self.first_date else 0) + day) // 7

    def month(self, day: int) -> tuple[int, int]:
        """The calendar month; without dates, one for all days."""
        if self.first_date is None:
            return 0, 0
        on = self.first_date + timedelta(days=day)
        return on.year, on.month

    def weekends(self) -> list[tuple[int, ...]]:
        """The weekend days inside the horizon, one group for each weekend."""
        groups: dict[int, list[int]] = {}
        for day in range(self.days):
            if self.weekday(day) in WEEKEND:
                groups.setdefault(self.week(day), []).append(day)
        return [tuple(days) for days in groups.values()]

    def empty(self) -> Roster:
        """Nobody works."""
        return Roster({employee.id: (None,) * self.days for employee in self.employees})


def whole(value: float, name: str) -> int:
    """A whole number of at least 0. Errors: NotANumber, ValueError."""
    return int(count(value, name))
