"""Judges a roster without any solver: which rule it breaks for whom on which day, what it costs, and which shifts stay uncovered.

Nothing is shared with the model that the solver works on but the problem itself; both must come to the same number, and a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from steward.science.roster.labour import Kind, LabourRule
from steward.science.roster.problem import Contract, Employee, Roster, RosterProblem
from steward.science.roster.validation import fits


class Rule(StrEnum):
    """The rules of a roster besides the labour rules, which go by their own id."""

    LEAVE = "leave"
    SKILL = "skill"
    PINNED = "pinned"
    SEQUENCE = "sequence"
    MAX_SHIFTS = "max_shifts"
    MAX_MINUTES = "max_minutes"
    MIN_MINUTES = "min_minutes"
    MAX_CONSECUTIVE = "max_consecutive"
    MIN_CONSECUTIVE = "min_consecutive"
    MIN_DAYS_OFF = "min_days_off"
    MAX_WEEKENDS = "max_weekends"
    MUST_COVER = "must_cover"


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One rule broken: by whom (empty: nobody in particular), on which day (−1: the whole horizon), found and allowed, and the article to cite."""

    employee: str
    day: int
    rule: str
    found: int = 0
    allowed: int = 0
    article: str = ""
    shift: str = ""
    unverified: bool = False

    @property
    def excess(self) -> int:
        """How far it is from what is allowed; 0 for rules without a number."""
        return abs(self.found - self.allowed)


