"""The problem as CP-SAT sees it: one Boolean for each employee, day and shift, hard rules as constraints, wishes as costs.

Cells may be fixed to a known roster: large-neighbourhood search then builds a model of the free cells only. With tags, every hard rule hangs
on a literal of its own, so that the solver can say which of them cannot hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from steward.science.extras import needs
from steward.science.roster.checking import Rule
from steward.science.roster.labour import Kind, LabourRule
from steward.science.roster.problem import Contract, Employee, Roster, RosterProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model, cp_model_helper

    Literal = cp_model_helper.Literal | int
    Expression = cp_model.LinearExpr | int

Cell = tuple[str, int]


@dataclass(frozen=True, slots=True, order=True)
class Tag:
    """Which rule a constraint stands for: whose, which day (−1: the horizon), by what article."""

    employee: str
    day: int
    rule: str
    article: str = ""
    shift: str = ""


@dataclass(slots=True)
class Model:
    """A CP-SAT model of ``problem`` in which only the ``free`` cells (None: all) may differ from ``base``.

    ``tagged``: each hard rule hangs on a literal in ``tags``, and costs are left out. ``keep``: only these rules, and no costs.
    """

    problem: RosterProblem
    base: Roster | None = None
    free: Collection[Cell] | None = None
    tagged: bool = False
    keep: frozenset[Tag] | None = None
    cp: cp_model.CpModel = field(init=False)
    cells: dict[tuple[str, int, str], Literal] = field(init=False, default_factory=dict)
    cost: Expression = field(init=False, default=0)
    tags: dict[Tag, cp_model.IntVar] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        needs("ortools", extra="plan")
        from ortools.sat.python import cp_model

        self.cp = cp_model.CpModel()
        moving = None if self.free is None else {name for name, _ in self.free}
        for employee in self.problem.employees:
            if moving is None or employee.id in moving:
                _Line(self, employee).build()
            elif self.base is not None:
                for day, name in enumerate(self.base.lines[employee.id]):
                    for shift in self.problem.shifts:
                        self.cells[employee.id, day, shift.id] = int(shift.id == name)
        self._musts()
        if not self.asking:
            self.cost = sum(self._costs())
            if not isinstance(self.cost, int):
                self.cp.minimize(self.cost)

    @property
    def asking(self) -> bool:
        """Whether this model asks which rules can hold, so that none may be taken for granted."""
        return self.tagged or self.keep is not None

    # --- constraints ---

    def rule(self, constraint: cp_model.BoundedLinearExpression | bool, tag: Tag) -> None:
        """A hard linear rule."""
        if self.keep is not None and tag not in self.keep:
            return
        self._guard(self.cp.add(constraint), tag)

    def clause(self, literals: Iterable[Literal], tag: Tag) -> None:
        """At least one of them."""
        literals = list(literals)
        if any(isinstance(literal, int) and literal for literal in literals) or (self.keep is not None and tag not in self.keep):
            return
        self._guard(self.cp.add_bool_or([literal for literal in literals if not isinstance(literal, int)]), tag)

    def _guard(self, constraint: cp_model.Constraint, tag: Tag) -> None:
        if not self.tagged:
            return
        if tag not in self.tags:
            self.tags[tag] = self.cp.new_bool_var("")
        constraint.only_enforce_if(self.tags[tag])

    def _present(self, day: int, shift: str, skill: str | None) -> list[Literal]:
        return [self.cells[e.id, day, shift] for e in self.problem.employees if skill is None or skill in e.skills]

    def _musts(self) -> None:
        for cover in self.problem.cover:
            if cover.must:
                planned = sum(self._present(cover.day, cover.shift, cover.skill))
                self.rule(planned >= cover.must, Tag("", cover.day, Rule.MUST_COVER, "", cover.shift))

    # --- costs ---

    def _costs(self) -> Iterator[Expression]:
        yield from self._cover_costs()
        yield from self._request_costs()
        yield from self._balance_costs()
        yield from self._change_costs()

    def _cover_costs(self) -> Iterator[Expression]:
        for cover in self.problem.cover:
            cells = self._present(cover.day, cover.shift, cover.skill)
            fixed, moving = sum(c for c in cells if isinstance(c, int)), [c for c in cells if not isinstance(c, int)]
            most_short, most_over = max(0, cover.low - fixed), max(0, fixed + len(moving) - cover.high)
            if cover.under and most_short:
                short = self.cp.new_int_var(0, most_short, "")
                self.cp.add(sum(moving) + short >= cover.low - fixed)
                yield from self._squared(short, most_short, cover.under) if cover.squared else (cover.under * short,)
            if cover.over and most_over:
                over = self.cp.new_int_var(0, most_over, "")
                self.cp.add(sum(moving) - over <= cover.high - fixed)
                yield cover.over * over

    def _squared(self, short: cp_model.IntVar, most: int, weight: int) -> Iterator[Expression]:
        """The k-th one missing costs 2k − 1 times as much, which adds up to the square."""
        steps = [self.cp.new_bool_var("") for _ in range(most)]
        self.cp.add(sum(steps) == short)
        yield from (weight * (2 * k + 1) * step for k, step in enumerate(steps))

    def _works(self, employee: str, day: int, shift: str | None) -> Expression:
        if shift is not None:
            return self.cells[employee, day, shift]
        return sum(self.cells[employee, day, shift.id] for shift in self.problem.shifts)

    def _request_costs(self) -> Iterator[Expression]:
        for request in self.problem.requests:
            works = self._works(request.employee, request.day, request.shift)
            yield request.weight * ((1 - works) if request.on else works)

    def _balance_costs(self) -> Iterator[Expression]:
        for balance in self.problem.balances:
            named = [e.id for e in self.problem.employees if balance.employees is None or e.id in balance.employees]
            days = range(self.problem.days) if balance.days is None else sorted(balance.days)
            if not named or not balance.weight:
                continue
            top = max(balance.before.values(), default=0) + len(days)
            most, fewest = self.cp.new_int_var(0, top, ""), self.cp.new_int_var(0, top, "")
            for name in named:
                burden = balance.before.get(name, 0) + sum(self.cells[name, day, shift] for day in days for shift in balance.shifts)
                self.cp.add(most >= burden)
                self.cp.add(fewest <= burden)
            yield balance.weight * (most - fewest)

    def _change_costs(self) -> Iterator[Expression]:
        if self.problem.previous is None or not self.problem.change:
            return
        for name, line in self.problem.previous.lines.items():
            for day, shift in enumerate(line):
                works = self._works(name, day, shift)
                yield self.problem.change * (works if shift is None else 1 - works)

    # --- reading and hinting ---

    def roster(self, value: Callable[[Literal], int]) -> Roster:
        """What the solver's values say."""
        lines = {employee.id: [None] * self.problem.days for employee in self.problem.employees}  # type: dict[str, list[str | None]]
        for (name, day, shift), cell in self.cells.items():
            if (cell if isinstance(cell, int) else value(cell)) == 1:
                lines[name][day] = shift
        return Roster({name: tuple(line) for name, line in lines.items()})

    def hint(self, roster: Roster) -> None:
        """Begin from here."""
        for (name, day, shift), cell in self.cells.items():
            if not isinstance(cell, int):
                self.cp.add_hint(cell, roster.lines[name][day] == shift)


