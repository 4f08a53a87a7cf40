"""Refuses problems and rosters that contradict themselves, by name, before anything is solved or judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from steward.science.roster.problem import Contract, Employee, NotARoster, Roster, RosterProblem, whole


def validate(problem: RosterProblem) -> None:
    """Errors: NotARoster, NotANumber, ValueError."""
    if whole(problem.days, "days") < 1:
        raise NotARoster("days must be at least 1")
    whole(problem.change, "change")
    shifts = _unique("shift", (shift.id for shift in problem.shifts))
    contracts = _unique("contract", (contract.id for contract in problem.contracts))
    employees = _unique("employee", (employee.id for employee in problem.employees))
    _unique("labour rule", (rule.id for rule in problem.labour))
    _unique("cover", (f"{cover.shift} on day {cover.day} for {cover.skill or 'all'}" for cover in problem.cover))
    for kind, known, named in (
        ("shift", shifts, _shifts_named(problem)),
        ("contract", contracts, (employee.contract for employee in problem.employees)),
        ("employee", employees, _employees_named(problem)),
    ):
        if unknown := sorted(set(named) - known):
            raise NotARoster(f"no {kind} is called {', '.join(unknown)}")
    if outside := sorted({day for day in _days_named(problem) if not 0 <= day < problem.days}):
        raise NotARoster(f"days {', '.join(map(str, outside))} lie outside 0 … {problem.days - 1}")
    _numbers(problem)
    if problem.previous is not None:
        fits(problem, problem.previous)


def fits(problem: RosterProblem, roster: Roster) -> None:
    """The roster has a line of the right length for everybody and for nobody else, with known shifts. Errors: NotARoster."""
    names, shifts = {employee.id for employee in problem.employees}, {shift.id for shift in problem.shifts}
    if names != set(roster.lines):
        raise NotARoster(f"the roster and the problem differ in {', '.join(sorted(names ^ set(roster.lines)))}")
    for name, line in roster.lines.items():
        if len(line) != problem.days:
            raise NotARoster(f"{name} has {len(line)} days instead of {problem.days}")
        if unknown := {shift for shift in line if shift is not None} - shifts:
            raise NotARoster(f"{name} works {', '.join(sorted(unknown))}, which no shift is called")


def _unique(kind: str, names: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NotARoster(f"{kind} {name!r} is there twice")
        seen.add(name)
    return seen


def _shifts_named(problem: RosterProblem) -> Iterator[str]:
    for shift in problem.shifts:
        yield from shift.cannot_precede
    for contract in problem.contracts:
        yield from contract.max_shifts
    for employee in problem.employees:
        yield from (shift for shift in employee.past if shift is not None)
    yield from (cover.shift for cover in problem.cover)
    yield from (request.shift for request in problem.requests if request.shift is not None)
    yield from (pin.shift for pin in problem.pins if pin.shift is not None)
    for balance in problem.balances:
        yield from balance.shifts


def _employees_named(problem: RosterProblem) -> Iterator[str]:
    yield from (request.employee for request in problem.requests)
    yield from (pin.employee for pin in problem.pins)
    for balance in problem.balances:
        yield from balance.before
        yield from balance.employees or ()


def _days_named(problem: RosterProblem) -> Iterator[int]:
    for employee in problem.employees:
        yield from employee.leave
    yield from (cover.day for cover in problem.cover)
    yield from (request.day for request in problem.requests)
    yield from (pin.day for pin in problem.pins)
    for balance in problem.balances:
        yield from balance.days or ()


def _numbers(problem: RosterProblem) -> None:
    for shift in problem.shifts:
        whole(shift.minutes, f"minutes of {shift.id}")
        if shift.start is not None and not 0 <= whole(shift.start, f"start of {shift.id}") < 1440:
            raise NotARoster(f"{shift.id} must start at a minute of the day, not {shift.start}")
    for contract in problem.contracts:
        _contract(contract)
    for employee in problem.employees:
        _employee(employee)
    for cover in problem.cover:
        name = f"cover of {cover.shift} on day {cover.day}"
        low, high, must = whole(cover.low, name), whole(cover.high, name), whole(cover.must, name)
        whole(cover.under, f"{name}: under")
        whole(cover.over, f"{name}: over")
        if not must <= low <= high:
            raise NotARoster(f"{name}: must ≤ low ≤ high does not hold for {must}, {low}, {high}")
    for request in problem.requests:
        whole(request.weight, f"request of {request.employee} on day {request.day}")
    for balance in problem.balances:
        whole(balance.weight, f"balance {balance.name}")
        for name, before in balance.before.items():
            whole(before, f"balance {balance.name} of {name}")


def _contract(contract: Contract) -> None:
    optional = (contract.max_minutes, contract.max_consecutive, contract.max_weekends)
    for value in (*contract.max_shifts.values(), *(value for value in optional if value is not None), contract.min_minutes):
        whole(value, f"contract {contract.id}")
    if min(whole(contract.min_consecutive, f"contract {contract.id}"), whole(contract.min_days_off, f"contract {contract.id}")) < 1:
        raise NotARoster(f"contract {contract.id}: min_consecutive and min_days_off must be at least 1")


def _employee(employee: Employee) -> None:
    whole(employee.overtime_before, f"overtime of {employee.id}")
    for state in employee.states:
        if state.first > state.last:
            raise NotARoster(f"{employee.id}: {state.name} ends before it begins")