@dataclass(frozen=True, slots=True)
class Uncovered:
    """A shift for which people are missing: ``planned`` of at least ``low``; ``cost`` is its part of the objective."""

    day: int
    shift: str
    skill: str | None
    low: int
    planned: int
    cost: int

    @property
    def short(self) -> int:
        """How many are missing."""
        return self.low - self.planned


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the roster is worth. ``objective`` is the sum of ``costs``, counted from the roster itself."""

    violations: tuple[Violation, ...]
    objective: int
    costs: dict[str, int]
    uncovered: tuple[Uncovered, ...]

    @property
    def allowed(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def check(problem: RosterProblem, roster: Roster) -> Judgement:
    """Violations, objective and uncovered shifts of ``roster``. Errors: NotARoster when it does not fit the problem."""
    fits(problem, roster)
    violations = [found for employee in problem.employees for found in _Person(problem, employee, roster).violations()]
    violations += _uncovered_musts(problem, roster)
    costs, uncovered = _costs(problem, roster)
    return Judgement(tuple(sorted(violations)), sum(costs.values()), costs, tuple(uncovered))


def refused(problem: RosterProblem, before: Roster, after: Roster) -> tuple[Violation, ...]:
    """What a change (a swap, say) breaks that was not broken before, or breaks more: empty when it may be made."""
    known = {_matter(found): found.excess for found in check(problem, before).violations}
    return tuple(found for found in check(problem, after).violations if found.excess > known.get(_matter(found), -1))


def _matter(found: Violation) -> tuple[str, int, str, str]:
    """What a violation is about, whatever its size."""
    return found.employee, found.day, found.rule, found.shift if found.rule in (Rule.MUST_COVER, Rule.MAX_SHIFTS) else ""


class _Person:
    """One employee's line, with the past before it: index 0 is the oldest known day."""

    def __init__(self, problem: RosterProblem, employee: Employee, roster: Roster) -> None:
        self.problem, self.employee = problem, employee
        self.contract: Contract = problem.contract_of(employee)
        self.line = roster.lines[employee.id]
        self.all = (*employee.past, *self.line)
        self.shifts = {shift.id: shift for shift in problem.shifts}

    @property
    def first(self) -> int:
        """The oldest known day: 0 or below."""
        return -len(self.employee.past)

    def at(self, day: int) -> str | None:
        return self.all[day - self.first]

    def minutes(self, day: int) -> int:
        name = self.at(day)
        return 0 if name is None else self.shifts[name].minutes

    def broken(self, rule: str, day: int = -1, found: int = 0, allowed: int = 0, shift: str = "") -> Violation:
        return Violation(self.employee.id, day, rule, found, allowed, self.contract.article, shift)

    def cited(self, rule: LabourRule, day: int, found: int = 0, allowed: int = 0) -> Violation:
        return Violation(self.employee.id, day, rule.id, found, allowed, rule.article, self.line[day] or "", rule.unverified)

    def violations(self) -> Iterator[Violation]:
        yield from self.days()
        yield from self.totals()
        yield from self.blocks()
        for rule in self.problem.labour:
            yield from LABOUR[rule.kind](self, rule)

    def days(self) -> Iterator[Violation]:
        for day, name in enumerate(self.line):
            if name is None:
                continue
            if day in self.employee.leave:
                yield self.broken(Rule.LEAVE, day, shift=name)
            if not self.shifts[name].skills <= self.employee.skills:
                yield self.broken(Rule.SKILL, day, shift=name)
            before = self.at(day - 1) if day > self.first else None
            if before is not None and name in self.shifts[before].cannot_precede:
                yield self.broken(Rule.SEQUENCE, day, shift=name)
        for pin in self.problem.pins:
            if pin.employee == self.employee.id and self.line[pin.day] != pin.shift:
                yield self.broken(Rule.PINNED, pin.day, shift=pin.shift or "")

    def totals(self) -> Iterator[Violation]:
        contract = self.contract
        for name, limit in contract.max_shifts.items():
            if (worked := self.line.count(name)) > limit:
                yield self.broken(Rule.MAX_SHIFTS, found=worked, allowed=limit, shift=name)
        total = sum(self.minutes(day) for day in range(self.problem.days))
        if contract.max_minutes is not None and total > contract.max_minutes:
            yield self.broken(Rule.MAX_MINUTES, found=total, allowed=contract.max_minutes)
        if total < contract.min_minutes:
            yield self.broken(Rule.MIN_MINUTES, found=total, allowed=contract.min_minutes)
        weekends = sum(any(self.line[day] is not None for day in weekend) for weekend in self.problem.weekends())
        if contract.max_weekends is not None and weekends > contract.max_weekends:
            yield self.broken(Rule.MAX_WEEKENDS, found=weekends, allowed=contract.max_weekends)

    def blocks(self) -> Iterator[Violation]:
        """Stretches of work and of days off. One that touches either end of what is known may be longer than we see."""
        contract, start = self.contract, 0
        while start < len(self.all):
            working, end = self.all[start] is not None, start
            while end < len(self.all) and (self.all[end] is not None) == working:
                end += 1
            day, last, length = start + self.first, end + self.first - 1, end - start
            cut = start == 0 or end == len(self.all)
            least = contract.min_consecutive if working else contract.min_days_off
            if not cut and length < least and last >= -1:  # one that ended before yesterday is not ours to mend
                rule = Rule.MIN_CONSECUTIVE if working else Rule.MIN_DAYS_OFF
                yield self.broken(rule, max(day, 0), length, least)
            most = contract.max_consecutive
            if working and most is not None and length > most and last >= 0:
                yield self.broken(Rule.MAX_CONSECUTIVE, max(day + most, 0), length, most)
            start = end

    # --- labour rules: each tells its violations by day ---

    def rest_days(self, rule: LabourRule) -> Iterator[Violation]:
        window, least = rule.limits["window"], rule.limits["days"]
        for last in range(self.problem.days):
            begin = last - window + 1
            if begin < self.first:
                continue
            free = sum(self.at(day) is None for day in range(begin, last + 1))
            if free < least:
                yield self.cited(rule, last, window - free, window - least)

    def minutes_per_day(self, rule: LabourRule) -> Iterator[Violation]:
        for day in range(self.problem.days):
            if (worked := self.minutes(day)) > rule.limits["minutes"]:
                yield self.cited(rule, day, worked, rule.limits["minutes"])

    def minutes_per_week(self, rule: LabourRule) -> Iterator[Violation]:
        week, worked = None, 0
        for day in range(self.first, self.problem.days):
            if self.problem.week(day) != week:
                week, worked = self.problem.week(day), 0
            worked += self.minutes(day)
            if day >= 0 and self.minutes(day) and worked > rule.limits["minutes"]:
                yield self.cited(rule, day, worked, rule.limits["minutes"])

    def rest_between(self, rule: LabourRule) -> Iterator[Violation]:
        for day in range(max(0, self.first + 1), self.problem.days):
            before, name = self.at(day - 1), self.at(day)
            if before is None or name is None:
                continue
            end, start = self.shifts[before].end, self.shifts[name].start
            if end is not None and start is not None and start + 1440 - end < rule.limits["minutes"]:
                yield self.cited(rule, day, start + 1440 - end, rule.limits["minutes"])

    def overtime(self, rule: LabourRule) -> dict[int, int]:
        """Minutes of overtime by day, the past of the first week included."""
        by_day: dict[int, int] = {}
        week, worked, over_days, before = None, 0, 0, 0
        for day in range(self.first, self.problem.days):
            if self.problem.week(day) != week:
                week, worked, over_days, before = self.problem.week(day), 0, 0, 0
            worked += self.minutes(day)
            over_days += max(0, self.minutes(day) - rule.limits["day_minutes"])
            through = max(over_days, worked - rule.limits["week_minutes"])
            by_day[day] = through - before
            before = through
        return by_day

    def overtime_per_month(self, rule: LabourRule) -> Iterator[Violation]:
        so_far = {self.problem.month(0): self.employee.overtime_before}
        for day, minutes in self.overtime(rule).items():
            if day < 0:
                continue  # already in overtime_before
            month = self.problem.month(day)
            so_far[month] = so_far.get(month, 0) + minutes
            if minutes and so_far[month] > rule.limits["minutes"]:
                yield self.cited(rule, day, so_far[month], rule.limits["minutes"])

    def protected(self, rule: LabourRule) -> Iterator[Violation]:
        states = [state for state in self.employee.states if state.name in rule.states]
        days = [day for day in range(self.problem.days) if any(state.first <= day <= state.last for state in states)]
        overtime = self.overtime(rule) if days and "overtime" in rule.forbid else {}
        for day in days:
            name = self.line[day]
            if overtime.get(day):
                yield self.cited(rule, day, overtime[day], 0)
            elif name is not None and self.shifts[name].night and "night" in rule.forbid:
                yield self.cited(rule, day, self.minutes(day), 0)