class _Line:
    """The variables and rules of one employee."""

    def __init__(self, model: Model, employee: Employee) -> None:
        self.model, self.problem, self.employee = model, model.problem, employee
        self.contract: Contract = self.problem.contract_of(employee)
        self.first = -len(employee.past)
        self.minutes_of = {shift.id: shift.minutes for shift in self.problem.shifts}
        self.work: dict[int, Literal] = {day: int(employee.past[day] is not None) for day in range(self.first, 0)}
        self.overtimes: dict[tuple[int, int], dict[int, Expression]] = {}

    def build(self) -> None:
        self._variables()
        self._days()
        self._totals()
        self._blocks()
        for rule in self.problem.labour:
            LABOUR[rule.kind](self, rule)

    def tag(self, rule: str, day: int = -1, shift: str = "") -> Tag:
        return Tag(self.employee.id, day, rule, self.contract.article, shift)

    def cited(self, rule: LabourRule, day: int = -1, shift: str = "") -> Tag:
        return Tag(self.employee.id, day, rule.id, rule.article, shift)

    def at(self, day: int, shift: str) -> Literal:
        return self.model.cells[self.employee.id, day, shift] if day >= 0 else int(self.employee.past[day] == shift)

    def minutes(self, day: int) -> Expression:
        return sum(self.minutes_of[shift] * self.at(day, shift) for shift in self.minutes_of)

    def _variables(self) -> None:
        model, name, pinned = self.model, self.employee.id, self._pinned()
        for day in range(self.problem.days):
            cells: list[Literal] = []
            for shift in self.problem.shifts:
                if day in pinned:
                    cell: Literal = int(pinned[day] == shift.id)
                elif self._barred(day, shift.id) and not model.asking:
                    cell = 0
                else:
                    cell = model.cp.new_bool_var("")
                model.cells[name, day, shift.id] = cell
                cells.append(cell)
            if all(isinstance(cell, int) for cell in cells):
                self.work[day] = sum(cell for cell in cells if isinstance(cell, int))
                if self.work[day] > 1:
                    raise AssertionError("a cell holds one shift")
            else:
                self.work[day] = model.cp.new_bool_var("")
                model.cp.add(sum(cells) == self.work[day])

    def _pinned(self) -> dict[int, str | None]:
        """Days whose shift is no question; to a model that asks, a pin is a rule like others."""
        if self.model.asking:
            return {}
        pinned = {pin.day: pin.shift for pin in self.problem.pins if pin.employee == self.employee.id}
        if self.model.free is not None and self.model.base is not None:
            line = self.model.base.lines[self.employee.id]
            pinned |= {day: shift for day, shift in enumerate(line) if (self.employee.id, day) not in self.model.free}
        return pinned

    def _barred(self, day: int, shift: str) -> bool:
        return (
            day in self.employee.leave
            or self.contract.max_shifts.get(shift) == 0
            or not self.problem.shift(shift).skills <= self.employee.skills
        )

    def _days(self) -> None:
        model = self.model
        for day in range(self.problem.days):
            if day in self.employee.leave:
                model.rule(self.work[day] == 0, self.tag(Rule.LEAVE, day))
            for shift in self.problem.shifts:
                if not shift.skills <= self.employee.skills:
                    model.rule(self.at(day, shift.id) == 0, self.tag(Rule.SKILL, day, shift.id))
                if day > self.first and shift.cannot_precede:
                    after = [self.at(day, other) for other in sorted(shift.cannot_precede)]
                    model.rule(self.at(day - 1, shift.id) + sum(after) <= 1, self.tag(Rule.SEQUENCE, day))
        for pin in self.problem.pins:
            if pin.employee == self.employee.id:
                works = self.work[pin.day] == 0 if pin.shift is None else self.at(pin.day, pin.shift) == 1
                model.rule(works, self.tag(Rule.PINNED, pin.day, pin.shift or ""))

    def _totals(self) -> None:
        model, contract, days = self.model, self.contract, range(self.problem.days)
        for shift, limit in contract.max_shifts.items():
            if limit < self.problem.days:
                model.rule(sum(self.at(day, shift) for day in days) <= limit, self.tag(Rule.MAX_SHIFTS, shift=shift))
        total = sum(self.minutes(day) for day in days)
        if contract.max_minutes is not None:
            model.rule(total <= contract.max_minutes, self.tag(Rule.MAX_MINUTES))
        if contract.min_minutes:
            model.rule(total >= contract.min_minutes, self.tag(Rule.MIN_MINUTES))
        if contract.max_weekends is not None:
            self._weekends(contract.max_weekends)

    def _weekends(self, limit: int) -> None:
        worked = []
        for weekend in self.problem.weekends():
            some = self.model.cp.new_bool_var("")
            for day in weekend:
                self.model.cp.add(some >= self.work[day])
            worked.append(some)
        self.model.rule(sum(worked) <= limit, self.tag(Rule.MAX_WEEKENDS))

    def _blocks(self) -> None:
        most = self.contract.max_consecutive
        if most is not None:
            for last in range(max(0, self.first + most), self.problem.days):
                window = [self.work[day] for day in range(last - most, last + 1)]
                self.model.rule(sum(window) <= most, self.tag(Rule.MAX_CONSECUTIVE, last))
        self._short_blocks(self.contract.min_consecutive, Rule.MIN_CONSECUTIVE, working=True)
        self._short_blocks(self.contract.min_days_off, Rule.MIN_DAYS_OFF, working=False)

    def _short_blocks(self, least: int, rule: Rule, *, working: bool) -> None:
        """A block that both begins and ends inside what is known is not shorter than ``least``."""
        inside = {day: work if working else opposite(work) for day, work in self.work.items()}
        for length in range(1, least):
            for begin in range(self.first + 1, self.problem.days - length):
                end = begin + length
                if end < 0:
                    continue
                broken = [opposite(inside[day]) for day in range(begin, end)]
                self.model.clause([inside[begin - 1], *broken, inside[end]], self.tag(rule, max(begin, 0)))

    # --- labour rules ---

    def rest_days(self, rule: LabourRule) -> None:
        window = rule.limits["window"]
        for last in range(max(0, self.first + window - 1), self.problem.days):
            worked = [self.work[day] for day in range(last - window + 1, last + 1)]
            self.model.rule(sum(worked) <= window - rule.limits["days"], self.cited(rule, last))

    def minutes_per_day(self, rule: LabourRule) -> None:
        for shift, minutes in self.minutes_of.items():
            if minutes > rule.limits["minutes"]:
                for day in range(self.problem.days):
                    self.model.rule(self.at(day, shift) == 0, self.cited(rule, day, shift))

    def minutes_per_week(self, rule: LabourRule) -> None:
        for days in self._weeks():
            before = sum(self.minutes(day) for day in days if day < 0)
            fresh = sum(self.minutes(day) for day in days if day >= 0)
            # A past that is over the limit already leaves only days off.
            self.model.rule(fresh <= max(0, rule.limits["minutes"] - before), self.cited(rule, days[-1]))

    def _weeks(self) -> list[list[int]]:
        weeks: dict[int, list[int]] = {}
        for day in range(self.first, self.problem.days):
            weeks.setdefault(self.problem.week(day), []).append(day)
        return [days for days in weeks.values() if days[-1] >= 0]

    def rest_between(self, rule: LabourRule) -> None:
        for before in self.problem.shifts:
            too_soon = [
                shift.id
                for shift in self.problem.shifts
                if before.end is not None and shift.start is not None and shift.start + 1440 - before.end < rule.limits["minutes"]
            ]
            for day in range(max(0, self.first + 1), self.problem.days) if too_soon else ():
                after = sum(self.at(day, shift) for shift in too_soon)
                self.model.rule(self.at(day - 1, before.id) + after <= 1, self.cited(rule, day))

    def _overtime(self, rule: LabourRule) -> dict[int, Expression]:
        """Overtime from the begin of its week through each day."""
        key = rule.limits["day_minutes"], rule.limits["week_minutes"]
        if key in self.overtimes:
            return self.overtimes[key]
        through = self.overtimes[key] = {}
        for days in self._weeks():
            worked: Expression = 0
            over_days: Expression = 0
            for day in days:
                worked = worked + self.minutes(day)
                over_days = over_days + sum(max(0, m - key[0]) * self.at(day, shift) for shift, m in self.minutes_of.items())
                if isinstance(worked, int) and isinstance(over_days, int):
                    through[day] = max(over_days, worked - key[1])
                else:
                    through[day] = self.model.cp.new_int_var(0, 7 * 1440, "")
                    self.model.cp.add_max_equality(through[day], [over_days, worked - key[1]])
        return through

    def _arisen(self, through: dict[int, Expression], begin: int, end: int) -> Expression:
        """Overtime of the days from ``begin`` to ``end`` of one week."""
        before = through[begin - 1] if begin - 1 in through and self.problem.week(begin - 1) == self.problem.week(begin) else 0
        return through[end] - before

    def overtime_per_month(self, rule: LabourRule) -> None:
        through = self._overtime(rule)
        months: dict[tuple[int, int], Expression] = {}
        last: dict[tuple[int, int], int] = {}
        for days in self._weeks():
            inside = [day for day in days if day >= 0]
            for month in sorted({self.problem.month(day) for day in inside}):
                part = [day for day in inside if self.problem.month(day) == month]
                months[month] = months.get(month, 0) + self._arisen(through, part[0], part[-1])
                last[month] = part[-1]
        for month, minutes in months.items():
            before = self.employee.overtime_before if month == self.problem.month(0) else 0
            self.model.rule(minutes <= max(0, rule.limits["minutes"] - before), self.cited(rule, last[month]))

    def protected(self, rule: LabourRule) -> None:
        states = [state for state in self.employee.states if state.name in rule.states]
        days = [day for day in range(self.problem.days) if any(state.first <= day <= state.last for state in states)]
        through = self._overtime(rule) if days and "overtime" in rule.forbid else {}
        nights = [shift.id for shift in self.problem.shifts if shift.night] if "night" in rule.forbid else []
        for day in days:
            if through:
                self.model.rule(self._arisen(through, day, day) <= 0, self.cited(rule, day))
            for shift in nights:
                self.model.rule(self.at(day, shift) == 0, self.cited(rule, day, shift))


def opposite(literal: Literal) -> Literal:
    """Not that."""
    return 1 - literal if isinstance(literal, int) else literal.negated()


LABOUR = {
    Kind.REST_DAYS: _Line.rest_days,
    Kind.MINUTES_PER_DAY: _Line.minutes_per_day,
    Kind.MINUTES_PER_WEEK: _Line.minutes_per_week,
    Kind.REST_BETWEEN: _Line.rest_between,
    Kind.OVERTIME_PER_MONTH: _Line.overtime_per_month,
    Kind.PROTECTED: _Line.protected,
}
