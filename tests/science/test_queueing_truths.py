"""Simulated queues against outside truths (steward.science.checks.queueing), a slow independent simulation of the same people, and their own laws."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.science.published import must_hold, truths_of

from steward.science import extras
from steward.science.checks import Truth
from steward.science.checks.queueing import lobby
from steward.science.queueing import (
    Closing,
    Group,
    Line,
    Measure,
    MissingExtra,
    NoData,
    NotANumber,
    Outcome,
    Scenario,
    Visits,
    by_interval,
    compare,
    empirical,
    exponential,
    figures,
    fixed,
    gamma,
    lognormal,
    never,
    predicted_wait,
    simulate,
)

NAN = math.nan
# One process compiles the loop for all of them.
pytestmark = pytest.mark.xdist_group("truths of queueing")


@pytest.mark.parametrize("truth", truths_of("queueing"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


# --- Another simulation of the same people ---


def slow_day(
    scenario: Scenario, arrived: np.ndarray, line: np.ndarray, service: np.ndarray, patience: np.ndarray, mood: np.ndarray
) -> list:
    """One day by plain lists and an event for each departure of an impatient customer: (outcome, waited, group) of each."""
    lines, groups = scenario.lines, scenario.groups
    names = [one.name for one in lines]
    skill = [[list(group.skills or names).index(name) if name in (group.skills or names) else None for name in names] for group in groups]
    skill = [[0 if rank is not None and not groups[g].skills else rank for rank in row] for g, row in enumerate(skill)]
    staff, step = scenario.staff, scenario.interval
    closes = scenario.ends_at
    on, busy = [0] * len(groups), [0] * len(groups)
    waiting: list[int] = []
    result: list = [None] * len(arrived)
    events = [(k * step, 1, k) for k in range(staff.shape[1] + 1)] + [(t, 3, i) for i, t in enumerate(arrived)]

    def start(customer: int, g: int, now: float) -> None:
        result[customer] = (Outcome.SERVED, now - arrived[customer], g)
        busy[g] += 1
        events.append((now + service[customer], 0, g))

    def take(g: int, now: float) -> None:
        while busy[g] < on[g]:
            mine = [i for i in waiting if skill[g][line[i]] is not None]
            if not mine:
                return
            first = min(mine, key=lambda i: (lines[line[i]].priority, skill[g][line[i]], arrived[i]))
            waiting.remove(first)
            start(first, g, now)

    while events:
        event = min(events)
        events.remove(event)
        now, kind, what = event
        if kind == 0:
            busy[what] -= 1
            take(what, now)
        elif kind == 1:
            if what < staff.shape[1]:
                on[:] = staff[:, what].astype(int).tolist()
            elif scenario.closing is Closing.TURN_AWAY:
                on[:] = [0] * len(groups)
            for g in range(len(groups)):
                take(g, now)
            if what == staff.shape[1] and scenario.closing is Closing.TURN_AWAY:
                for i in waiting:
                    result[i] = (Outcome.TURNED_AWAY, closes - arrived[i], -1)
                waiting.clear()
        elif kind == 2:
            if what in waiting:
                waiting.remove(what)
                result[what] = (Outcome.ABANDONED, patience[what], -1)
        else:
            own = lines[line[what]]
            free = [g for g in range(len(groups)) if busy[g] < on[g] and skill[g][line[what]] is not None]
            ahead = sum(line[i] == line[what] for i in waiting)
            balk = np.asarray(own.balk, dtype=float)
            if mood[what] is None:
                result[what] = (Outcome.DIVERTED, 0.0, -1)
            elif free:
                start(what, min(free, key=lambda g: (skill[g][line[what]], g)), now)
            elif balk.size and mood[what] < balk[min(ahead, balk.size - 1)]:
                result[what] = (Outcome.BALKED, 0.0, -1)
            else:
                waiting.append(what)
                events.append((now + patience[what], 2, what))
    for i in waiting:
        result[i] = (Outcome.TURNED_AWAY, closes - arrived[i], -1)
    return result


def hospital(closing: Closing, skills: tuple[tuple[str, ...], ...], priority: int) -> Scenario:
    """Two or three kinds of customers, two or three groups, everything switched on."""
    kinds = [
        Line("care", [3, 6, 2, 5], lognormal(9, 0.7), exponential(15), priority=priority),
        Line("cash", [14, 25, 22, 9], gamma(6, 0.5), exponential(25), balk=[0, 0, 0.1, 0.3, 0.8]),
        Line("loan", [2, 3, 4, 1], fixed(21), fixed(40), diverted=0.3),
    ]
    staff = [[1, 2, 1, 1], [2, 2, 3, 0], [1, 0, 1, 1]]
    return Scenario(kinds, [Group(str(k), servers, own) for k, (servers, own) in enumerate(zip(staff, skills, strict=True))], 60, closing)


SKILLS = [
    ((), (), ()),
    (("care", "loan"), ("cash",), ("cash", "loan")),
    (("loan", "cash"), ("cash", "care"), ("care",)),
    (("care", "cash", "loan"), ("cash", "loan", "care"), ("loan",)),
]


@pytest.mark.parametrize("closing", list(Closing))
@pytest.mark.parametrize("skills", SKILLS)
@pytest.mark.parametrize("priority", [0, 1])
def test_every_customer_fares_as_in_the_slow_simulation(closing: Closing, skills: tuple[tuple[str, ...], ...], priority: int) -> None:
    scenario = hospital(closing, skills, priority)
    run = simulate(scenario, 4, 5)
    drawn = simulate(_unhindered(scenario), 4, 5).visits  # the same people where nobody waits: their services
    seen: set[Outcome] = set()
    for day in range(4):
        mine = run.visits.day == day
        visits = _rows(run.visits, mine)
        patience, mood = _hidden(scenario, day, 5)
        slow = slow_day(scenario, visits.arrived, visits.line, drawn.service[mine], patience, mood)
        assert [Outcome(value) for value in visits.outcome] == [row[0] for row in slow]
        np.testing.assert_allclose(visits.waited, [row[1] for row in slow], atol=1e-9)
        assert visits.group.tolist() == [row[2] for row in slow]
        seen |= {row[0] for row in slow}
    assert {Outcome.SERVED, Outcome.ABANDONED, Outcome.BALKED, Outcome.DIVERTED} <= seen


def _unhindered(scenario: Scenario) -> Scenario:
    lines = [Line(one.name, one.arrivals, one.service, one.patience) for one in scenario.lines]
    return Scenario(lines, [Group("all", [10_000] * scenario.profile.shape[1])], scenario.interval)


def _rows(visits: Visits, mask: np.ndarray) -> Visits:
    return Visits(*(getattr(visits, name)[mask] for name in Visits.__slots__))


def _hidden(scenario: Scenario, day: int, seed: int) -> tuple[np.ndarray, list]:
    """Each customer's patience, and her mood or None when diverted, drawn again as the docstring of ``simulate`` says."""
    from steward.science.queueing import kernel
    from steward.science.queueing.simulation import _drawn

    drawn = _drawn(scenario, np.random.SeedSequence(seed), day, kernel)
    moods = [None if outcome == Outcome.DIVERTED else mood for outcome, mood in zip(drawn.outcome, drawn.mood, strict=True)]
    return drawn.deadline - drawn.arrived, moods