LABOUR = {
    Kind.REST_DAYS: _Person.rest_days,
    Kind.MINUTES_PER_DAY: _Person.minutes_per_day,
    Kind.MINUTES_PER_WEEK: _Person.minutes_per_week,
    Kind.REST_BETWEEN: _Person.rest_between,
    Kind.OVERTIME_PER_MONTH: _Person.overtime_per_month,
    Kind.PROTECTED: _Person.protected,
}


def _planned(problem: RosterProblem, roster: Roster) -> Iterator[int]:
    """For each cover, how many are there."""
    for cover in problem.cover:
        yield sum(
            roster.lines[employee.id][cover.day] == cover.shift and (cover.skill is None or cover.skill in employee.skills)
            for employee in problem.employees
        )


def _uncovered_musts(problem: RosterProblem, roster: Roster) -> Iterator[Violation]:
    for cover, planned in zip(problem.cover, _planned(problem, roster), strict=True):
        if planned < cover.must:
            yield Violation("", cover.day, Rule.MUST_COVER, planned, cover.must, "", cover.shift)


def _costs(problem: RosterProblem, roster: Roster) -> tuple[dict[str, int], list[Uncovered]]:
    under = over = 0
    uncovered = []
    for cover, planned in zip(problem.cover, _planned(problem, roster), strict=True):
        short = max(0, cover.low - planned)
        cost = cover.under * (short * short if cover.squared else short)
        under, over = under + cost, over + cover.over * max(0, planned - cover.high)
        if short:
            uncovered.append(Uncovered(cover.day, cover.shift, cover.skill, cover.low, planned, cost))
    costs = {"under": under, "over": over, "requests": sum(_missed(problem, roster)), "balance": sum(_unfair(problem, roster))}
    if problem.previous is not None:
        costs["changes"] = problem.change * sum(
            now != then for name, line in roster.lines.items() for now, then in zip(line, problem.previous.lines[name], strict=True)
        )
    return costs, uncovered


def _missed(problem: RosterProblem, roster: Roster) -> Iterator[int]:
    for request in problem.requests:
        name = roster.lines[request.employee][request.day]
        works = name is not None and request.shift in (None, name)
        if works != request.on:
            yield request.weight


def _unfair(problem: RosterProblem, roster: Roster) -> Iterator[int]:
    for balance in problem.balances:
        burdens = [
            balance.before.get(name, 0)
            + sum(shift in balance.shifts and (balance.days is None or day in balance.days) for day, shift in enumerate(line))
            for name, line in roster.lines.items()
            if balance.employees is None or name in balance.employees
        ]
        if burdens:
            yield balance.weight * (max(burdens) - min(burdens))
