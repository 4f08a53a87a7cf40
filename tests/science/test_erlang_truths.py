"""Erlang's formulas against outside truths (steward.science.checks.erlang), exact fractions, the balance equations, and each other."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.science.published import must_hold, truths_of

from steward.science.checks import Truth
from steward.science.erlang import (
    CannotCover,
    NoData,
    NotANumber,
    cover_shifts,
    erlang_a,
    erlang_b,
    erlang_c,
    observed_service_level,
    required_servers,
    service_level,
    steady_state,
)

NAN = math.nan


# The peer comes with the benches and not with the tests; it takes part in bench/science.py and in the table of published numbers.
@pytest.mark.parametrize("truth", [one for one in truths_of("erlang") if not one.values[0].libraries])
def test_published(truth: Truth) -> None:
    must_hold(truth)


# --- The formulas ---


def by_fractions(load: Fraction, servers: int) -> float:
    """Erlang B by its recursion, without rounding."""
    b = Fraction(1)
    for i in range(1, servers + 1):
        b = load * b / (i + load * b)
    return float(b)


@pytest.mark.parametrize(("load", "servers"), [("1/2", 1), ("8", 10), ("42/5", 12), ("300", 334), ("1/1000", 4), ("1000", 10), ("60", 20)])
def test_blocking_is_exact(load: str, servers: int) -> None:
    assert erlang_b(float(Fraction(load)), servers) == pytest.approx(by_fractions(Fraction(load), servers), rel=1e-12)


@pytest.mark.parametrize("servers", [1_000, 5_000, 20_000])
@pytest.mark.parametrize("ratio", [0.5, 0.9, 0.99, 1.0, 1.02, 1.3, 3.0])
def test_thousands_of_servers(servers: int, ratio: float) -> None:
    load, b = servers * ratio, 1.0
    for i in range(1, servers + 1):
        b = load * b / (i + load * b)
    assert erlang_b(load, servers) == pytest.approx(b, rel=1e-9, abs=1e-300)


def balance(rate: float, aht: float, servers: int, patience: float) -> tuple[float, float, float]:
    """P(wait), share that leaves and mean wait from the balance equations of the birth-and-death process."""
    k = np.arange(1, servers + 6_000)
    down = np.minimum(k, servers) / aht + np.maximum(k - servers, 0) / patience
    weight = np.concatenate([[0.0], np.cumsum(math.log(rate) - np.log(down))])
    p = np.exp(weight - weight.max())
    p /= p.sum()
    queue = float((np.maximum(np.arange(p.size) - servers, 0) * p).sum())
    return float(p[servers:].sum()), queue / patience / rate, queue / rate


PATIENT = [
    (48, 1, 50, 2),
    (48, 1, 40, 2),
    (10, 1, 10, 0.01),
    (1, 1, 1, 5),
    (100, 1, 150, 50),
    (5, 1, 8, 1000),
    (300, 1, 290, 0.5),
    (9, 2, 1, 7),
]


@pytest.mark.parametrize(("rate", "aht", "servers", "patience"), PATIENT)
def test_impatience_obeys_the_balance_equations(rate: float, aht: float, servers: int, patience: float) -> None:
    p_wait, left, wait = balance(rate, aht, servers, patience)
    state = steady_state(rate, aht, servers, patience)
    assert state.p_wait == pytest.approx(p_wait, rel=1e-9)
    assert state.abandon_rate == pytest.approx(left, rel=1e-9, abs=1e-12)
    assert state.asa == pytest.approx(wait, rel=1e-9, abs=1e-12)
    assert state.p_wait == pytest.approx(float(erlang_a(rate * aht, servers, patience / aht)), rel=1e-12)


@pytest.mark.parametrize(("rate", "aht", "servers", "patience"), PATIENT)
@pytest.mark.parametrize("within", [0.01, 0.3, 2.0])
def test_service_level_with_impatience_by_integration(rate: float, aht: float, servers: int, patience: float, within: float) -> None:
    def density(wait: np.ndarray) -> np.ndarray:
        return np.exp(rate * patience * -np.expm1(-wait / patience) - servers / aht * wait)

    ends = 400 * min(patience, aht / max(servers - rate * aht, 0.05)) + 10
    grid = np.concatenate([np.linspace(0, within, 40_001), within + np.geomspace(1e-6, ends, 40_000)])
    offered = density(grid)
    whole = np.trapezoid(offered, grid)
    sat_out = np.trapezoid((offered * np.exp(-grid / patience))[:40_001], grid[:40_001])
    p_wait = float(steady_state(rate, aht, servers, patience).p_wait)
    assert service_level(rate, aht, servers, within, patience) == pytest.approx(1 - p_wait + p_wait * sat_out / whole, abs=2e-6)


def test_endless_patience_is_erlang_c() -> None:
    patient, endless = steady_state(40, 1, 44, 1e7), steady_state(40, 1, 44)
    assert patient.asa == pytest.approx(float(endless.asa), rel=1e-5)
    assert patient.service_level(0.1) == pytest.approx(float(endless.service_level(0.1)), abs=1e-5)
    assert erlang_a(40, 44, math.inf) == erlang_c(40, 44)


def test_extremes() -> None:
    assert erlang_b([0, 0, 5], [0, 3, 0]).tolist() == [1, 0, 1]
    assert erlang_c([0, 3, 5], [2, 3, 3]).tolist() == [0, 1, 1]
    overrun = steady_state(10, 1, 9)
    assert (float(overrun.asa), float(overrun.service_level(5)), bool(overrun.stable)) == (math.inf, 0, False)
    nobody = steady_state(10, 1, 0, 3)
    assert (float(nobody.abandon_rate), float(nobody.asa), float(nobody.occupancy), float(nobody.service_level(1))) == (1, 3, 0, 0)
    empty = steady_state(0, 1, 3, [math.inf, 2])
    assert (empty.asa.tolist(), empty.service_level(0).tolist()) == ([0, 0], [1, 1])
    hopeless = steady_state(1e5, 1, 10, 1)
    assert hopeless.abandon_rate == pytest.approx(1 - 10 / 1e5)
    assert hopeless.occupancy == pytest.approx(1)


LOADS = st.floats(0.01, 300)
SERVERS = st.integers(1, 400)
PATIENCES = st.one_of(st.just(math.inf), st.floats(0.01, 100))


@given(LOADS, SERVERS, PATIENCES, st.floats(0, 5))
def test_one_more_server_never_hurts(load: float, servers: int, patience: float, within: float) -> None:
    few, more = steady_state(load, 1, servers, patience), steady_state(load, 1, servers + 1, patience)
    assert more.p_wait <= few.p_wait * (1 + 1e-12)
    assert more.asa <= few.asa * (1 + 1e-9) + 1e-12
    assert more.occupancy <= few.occupancy + 1e-12
    assert more.service_level(within) >= few.service_level(within) - 1e-9
    assert 0 <= more.service_level(within) <= 1


@given(LOADS, SERVERS, st.floats(0.01, 100))
def test_who_leaves_shortens_the_wait(load: float, servers: int, patience: float) -> None:
    assert erlang_b(load, servers) <= erlang_a(load, servers, patience) * (1 + 1e-9)
    assert erlang_a(load, servers, patience) <= erlang_c(load, servers) * (1 + 1e-9)


@given(st.lists(st.tuples(LOADS, SERVERS, PATIENCES), min_size=1, max_size=6))
def test_arrays_are_their_elements(rows: list[tuple[float, int, float]]) -> None:
    load, servers, patience = (np.array(column) for column in zip(*rows, strict=True))
    together = steady_state(load, 2.0, servers, patience)
    for i, row in enumerate(rows):
        alone = steady_state(row[0], 2.0, row[1], row[2])
        assert together.asa[i] == alone.asa
        assert together.service_level(0.5)[i] == alone.service_level(0.5)


def test_shapes_broadcast() -> None:
    assert erlang_b([1.0, 2.0], [[1], [2], [3]]).shape == (3, 2)
    assert steady_state([1.0, 2.0], 1, [[3], [4]]).service_level(np.ones((5, 1, 1))).shape == (5, 2, 2)
    assert required_servers([], 1, 1).required.shape == (0,)
    assert erlang_b(3, 4).shape == ()


# --- Staffing ---


@given(st.floats(0.001, 200), st.floats(0, 3), st.floats(0.05, 0.99), st.floats(0.3, 1), PATIENCES)
def test_required_is_enough_and_one_fewer_is_not(load: float, within: float, target: float, cap: float, patience: float) -> None:
    found = required_servers(load, 1, within, target, max_occupancy=cap, patience=patience)
    n = int(found.required)
    assert found.service_level >= target
    assert found.state.occupancy <= cap * (1 + 1e-9)
    if n > 1:
        fewer = steady_state(load, 1, n - 1, patience)
        assert fewer.service_level(within) < target or fewer.occupancy > cap
        assert bool(found.occupancy_binds) == bool(fewer.service_level(within) >= target)


def test_rostered_is_divided_and_not_multiplied() -> None:
    assert required_servers(0, 1, 1).required == 0
    tens = required_servers([4.0], 1, 0.2, 0.8, max_occupancy=1.0, shrinkage=0.3)
    assert (tens.required.tolist(), tens.rostered.tolist()) == ([6], [9])
    seven = required_servers(5.0, 1, 0.2, 0.7, max_occupancy=1.0, shrinkage=0.3)
    assert (int(seven.required), int(seven.rostered)) == (7, 10)  # 7 / .7 is not 11


def test_a_year_of_half_hours_at_once() -> None:
    rate = np.random.default_rng(1).gamma(2, 20, 17_520)
    found = required_servers(rate, 4 / 30, 20 / 1800, patience=2 / 30)
    assert found.required.shape == rate.shape
    assert (found.service_level >= 0.8).all()


def test_the_same_day_by_each_custom() -> None:
    day = observed_service_level(50, 0, 40, 0)
    assert {day.strict, day.answered_only, day.all_within, day.short_excluded} == {0.8}
    with pytest.raises(NoData):
        observed_service_level(0, 5, 0, 2)


def test_shifts_cover_as_cheaply_as_trying_everything() -> None:
    works, costs = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 0], [0, 1, 1]]), np.array([3.0, 4.0, 2.0])
    rng = np.random.default_rng(3)
    grid = np.stack(np.meshgrid(*[np.arange(8)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    for _ in range(20):
        need = rng.integers(0, 5, 4)
        enough = (grid @ works.T >= need).all(axis=1)
        found = cover_shifts(need, works, costs)
        assert found.cost == (grid[enough] @ costs).min()
        assert (found.surplus >= 0).all()
    with pytest.raises(CannotCover, match=r"interval\(s\) 1,"):
        cover_shifts([1, 2], [[1], [0]], [1])
    with pytest.raises(NoData):
        cover_shifts([], np.ones((0, 1)), [1])


# --- Refusals ---


@pytest.mark.parametrize(
    "call",
    [
        lambda: erlang_b(NAN, 2),
        lambda: erlang_c(1, [2, NAN]),
        lambda: erlang_a(1, 2, NAN),
        lambda: steady_state(1, NAN, 2),
        lambda: cover_shifts([1], [[NAN]], [1]),
        lambda: steady_state(1, 1, 2).service_level(NAN),
        lambda: required_servers(1, 1, 1, shrinkage=NAN),
        lambda: observed_service_level(10, 1, NAN, 0),  # type: ignore[arg-type]
    ],
)
def test_nan_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NotANumber, match="finite number"):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: erlang_b(-1, 2),
        lambda: cover_shifts([1], [[2]], [1]),
        lambda: erlang_b(1, 2.5),
        lambda: erlang_a(1, 2, 0),
        lambda: steady_state(-1, 1, 2),
        lambda: steady_state(1, 0, 2),
        lambda: service_level(1, 1, 2, -1),
        lambda: required_servers(1, 1, 1, 1.0),
        lambda: required_servers(1, 1, 1, max_occupancy=1.1),
        lambda: required_servers(1, 1, 1, shrinkage=1),
        lambda: observed_service_level(10, 1, 11, 0),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="must"):
        call()