# --- Laws ---


def shop(servers: object, **more: object) -> Scenario:
    line = Line("one", more.pop("arrivals", [20, 40, 10]), more.pop("service", exponential(5)), **more)  # type: ignore[arg-type]
    return Scenario([line], [Group("all", servers)], 60)  # type: ignore[arg-type]


def test_the_same_seed_is_the_same_day_and_another_is_not() -> None:
    one, again, other = (simulate(shop([3, 4, 2], patience=exponential(20)), 5, seed).visits for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.waited, again.waited)
    assert one.arrived.size != other.arrived.size or (one.arrived != other.arrived).any()


def test_more_days_keep_the_first_ones() -> None:
    few, many = simulate(shop([3, 4, 2]), 2, 1).visits, simulate(shop([3, 4, 2]), 6, 1).visits
    np.testing.assert_array_equal(few.waited, many.waited[many.day < 2])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 5), min_size=3, max_size=3))
def test_one_more_server_makes_nobody_wait_longer(seed: int, servers: list[int]) -> None:
    few = simulate(shop(servers), 2, seed).visits
    more = simulate(shop([n + 1 for n in servers]), 2, seed).visits
    assert (more.waited <= few.waited + 1e-9).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.5, 30), st.floats(0, 1), st.sampled_from(list(Closing)))
def test_everybody_is_accounted_for(seed: int, patience: float, diverted: float, closing: Closing) -> None:
    line = Line("one", [30, 50, 0, 20], lognormal(6, 1), exponential(patience), diverted=diverted, balk=[0, 0.2, 0.5])
    run = simulate(Scenario([line], [Group("all", [2, 4, 0, 3])], 30, closing), 3, seed)
    visits = run.visits
    assert (visits.outcome >= 0).all()
    assert ((visits.group >= 0) == (visits.outcome == Outcome.SERVED)).all()
    assert (visits.waited >= 0).all()
    assert (np.diff(visits.arrived[visits.day == 0]) >= 0).all()
    assert not ((visits.arrived > 60) & (visits.arrived < 90)).any()
    if closing is Closing.TURN_AWAY:
        assert (visits.arrived + visits.waited <= 120 + 1e-9).all()
    served = visits.outcome == Outcome.SERVED
    begins, ends = (visits.arrived + visits.waited)[served], (visits.arrived + visits.waited + visits.service)[served]
    day = visits.day[served]
    for moment in (15.0, 45.0, 100.0):
        for number in range(3):
            assert ((begins < moment) & (ends > moment) & (day == number)).sum() <= 4


