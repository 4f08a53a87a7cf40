"""Rosters: published bests, the law's examples, and small problems whose answer can be seen."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from tests.science.published import data_file, must_hold, truths_of

from steward.science.checks import Truth
from steward.science.checks.roster import BEST_KNOWN, plans
from steward.science.roster import (
    Balance,
    Contract,
    Cover,
    Employee,
    Improvement,
    Kind,
    LabourRule,
    NotANumber,
    NotARoster,
    Pin,
    Request,
    Roster,
    RosterProblem,
    Rule,
    Shift,
    State,
    Status,
    as_lines,
    check,
    china,
    explain,
    from_lines,
    labour_rules,
    read_curtois,
    refused,
    solve,
)
from steward.science.roster.model import Model

EARLY, LATE, NIGHT = Shift("E", 480, start=480), Shift("L", 480, start=960), Shift("N", 480, start=1380, night=True)
SHIFTS = (EARLY, LATE, NIGHT)
LONG = Shift("X", 600, start=480)
FREE = Contract("free")
LAW = {rule.id: rule for rule in china()}


@pytest.mark.parametrize("truth", truths_of("roster"))
def test_published(truth: Truth) -> None:
    if truth.slow:
        pytest.skip("long: python -m steward.science.check --slow roster")
    must_hold(truth)


def people(*names: str, **more: object) -> tuple[Employee, ...]:
    return tuple(Employee(name, "free", **more) for name in names)  # type: ignore[arg-type]


def problem(days: int = 7, **more: object) -> RosterProblem:
    usual: dict[str, object] = {"shifts": SHIFTS, "contracts": (FREE,), "employees": people("An", "Bo")}
    return RosterProblem(days, **(usual | more))  # type: ignore[arg-type]


def roster(**lines: str) -> Roster:
    return from_lines({name: " ".join(line) for name, line in lines.items()})


def broken(found: RosterProblem, **lines: str) -> list[tuple[str, int, str]]:
    return [(v.employee, v.day, v.rule) for v in check(found, roster(**lines)).violations]


# --- The law's examples (R-038) ---


def test_a_swap_that_makes_a_seventh_day_in_a_row_is_refused_with_the_article() -> None:
    week = problem(14, labour=(LAW["weekly_rest"],), contracts=(replace(FREE, article="合同"),))
    before = roster(An="EEEEEE-EEEEE--", Bo="EEE---EEEEE---")
    assert check(week, before).allowed
    [first, *_] = refused(week, before, before.swapped("An", "Bo", 6))
    assert (first.employee, first.day, first.rule, first.found, first.allowed) == ("An", 6, "weekly_rest", 7, 6)
    assert first.article == "劳动法 第三十八条"
    assert not first.unverified
    assert refused(week, before, before.swapped("An", "Bo", 11)) == ()


def test_a_swap_may_not_make_worse_what_is_broken_already() -> None:
    tight = problem(4, contracts=(replace(FREE, max_minutes=960),), cover=(Cover(0, "E", 1, 1, 1, must=1), Cover(0, "L", 1, 1, 1, must=1)))
    before = roster(An="EEE-", Bo="---E")
    assert [(v.employee, v.rule, v.shift) for v in check(tight, before).violations] == [("", "must_cover", "L"), ("An", "max_minutes", "")]
    assert refused(tight, before, before.changed(("An", 2, None))) == ()
    assert [(v.rule, v.excess) for v in refused(tight, before, before.swapped("An", "Bo", 3))] == [("max_minutes", 960)]
    assert [(v.rule, v.shift) for v in refused(tight, before, before.changed(("An", 0, None)))] == [("must_cover", "E")]


def test_the_days_before_the_horizon_count_for_the_seventh_day() -> None:
    week = problem(2, labour=(LAW["weekly_rest"],), employees=people("An", past=tuple("EEEEE")))
    assert broken(week, An="E-") == []
    assert broken(week, An="EE") == [("An", 1, "weekly_rest")]


def overtime(before: int, labour: tuple[LabourRule, ...] = (LAW["monthly_overtime"],), **more: object) -> RosterProblem:
    """Two weeks from Monday 3 June 2024, with shifts of 8 and 10 hours and one of an hour."""
    shifts = (EARLY, LONG, Shift("H", 60, start=480))
    return problem(14, shifts=shifts, labour=labour, employees=people("An", overtime_before=before), first_date=date(2024, 6, 3), **more)


def test_the_37th_overtime_hour_of_a_month_is_refused() -> None:
    before = roster(An="XEEEE--EEEEE--")
    # 34 hours before and 2 hours of a long Monday are 36: allowed. One more hour on Saturday is the 37th.
    assert check(overtime(34 * 60), before).allowed
    [found] = refused(overtime(34 * 60), before, before.changed(("An", 5, "H")))
    assert (found.day, found.rule, found.found, found.allowed) == (5, "monthly_overtime", 37 * 60, 36 * 60)
    assert found.article == "劳动法 第四十一条"


def test_overtime_is_what_exceeds_the_day_or_the_week_and_belongs_to_its_day_and_month() -> None:
    limit = labour_rules(
        [{"id": "none", "kind": "overtime_per_month", "article": "x", "minutes": 0, "day_minutes": 480, "week_minutes": 2400}]
    )
    assert [v.day for v in check(overtime(0, limit), roster(An="XEEEE---------")).violations] == [0]
    assert [v.day for v in check(overtime(0, limit), roster(An="EEEEEE--------")).violations] == [5]
    # A long day in a short week is overtime of that day; the week's 40 hours are then not counted twice.
    assert [v.found for v in check(overtime(0, limit), roster(An="XXXX----------")).violations] == [120, 240, 360, 480]
    assert [v.found for v in check(overtime(0, limit), roster(An="XEEEEE--------")).violations] == [120, 600]
    end_of_june = replace(overtime(2160), first_date=date(2024, 6, 24), employees=people("An", overtime_before=2160))
    assert broken(end_of_june, An="EEEEE--EEEEEE-") == []
    assert broken(end_of_june, An="EEEEEE--------") == [("An", 5, "monthly_overtime")]


@pytest.mark.parametrize(("state", "rule"), [("pregnant_7_months", "pregnancy"), ("nursing", "nursing")])
def test_no_night_and_no_overtime_in_late_pregnancy_and_while_nursing(state: str, rule: str) -> None:
    employees = people("An", states=(State(state, 2, 6),)) + people("Bo")
    guarded = problem(7, shifts=(*SHIFTS, LONG), labour=(LAW[rule],), employees=employees)
    before = roster(An="EE-E---", Bo="--N-N--")
    [night] = refused(guarded, before, before.swapped("An", "Bo", 2))
    assert (night.employee, night.day, night.rule) == ("An", 2, rule)
    assert night.article.startswith("女职工劳动保护特别规定")
    assert broken(guarded, An="N------", Bo="-------") == []  # before it begins
    assert broken(guarded, An="---X---", Bo="---X---") == [("An", 3, rule)]
    assert broken(guarded, An="EEEEEE-", Bo="-------") == [("An", 5, rule)]


def test_daily_hours_and_rest_between_shifts_say_when_nobody_verified_them() -> None:
    both = problem(
        2, shifts=(*SHIFTS, Shift("Z", 720, start=480)), labour=(LAW["daily_hours"], LAW["rest_between_shifts"]), employees=people("An")
    )
    assert broken(both, An="Z-") == [("An", 0, "daily_hours")]
    [rest] = check(both, roster(An="LE")).violations
    assert (rest.found, rest.allowed, rest.unverified) == (480, 660, True)
    assert check(both, roster(An="EL")).allowed


def test_weekly_minutes_count_the_days_of_the_week_before_the_horizon() -> None:
    rule = labour_rules([{"id": "week", "kind": "minutes_per_week", "article": "x", "minutes": 2400}])
    wednesday = problem(7, labour=rule, employees=people("An", past=tuple("EEEE")), first_date=date(2024, 6, 5))
    assert broken(wednesday, An="EEE----") == []
    assert broken(wednesday, An="EEEE---") == [("An", 3, "week")]
    assert solve(replace(wednesday, cover=tuple(Cover(d, "E", 1, 1, 5) for d in range(7))), 5, 1).objective == 5 * 2


# --- Hand-made rosters and the checker ---


def test_each_rule_is_found_by_person_and_day() -> None:
    contract = Contract(
        "free", max_minutes=2400, min_minutes=960, max_shifts={"N": 1}, max_consecutive=3, min_consecutive=2, min_days_off=2, max_weekends=0
    )
    shifts = (EARLY, replace(LATE, cannot_precede=frozenset({"E"})), replace(NIGHT, skills=frozenset({"keys"})))
    strict = problem(
        7,
        shifts=shifts,
        contracts=(contract,),
        employees=people("An", leave=frozenset({4})),
        pins=(Pin("An", 6, None),),
        cover=(Cover(0, "E", 1, 1, 1, must=1),),
    )
    cases = {
        "EE-----": [],
        "-EE----": [("", 0, Rule.MUST_COVER)],
        "EEEE---": [("An", 3, Rule.MAX_CONSECUTIVE)],
        "EE--E--": [("An", 4, Rule.LEAVE), ("An", 4, Rule.MIN_CONSECUTIVE)],
        "E-EE---": [("An", 1, Rule.MIN_DAYS_OFF)],
        "E------": [("An", -1, Rule.MIN_MINUTES)],
        "EL-----": [],
        "E--LE--": [("An", 4, Rule.LEAVE), ("An", 4, Rule.SEQUENCE)],
        "EN-----": [("An", 1, Rule.SKILL)],
        "EE---E-": [("An", -1, Rule.MAX_WEEKENDS), ("An", 5, Rule.MIN_CONSECUTIVE)],
        "EE----E": [("An", -1, Rule.MAX_WEEKENDS), ("An", 6, Rule.PINNED)],
        "EEEEEEE": [
            ("An", -1, Rule.MAX_MINUTES),
            ("An", -1, Rule.MAX_WEEKENDS),
            ("An", 3, Rule.MAX_CONSECUTIVE),
            ("An", 4, Rule.LEAVE),
            ("An", 6, Rule.PINNED),
        ],
    }
    assert {line: broken(strict, An=line) for line in cases} == cases
    assert Rule.MAX_SHIFTS in {rule for _, _, rule in broken(strict, An="ENN----")}


def test_blocks_cut_by_the_edge_are_exempt_unless_the_past_is_known() -> None:
    contract = Contract("free", min_consecutive=3, min_days_off=2, max_consecutive=4)
    unknown = problem(6, contracts=(contract,), employees=people("An"))
    assert broken(unknown, An="E----E") == []
    known = replace(unknown, employees=people("An", past=(None, "E")))
    assert broken(known, An="E-----") == [("An", 0, Rule.MIN_CONSECUTIVE)]
    assert broken(known, An="EE----") == []
    assert broken(known, An="------") == [("An", 0, Rule.MIN_CONSECUTIVE)]  # yesterday's single day cannot stay alone
    assert broken(known, An="EEEE--") == [("An", 3, Rule.MAX_CONSECUTIVE)]


def test_costs_and_uncovered_shifts_are_counted_from_the_roster() -> None:
    wanted = problem(
        2,
        employees=people("An", skills=frozenset({"sign"})) + people("Bo"),
        cover=(Cover(0, "E", 3, 3, 10, squared=True), Cover(1, "E", 0, 1, 10, 4), Cover(1, "L", 1, 1, 7, skill="sign")),
        requests=(Request("An", 0, "E", 2, False), Request("Bo", 0, None, 3, True), Request("Bo", 1, None, 5, False)),
        balances=(Balance("early", frozenset({"E"}), 6, before={"Bo": 1}),),
        previous=roster(An="--", Bo="EE"),
        change=100,
    )
    found = check(wanted, roster(An="EE", Bo="-E"))
    assert found.costs == {"under": 10 * 4 + 7, "over": 4, "requests": 2 + 3 + 5, "balance": 0, "changes": 300}
    assert found.objective == 361
    assert [(gap.day, gap.shift, gap.skill, gap.short, gap.cost) for gap in found.uncovered] == [
        (0, "E", None, 2, 40),
        (1, "L", "sign", 1, 7),
    ]


# --- Solving ---


def test_people_who_are_not_there_leave_shifts_uncovered() -> None:
    needed = problem(7, cover=tuple(Cover(day, "E", 2, 2, 10) for day in range(7)), labour=(LAW["weekly_rest"],), employees=people("An"))
    found = solve(needed, 5, 1)
    assert found.status is Status.OPTIMAL
    assert (found.objective, found.bound, found.gap) == (80, 80, 0)
    assert sum(gap.short for gap in found.uncovered) == 8
    assert found.roster is not None
    assert check(needed, found.roster) == found.judgement


def test_a_published_roster_changes_as_little_as_possible() -> None:
    before = roster(An="EEEE---", Bo="---EEEE", Ci="--EE---")
    cover = tuple(Cover(day, "E", 1, 9, 50) for day in range(7))
    ill = problem(7, employees=people("An", leave=frozenset({0, 1})) + people("Bo", "Ci"), cover=cover, previous=before, change=1)
    found = solve(ill, 5, 1)
    assert found.judgement is not None
    assert found.roster is not None
    # An's two days go, and two others appear in their place.
    assert found.judgement.costs["changes"] == 4
    assert found.roster.lines["An"] == (None, None, "E", "E", None, None, None)


def test_a_shared_burden_and_squared_shortage_spread() -> None:
    nights = tuple(Cover(day, "N", 1, 1, 100) for day in range(6))
    fair = problem(6, cover=nights, balances=(Balance("nights", frozenset({"N"}), 5, before={"An": 2}),))
    found = solve(fair, 5, 1)
    assert found.objective == 0
    assert found.roster is not None
    assert [line.count("N") for line in found.roster.lines.values()] == [2, 4]
    scarce = problem(
        2,
        employees=people("An", "Bo"),
        contracts=(replace(FREE, max_minutes=480),),
        cover=tuple(Cover(d, "E", 2, 2, 1, squared=True) for d in (0, 1)),
    )
    assert [gap.short for gap in solve(scarce, 5, 1).uncovered] == [1, 1]


def test_better_plans_stream_to_the_calling_thread_and_a_run_can_be_stopped() -> None:
    hard = read_curtois(data_file("rostering/Instance7.txt"))
    seen: list[Improvement] = []
    where: set[int] = set()

    def note(found: Improvement) -> None:
        seen.append(found)
        where.add(threading.get_ident())

    began = time.monotonic()
    found = solve(hard, 60, 2, note, stop=lambda: len(seen) >= 3)
    assert time.monotonic() - began < 20
    assert where == {threading.get_ident()}
    objectives = [step.objective for step in seen]
    assert objectives == sorted(objectives, reverse=True)
    for step in seen:
        judgement = check(hard, step.roster)
        assert judgement.allowed
        assert judgement.objective == step.objective >= step.bound
    assert found.status is Status.FEASIBLE
    assert found.objective == objectives[-1]
    assert found.gap is not None
    assert found.gap > 0


def test_a_callback_that_fails_ends_the_run() -> None:
    def fail(found: Improvement) -> None:
        raise RuntimeError("the screen is gone")

    with pytest.raises(RuntimeError, match="the screen is gone"):
        solve(problem(3, cover=(Cover(0, "E", 1, 1, 1),)), 5, 1, fail)


def test_neighbourhoods_improve_on_a_given_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """With next to no time for the whole problem, parts planned anew lead from a poor start to the published optimum."""
    monkeypatch.setattr("steward.science.roster.search.WHOLE_SECONDS", 0.0)
    first = read_curtois(data_file("rostering/Instance1.txt"))
    poor = solve(first, 10, 1, stop=lambda: True)  # whatever comes first
    start = poor.roster
    found = solve(first, 20, 2, start=start, stop=None)
    assert found.objective == BEST_KNOWN[1]


# --- Model and checker agree ---


CELLS = (None, None, "E", "L", "N")


def some(rng: np.random.Generator, *options: object) -> object:
    return options[int(rng.integers(len(options)))]


def any_roster(rng: np.random.Generator, names: list[str], days: int) -> Roster:
    return Roster({name: tuple(some(rng, *CELLS) for _ in range(days)) for name in names})  # type: ignore[misc]


def any_problem(seed: int) -> RosterProblem:
    """A small problem with a bit of everything. Drawn evenly: shrinking to empty lists would leave most rules idle."""
    rng = np.random.default_rng(seed)
    days, names = int(rng.integers(4, 10)), [f"P{n}" for n in range(int(rng.integers(1, 4)))]
    shifts = (replace(LATE, cannot_precede=frozenset({"E"})), replace(EARLY, minutes=540), replace(NIGHT, skills=frozenset({"keys"})))
    limits: dict[str, object] = {
        "max_minutes": some(rng, None, 1800, 3000),
        "min_minutes": some(rng, 0, 0, 480, 1500),
        "max_shifts": {name: int(rng.integers(4)) for name in "ELN" if rng.random() < 0.2},
        "max_consecutive": some(rng, None, 2, 4),
        "min_consecutive": some(rng, 1, 1, 2, 3),
        "min_days_off": some(rng, 1, 1, 2, 3),
        "max_weekends": some(rng, None, None, 0, 1),
    }
    employees = tuple(
        Employee(
            name,
            "free",
            skills=some(rng, frozenset(), frozenset({"keys"})),  # type: ignore[arg-type]
            leave=frozenset(day for day in range(days) if rng.random() < 0.1),
            past=tuple(some(rng, *CELLS) for _ in range(rng.integers(6))),  # type: ignore[misc]
            states=some(rng, (), (State("nursing", 1, 3),)),  # type: ignore[arg-type]
            overtime_before=int(rng.choice([0, 2100, 2200])),
        )
        for name in names
    )
    return RosterProblem(
        days,
        shifts,
        (Contract("free", **limits),),  # type: ignore[arg-type]
        employees,
        tuple(
            any_cover(rng, day, shift, skill) for day in range(days) for shift in "ELN" for skill in (None, "keys") if rng.random() < 0.3
        ),
        tuple(
            Request(str(rng.choice(names)), int(rng.integers(days)), some(rng, None, "E", "N"), int(rng.integers(9)), bool(rng.integers(2)))  # type: ignore[arg-type]
            for _ in range(rng.integers(5))
        ),
        tuple(rule for rule in (*china(), *WEEKLY) if rng.random() < 0.5),
        (Pin(names[0], int(rng.integers(days)), some(rng, *CELLS)),) if rng.random() < 0.3 else (),  # type: ignore[arg-type]
        (Balance("some", frozenset({"E", "N"}), int(rng.integers(9)), before={names[0]: 2}),),
        any_roster(rng, names, days),
        int(rng.integers(9)),
        some(rng, None, date(2024, 6, 27), date(2024, 7, 29)),  # type: ignore[arg-type]
    )


def any_cover(rng: np.random.Generator, day: int, shift: str, skill: str | None) -> Cover:
    low, high = sorted(int(n) for n in rng.integers(0, 4, 2))
    must = int(low > 0 and rng.random() < 0.1)
    return Cover(day, shift, low, high, int(rng.integers(30)), int(rng.integers(9)), skill, must, bool(rng.integers(2)))


WEEKLY = labour_rules([{"id": "week", "kind": "minutes_per_week", "article": "x", "minutes": 2000}])
problems = st.integers(0, 2**32 - 1).map(any_problem)


def solved(model: Model, seconds: float = 10) -> tuple[cp_model.CpSolverStatus, cp_model.CpSolver]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = seconds
    return solver.solve(model.cp), solver


SOLVED = (cp_model.OPTIMAL, cp_model.FEASIBLE)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems, st.data())
def test_the_solver_and_the_checker_mean_the_same(found: RosterProblem, data: st.DataObject) -> None:
    """A proved optimum is allowed and costs what the checker says. A roster near it can be fixed in the model exactly when the checker allows it."""
    model = Model(found)
    status, solver = solved(model)
    near = model.roster(solver.value) if status in SOLVED else found.empty()
    best = check(found, near)
    if status in SOLVED:
        assert best.violations == ()
        assert best.objective == (model.cost if isinstance(model.cost, int) else round(solver.objective_value))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    changes = rng.integers(int(status in SOLVED), 4)
    tried = near.changed(*((str(rng.choice(list(near.lines))), int(rng.integers(found.days)), some(rng, *CELLS)) for _ in range(changes)))  # type: ignore[arg-type]
    judgement, fixed = check(found, tried), Model(found)
    for (name, day, shift), literal in fixed.cells.items():
        fixed.cp.add(literal == int(tried.lines[name][day] == shift))
    verdict, solver = solved(fixed)
    assert (verdict in SOLVED) == judgement.allowed, judgement.violations
    if judgement.allowed:
        assert judgement.objective >= best.objective or status not in SOLVED
        assert isinstance(fixed.cost, int) or round(solver.objective_value) == judgement.objective
    event(f"allowed {judgement.allowed}")


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems, st.data())
def test_a_neighbourhood_keeps_what_is_not_free(found: RosterProblem, data: st.DataObject) -> None:
    """Around an allowed roster, a model of some cells changes no other, costs no more and is counted right."""
    # As near as can be to a random roster, so that there is something to improve.
    whole = Model(replace(found, cover=tuple(replace(cover, under=0, over=0) for cover in found.cover), requests=(), change=9))
    status, solver = solved(whole)
    if status not in SOLVED:
        return
    base = whole.roster(solver.value)
    every = [(e.id, day) for e in found.employees for day in range(found.days)]
    free = frozenset(data.draw(st.lists(st.sampled_from(every), unique=True, min_size=1)))
    other = replace(found, requests=(Request(every[0][0], 0, "E", 9, True),))
    part = Model(other, base, free)
    status, solver = solved(part)
    assert status == cp_model.OPTIMAL
    better = part.roster(solver.value)
    judgement = check(other, better)
    assert judgement.allowed
    assert judgement.objective == (part.cost if isinstance(part.cost, int) else round(solver.objective_value))
    assert judgement.objective <= check(other, base).objective
    assert all(better.lines[name][day] == base.lines[name][day] for name, day in every if (name, day) not in free)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems)
def test_an_explanation_is_a_conflict_without_needless_rules(found: RosterProblem) -> None:
    told = explain(found, 20)
    assert told.complete
    assert told.infeasible == (solve(found, 20, 1).status is Status.INFEASIBLE)
    assert bool(told.conflict) == told.infeasible
    for left_out in told.conflict:
        model = Model(found, tagged=True)
        for tag in told.conflict:
            if tag != left_out:
                model.cp.add(model.tags[tag] == 1)
        assert solved(model)[0] in SOLVED


@given(st.permutations(range(4)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_people_does_not_matter(order: list[int]) -> None:
    everybody = people("An", "Bo", "Ci", "Di", leave=frozenset({2}))
    cover = tuple(Cover(day, "E", 2, 2, 10, 1) for day in range(4))
    mixed = problem(4, employees=tuple(everybody[n] for n in order), cover=cover)
    assert (
        check(mixed, roster(An="EE-E", Bo="E--E", Ci="----", Di="-EEE")).objective
        == check(replace(mixed, employees=everybody), roster(An="EE-E", Bo="E--E", Ci="----", Di="-EEE")).objective
    )


# --- Explaining ---


def test_why_there_is_no_roster_by_person_day_and_rule() -> None:
    clash = problem(
        7,
        contracts=(replace(FREE, article="合同 第三条"),),
        employees=people("An", leave=frozenset({3, 5})) + people("Bo"),
        pins=(Pin("Bo", 3, None),),
        cover=(Cover(3, "E", 1, 1, 1, must=1), Cover(5, "E", 1, 1, 1, must=1)),
    )
    assert solve(clash, 5, 1).status is Status.INFEASIBLE
    told = explain(clash)
    assert told.infeasible
    assert told.smallest
    assert [(tag.employee, tag.day, tag.rule) for tag in told.conflict] == [
        ("", 3, Rule.MUST_COVER),
        ("An", 3, Rule.LEAVE),
        ("Bo", 3, Rule.PINNED),
    ]
    assert told.conflict[1].article == "合同 第三条"


def test_the_smallest_conflict_is_found_among_several() -> None:
    """A week of shifts that must be covered clashes with weekly rest (8 rules); a pin on a day of leave clashes at once (2 rules)."""
    both = problem(
        7,
        employees=people("An") + people("Bo", leave=frozenset(range(7))),
        labour=(LAW["weekly_rest"],),
        cover=tuple(Cover(day, "E", 1, 1, 1, must=1) for day in range(7)),
        pins=(Pin("Bo", 2, "E"),),
    )
    told = explain(both)
    assert {(tag.employee, tag.day, tag.rule) for tag in told.conflict} == {("Bo", 2, Rule.LEAVE), ("Bo", 2, Rule.PINNED)}
    without = replace(both, pins=())
    law = [tag for tag in explain(without).conflict if tag.rule == "weekly_rest"]
    assert [(tag.employee, tag.article) for tag in law] == [("An", "劳动法 第三十八条")]


def test_who_has_too_much_leave_for_the_hours_of_her_contract_is_named() -> None:
    away = problem(7, contracts=(replace(FREE, min_minutes=1440),), employees=people("Bo") + people("An", leave=frozenset(range(6))))
    told = explain(away, 10)
    assert (told.infeasible, told.complete, told.smallest) == (True, True, True)
    # Three shifts are agreed; five of the six days of leave, whichever, leave no more than two days.
    assert [(tag.employee, tag.rule) for tag in told.conflict] == [("An", Rule.MIN_MINUTES)] + [("An", Rule.LEAVE)] * 5


def test_real_size_is_explained_or_cleared_in_seconds() -> None:
    third = read_curtois(data_file("rostering/Instance3.txt"))
    assert explain(third, 20).infeasible is False
    crowded = replace(
        third, employees=third.employees[:6], requests=(), cover=tuple(replace(cover, must=cover.low) for cover in third.cover)
    )
    told = explain(crowded, 20)
    assert told.infeasible
    assert {tag.rule for tag in told.conflict} >= {Rule.MUST_COVER}


def test_a_problem_with_rosters_has_nothing_to_explain() -> None:
    told = explain(problem(3))
    assert (told.infeasible, told.conflict, told.complete) == (False, (), True)


# --- Edges and refusals ---


def test_nothing_and_one() -> None:
    nobody = problem(3, employees=(), cover=(Cover(0, "E", 1, 1, 5),))
    assert solve(nobody, 5, 1).objective == 5
    assert check(nobody, nobody.empty()).objective == 5
    one = problem(1, employees=people("An"), cover=(Cover(0, "E", 1, 1, 5),))
    assert solve(one, 5, 1).roster == roster(An="E")
    assert solve(problem(1, shifts=(), employees=people("An")), 5, 1).objective == 0


def test_the_solver_is_loaded_only_when_it_solves() -> None:
    code = "import sys, steward.science.roster; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_plans_survive_being_stored() -> None:
    kept = roster(An="EL-N", Bo="----")
    assert from_lines(as_lines(kept)) == kept
    for odd in ("two words", "-", ""):
        with pytest.raises(NotARoster, match="cannot be stored"):
            as_lines(Roster({"An": (odd,)}))


def test_stored_plans_are_small_and_say_how_they_came_about() -> None:
    for plan in plans(6):
        assert plan["objective"] >= plan["bound"]
        assert plan["seconds_to_bar"] is None or plan["seconds_to_bar"] <= plan["seconds"]
        assert {"seed", "workers", "load_before", "sha256", "trace"} <= plan.keys()


@pytest.mark.parametrize(
    "make",
    [
        lambda: problem(0),
        lambda: problem(employees=people("An", "An")),
        lambda: problem(employees=(Employee("An", "other"),)),
        lambda: problem(cover=(Cover(9, "E", 1, 1, 1),)),
        lambda: problem(cover=(Cover(0, "Q", 1, 1, 1),)),
        lambda: problem(cover=(Cover(0, "E", 2, 1, 1),)),
        lambda: problem(requests=(Request("Ci", 0, "E", 1, True),)),
        lambda: problem(contracts=(Contract("free", min_consecutive=0),)),
        lambda: problem(previous=roster(An="E")),
        lambda: problem(employees=people("An", states=(State("nursing", 3, 2),))),
        lambda: problem(shifts=(Shift("E", 480, start=1440),)),
        lambda: check(problem(2), roster(An="EE", Bo="E")),
        lambda: check(problem(2), roster(An="EE", Bo="EQ")),
        lambda: labour_rules([{"id": "a", "kind": "siesta", "article": "x"}]),
        lambda: labour_rules([{"id": "a", "kind": "rest_days", "article": "x", "window": 7}]),
        lambda: labour_rules([{"id": "a", "kind": "minutes_per_day", "article": "", "minutes": 7}]),
        lambda: labour_rules([{"id": "a", "kind": "protected", "article": "x", "day_minutes": 1, "week_minutes": 1, "states": "nursing"}]),
        lambda: read_curtois("SECTION_HORIZON\n14\n"),
        lambda: solve(problem(2), 5, 0),
        lambda: solve(problem(2), 5, 1, start=roster(An="EE")),
    ],
)
def test_nonsense_is_refused(make: object) -> None:
    with pytest.raises(NotARoster):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(
    "make",
    [
        lambda: problem(cover=(Cover(0, "E", 1, 1, math.nan),)),  # type: ignore[arg-type]
        lambda: problem(requests=(Request("An", 0, "E", math.nan, True),)),  # type: ignore[arg-type]
        lambda: problem(change=math.nan),
        lambda: problem(shifts=(Shift("E", math.nan),)),  # type: ignore[arg-type]
        lambda: solve(problem(2), math.nan),
        lambda: explain(problem(2), math.nan),
        lambda: labour_rules([{"id": "a", "kind": "minutes_per_day", "article": "x", "minutes": math.nan}]),
    ],
)
def test_nan_is_refused(make: object) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        make()  # type: ignore[operator]


def test_the_law_is_data() -> None:
    assert {rule.kind for rule in china()} == set(Kind) - {Kind.MINUTES_PER_WEEK}
    stricter = replace(LAW["weekly_rest"], limits={"window": 7, "days": 2})
    assert broken(problem(7, labour=(stricter,), employees=people("An")), An="EEEEE--") == []
    assert broken(problem(7, labour=(stricter,), employees=people("An")), An="EEEEEE-") == [("An", 6, "weekly_rest")]