def test_arrivals_follow_the_profile() -> None:
    run = simulate(shop([50] * 3), 2_000, 3)
    counts = np.bincount(run.visits.day * 3 + (run.visits.arrived // 60).astype(int), minlength=6_000).reshape(-1, 3)
    np.testing.assert_allclose(counts.mean(axis=0), [20, 40, 10], rtol=0.02)
    np.testing.assert_allclose(counts.var(axis=0), [20, 40, 10], rtol=0.1)  # Poisson
    assert stats.kstest(run.visits.arrived[run.visits.arrived < 60] / 60, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(counts[:, 0], counts[:, 1])[0, 1]) < 0.07


def test_busy_days_are_busy_all_day() -> None:
    scenario = Scenario([Line("one", [200, 200], fixed(1))], [Group("all", [50, 50])], 60, day_cv=0.2)
    run = simulate(scenario, 2_000, 3)
    totals = np.bincount(run.visits.day, minlength=2_000)
    assert totals.mean() == pytest.approx(400, rel=0.02)
    assert totals.std() == pytest.approx(math.sqrt(400 + (0.2 * 400) ** 2), rel=0.06)


SHARES = (np.arange(100_000) + 0.5) / 100_000


@pytest.mark.parametrize(
    ("duration", "mean", "cv"),
    [
        (fixed(4), 4, 0),
        (exponential(4), 4, 1),
        (lognormal(9, 0.8), 9, 0.8),
        (gamma(4, 0.5), 4, 0.5),
        (empirical([1, 2, 3, 6]), 3, math.sqrt(3.5) / 3),
        (stats.weibull_min(1.5, scale=2).ppf, 2 * math.gamma(1 + 1 / 1.5), 0.6790),
    ],
)
def test_durations_have_their_mean_and_spread(duration: Callable[[np.ndarray], np.ndarray], mean: float, cv: float) -> None:
    values = duration(SHARES)
    assert values.mean() == pytest.approx(mean, rel=2e-3)
    assert values.std() / values.mean() == pytest.approx(cv, abs=5e-3)
    assert (np.diff(values) >= 0).all()
    assert np.isinf(never()(SHARES)).all()


def test_the_care_queue_goes_first_and_keeps_going_first() -> None:
    kinds = [Line("care", [6] * 4, lognormal(9, 0.8), priority=0), Line("rest", [30] * 4, lognormal(9, 0.8), priority=1)]
    run = simulate(Scenario(kinds, [Group("all", [5, 6, 6, 5])], 60), 100, 8)
    assert run.waits("care").mean() < 0.5 * run.waits("rest").mean()
    together = figures(run, 10)
    apart = [figures(run, 10, line=name)[Measure.MEAN_WAIT].value for name in ("care", "rest")]
    assert apart[0] < together[Measure.MEAN_WAIT].value < apart[1]
    np.testing.assert_allclose(by_interval(run, 10).visits.sum(), 144, rtol=0.02)


# --- Figures and comparisons ---


def test_intervals_cover_as_often_as_they_say() -> None:
    truth = figures(simulate(lobby("redesign"), 8_000, 99), 10)
    hits = dict.fromkeys(Measure, 0)
    for seed in range(120):
        shown = figures(simulate(lobby("redesign"), 60, seed), 10)
        for measure in Measure:
            hits[measure] += shown[measure].low <= truth[measure].value <= shown[measure].high
    assert all(count >= 0.87 * 120 for count in hits.values()), hits


def test_common_customers_sharpen_the_comparison() -> None:
    found = compare({"now": lobby("baseline"), "more": lobby("only more windows")}, 60, 4, promise=10)
    assert [option.name for option in found.options] == ["more", "now"]
    paired = found["more"].differences
    assert paired is not None
    other = figures(simulate(lobby("only more windows"), 60, 5), 10)
    now = figures(simulate(lobby("baseline"), 60, 4), 10)
    apart = math.hypot(*(one[Measure.MEAN_WAIT].high - one[Measure.MEAN_WAIT].value for one in (other, now)))
    assert paired[Measure.MEAN_WAIT].high - paired[Measure.MEAN_WAIT].value < 0.9 * apart
    assert paired[Measure.MEAN_WAIT].excludes_zero


def test_equal_options_tie() -> None:
    found = compare({"a": lobby("redesign"), "b": lobby("redesign")}, 5, 4, promise=10)
    assert found.options[0].ties_with_next
    assert found["b"].differences is not None
    assert found["b"].differences[Measure.LEFT].value == 0
    assert found["a"].differences is None


def test_who_left_is_in_the_wait() -> None:
    run = simulate(shop([1, 1, 1], patience=fixed(10)), 20, 1)
    left = run.visits.outcome == Outcome.ABANDONED
    assert left.any()
    np.testing.assert_allclose(run.visits.waited[left], 10)
    assert run.waits().size == run.visits.waited.size


def test_an_empty_day_and_a_single_one() -> None:
    run = simulate(shop([1, 1, 1], arrivals=[0, 0, 0]), 2, 1)
    assert run.visits.arrived.size == 0
    assert math.isnan(figures(run, 10)[Measure.MEAN_WAIT].value)
    one = figures(simulate(shop([1, 1, 1]), 1, 1), 10)[Measure.MEAN_WAIT]
    assert (one.low, one.high) == (-math.inf, math.inf)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"numba.*'plan'"):
        simulate(shop([1, 1, 1]), 1, 1)


def test_a_free_window_means_no_wait_and_a_longer_line_a_longer_one() -> None:
    def told(ahead: int, servers: int = 4, **more: object) -> float:
        return predicted_wait(ahead, servers, lognormal(9, 0.8), np.random.default_rng(3), **more).median  # type: ignore[arg-type]

    assert told(0, elapsed=[1, 2, 3]) == 0
    line = [told(ahead) for ahead in range(8)]
    assert line == sorted(line)
    assert told(6, 5) < told(6, 4)
    assert told(20, patience=exponential(10)) < told(20)
    # A lognormal service that has lasted long lasts longer still.
    assert told(0, 1, elapsed=[40.0]) > told(0, 1, elapsed=[2.0])


@pytest.mark.parametrize("duration", [exponential(9), lognormal(9, 0.8), fixed(9), empirical([3, 9, 15])])
def test_what_is_left_of_a_service_met_at_random(duration: Callable[[np.ndarray], np.ndarray]) -> None:
    values = duration(SHARES)
    mean = (values**2).mean() / 2 / values.mean()
    found = predicted_wait(0, 1, duration, np.random.default_rng(1), draws=60_000)
    assert found.mean == pytest.approx(mean, rel=0.02)


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: shop([1, NAN, 1]),
        lambda: shop([1, 1, 1], arrivals=[1, 2, NAN]),
        lambda: shop([1, 1, 1], diverted=NAN),
        lambda: shop([1, 1, 1], balk=[NAN]),
        lambda: Scenario([Line("a", [1], fixed(1))], [Group("g", [1])], NAN),
        lambda: lognormal(NAN, 1),
        lambda: predicted_wait(1, 1, fixed(1), np.random.default_rng(1), elapsed=[NAN]),
        lambda: empirical([1, NAN]),
        lambda: figures(simulate(shop([1, 1, 1]), 1, 1), NAN),
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: shop([1, 1]),
        lambda: shop([1, 1, 0.5]),
        lambda: shop([1, 1, 1], arrivals=[1, 2, -1]),
        lambda: shop([1, 1, 1], diverted=1.5),
        lambda: shop([1, 1, 1], balk=[2]),
        lambda: Scenario([], [Group("g", [1])], 1),
        lambda: Scenario([Line("a", [1], fixed(1)), Line("a", [1], fixed(1))], [Group("g", [1])], 1),
        lambda: Scenario([Line("a", [1], fixed(1))], [Group("g", [1], ["b"])], 1),
        lambda: Scenario([Line("a", [1], fixed(1)), Line("b", [1], fixed(1))], [Group("g", [1], ["b"])], 1),
        lambda: simulate(shop([1, 1, 1], service=never()), 1, 1),
        lambda: simulate(shop([1, 1, 1]), 1, 1).waits("nobody"),
        lambda: compare({"a": shop([1, 1, 1]), "b": shop([1, 1, 1])}, 2, 1, promise=1, baseline="c"),
        lambda: compare({"a": shop([1, 1, 1]), "b": shop([1, 1, 1])}, 2, 1, promise=1, rank_by=Measure.OCCUPANCY),
        lambda: empirical([-1]),
        lambda: predicted_wait(1, 0, fixed(1), np.random.default_rng(1)),
        lambda: predicted_wait(-1, 1, fixed(1), np.random.default_rng(1)),
        lambda: predicted_wait(1, 1, fixed(1), np.random.default_rng(1), elapsed=[1, 2]),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="must"):
        call()


@pytest.mark.parametrize(
    "call", [lambda: empirical([]), lambda: simulate(shop([1, 1, 1]), 0, 1), lambda: compare({"a": shop([1, 1, 1])}, 5, 1, promise=1)]
)
def test_nothing_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NoData):
        call()
