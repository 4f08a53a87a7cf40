"""Laws of the inference module: what grows, what mirrors, what does not matter, what is refused."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steward.science.inference import (
    Interval,
    NoData,
    NotANumber,
    Ratio,
    Verdict,
    benjamini_hochberg,
    bootstrap_quantile,
    mean_difference,
    mean_interval,
    mix_shift,
    newcombe_difference,
    newcombe_difference_many,
    nps,
    nps_difference,
    poisson_rate,
    poisson_rate_many,
    quantile_interval,
    rate_ratio,
    risk_ratio,
    sample_size,
    verdict,
    wilson,
    wilson_many,
)

NAN = math.nan
FINITE = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.integers(0, 500)


@given(COUNTS, COUNTS)
def test_wilson_mirrors(x: int, y: int) -> None:
    if x + y:
        one, other = wilson(x, x + y), wilson(y, x + y)
        assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))
        assert 0 <= one.low <= one.estimate <= one.high <= 1


@given(st.integers(0, 200), st.integers(1, 200))
def test_wilson_grows_with_successes_and_narrows_with_n(x: int, extra: int) -> None:
    n = x + extra
    assert wilson(x + 1, n).low >= wilson(x, n).low
    assert wilson(x + 1, n).high >= wilson(x, n).high
    assert wilson(10 * x, 10 * n).half_width < wilson(x, n).half_width
    assert wilson(x, n, 0.99).half_width > wilson(x, n, 0.9).half_width


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=8))
def test_arrays_say_what_single_numbers_say(rows: list[tuple[int, int]]) -> None:
    x, n = np.array([a for a, _ in rows]), np.array([a + b for a, b in rows])
    many, rates = wilson_many(x, n), poisson_rate_many(x, n, 1000)
    changes = newcombe_difference_many(x, n, x[::-1], n[::-1])
    assert many.low.shape == rates.high.shape == (len(rows),)
    for index in range(len(rows)):
        if n[index] == 0:
            assert math.isnan(many.estimate[index])
            assert math.isnan(rates.estimate[index])
            assert (many.low[index], many.high[index], rates.low[index], rates.high[index]) == (0, 1, 0, math.inf)
            continue
        one, rate = wilson(x[index], n[index]), poisson_rate(x[index], n[index], 1000)
        assert (many.estimate[index], many.low[index], many.high[index]) == (one.estimate, one.low, one.high)
        assert (rates.estimate[index], rates.low[index], rates.high[index]) == (rate.estimate, rate.low, rate.high)
        mirror = len(rows) - 1 - index
        if n[mirror]:
            change = newcombe_difference(x[index], n[index], x[mirror], n[mirror])
            assert (changes.low[index], changes.high[index]) == (change.low, change.high)


@given(COUNTS, st.integers(1, 500), COUNTS, st.integers(1, 500))
def test_a_difference_changes_sign_with_its_sides(a: int, b: int, c: int, d: int) -> None:
    there, back = newcombe_difference(a, a + b, c, c + d), newcombe_difference(c, c + d, a, a + b)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert -1 <= there.low <= there.estimate <= there.high <= 1


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
@settings(deadline=None)
def test_a_ratio_inverts_with_its_sides(a: int, extra: int, b: int, more: int) -> None:
    if a + b == 0:
        return
    pairs: list[tuple[Ratio, Ratio]] = [
        (rate_ratio(a, 10, b, 30), rate_ratio(b, 30, a, 10)),
        (risk_ratio(a, a + extra, b, b + more), risk_ratio(b, b + more, a, a + extra)),
    ]
    for there, back in pairs:
        assert there.low <= there.estimate <= there.high
        assert there.p_value == pytest.approx(back.p_value)
        assert there.low == pytest.approx(1 / back.high if back.high else math.inf, rel=1e-6)
        if b:
            assert there.high == pytest.approx(1 / back.low, rel=1e-6)


@given(COUNTS, COUNTS, COUNTS)
def test_nps_mirrors_and_is_never_certain(up: int, between: int, down: int) -> None:
    if up + between + down == 0:
        return
    one, other = nps(up, between, down), nps(down, between, up)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert -100 <= one.low <= one.estimate <= one.high <= 100
    assert one.half_width > 0
    there = nps_difference((up, between, down), (down, between, up))
    back = nps_difference((down, between, up), (up, between, down))
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.4), st.integers(1, 5000))
def test_sample_size_suffices_and_the_population_caps_it(p: float, half_width: float, population: int) -> None:
    n = sample_size(p, half_width)
    assert 1.96 * math.sqrt(p * (1 - p) / n) <= half_width * 1.001
    assert 1 <= sample_size(p, half_width, population=population) <= min(n, population)
    assert sample_size(p, half_width / 2) >= n
    assert sample_size(1 - p, half_width) == pytest.approx(n, abs=1)


VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=25)


@given(VALUES, st.floats(0.05, 0.95), st.randoms(use_true_random=False))
def test_quantiles_do_not_depend_on_order(values: list[float], q: float, random: Random) -> None:
    mixed = random.sample(values, len(values))
    assert quantile_interval(values, q) == quantile_interval(mixed, q)
    one = bootstrap_quantile(values, q, np.random.default_rng(3), resamples=200)
    assert one == bootstrap_quantile(mixed, q, np.random.default_rng(3), resamples=200)
    assert min(values) <= one.low <= one.high <= max(values)
    exact = quantile_interval(values, q)
    assert exact.low <= exact.estimate <= exact.high


def test_one_value_says_little() -> None:
    assert mean_interval([7]) == Interval(7, -math.inf, math.inf)
    assert mean_difference([7], [1, 2, 3]) == Interval(5, -math.inf, math.inf)
    assert quantile_interval([7], 0.5) == Interval(7, -math.inf, math.inf)
    one = bootstrap_quantile([7], 0.5, np.random.default_rng(0))
    assert (one.low, one.high) == (7, 7)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.permutations(range(12)))
def test_discoveries_do_not_depend_on_order(p_values: list[float], order: list[int]) -> None:
    kept = [index for index in order if index < len(p_values)]
    plain, mixed = benjamini_hochberg(p_values), benjamini_hochberg([p_values[index] for index in kept])
    np.testing.assert_allclose(mixed.adjusted, plain.adjusted[kept])
    assert (plain.adjusted >= np.array(p_values) - 1e-15).all()


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 90), st.floats(0, 1), st.integers(0, 90)), min_size=1, max_size=6))
def test_rate_and_mix_effect_make_up_the_change(classes: list[tuple[float, int, float, int]]) -> None:
    r0, w0, r1, w1 = map(list, zip(*classes, strict=True))
    if not sum(w0) or not sum(w1):
        return
    shift = mix_shift(r0, w0, r1, w1)
    assert shift.rate_effect + shift.mix_effect == pytest.approx(shift.change, abs=1e-12)
    assert shift.mix_effects.sum() == pytest.approx(shift.mix_effect, abs=1e-12)
    back = mix_shift(r1, w1, r0, w0)
    assert (back.rate_effect, back.mix_effect) == pytest.approx((-shift.rate_effect, -shift.mix_effect), abs=1e-12)


def test_a_class_that_appears_is_all_mix() -> None:
    shift = mix_shift([0.9, NAN], [100, 0], [0.9, 0.5], [50, 50])
    assert (shift.rate_effect, shift.mix_effect) == pytest.approx((0, -0.2))


@given(FINITE, FINITE, FINITE, FINITE, FINITE, FINITE, st.sampled_from([None, True, False]))
def test_verdict_is_total(
    estimate: float, low: float, high: float, practical: float, n: float, minimum: float, signal: bool | None
) -> None:
    said = verdict(estimate, low, high, practical, n, minimum, signal=signal)
    assert said in Verdict
    assert said == verdict(-estimate, -high, -low, practical, n, minimum, signal=signal)
    assert (said is Verdict.INSUFFICIENT) == (n < minimum)
    if signal is False:
        assert said is not Verdict.EVIDENCE


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((0.2, 0.1, 0.3, 0.05, 29, 30), Verdict.INSUFFICIENT),  # whatever the interval says
        ((0.01, 0.001, 0.02, 0.05, 100, 30), Verdict.NO_CHANGE),  # surely above 0, and too small to matter
        ((0.2, 0.1, 0.3, 0.05, 30, 30), Verdict.EVIDENCE),
        ((-0.2, -0.3, -0.1, 0.05, 30, 30), Verdict.EVIDENCE),
        ((0.2, -0.1, 0.5, 0.05, 30, 30), Verdict.DIRECTION_ONLY),
        ((0.05, -0.1, 0.2, 0.05, 30, 30), Verdict.DIRECTION_ONLY),
        ((0.01, -0.1, 0.12, 0.05, 30, 30), Verdict.INCONCLUSIVE),
        ((0.02, 0.0, 0.05, 0.05, 30, 30), Verdict.INCONCLUSIVE),  # touches both 0 and what matters
        ((0.0, 0.0, 0.0, 0.0, 0, 0), Verdict.NO_CHANGE),
        ((0.0, -1.0, 1.0, 0.0, 30, 30), Verdict.INCONCLUSIVE),  # no direction
        ((0.3, -math.inf, math.inf, 0.05, 30, 30), Verdict.DIRECTION_ONLY),
    ],
)
def test_verdict_by_the_book(numbers: tuple[float, ...], expected: Verdict) -> None:
    assert verdict(*numbers) is expected  # type: ignore[arg-type, misc]


def test_a_series_needs_a_signal_too() -> None:
    assert verdict(0.2, 0.1, 0.3, 0.05, 30, 30, signal=True) is Verdict.EVIDENCE
    assert verdict(0.2, 0.1, 0.3, 0.05, 30, 30, signal=False) is Verdict.DIRECTION_ONLY
    assert verdict(0.03, 0.01, 0.06, 0.05, 30, 30, signal=False) is Verdict.INCONCLUSIVE


RNG = np.random.default_rng(0)
CALLS: dict[str, tuple[Callable[..., object], tuple[float, ...]]] = {
    "wilson": (wilson, (3, 10)),
    "poisson_rate": (poisson_rate, (3, 10, 1)),
    "rate_ratio": (rate_ratio, (3, 10, 4, 12)),
    "risk_ratio": (risk_ratio, (3, 10, 4, 12)),
    "newcombe_difference": (newcombe_difference, (3, 10, 4, 12)),
    "nps": (nps, (3, 10, 4)),
    "sample_size": (sample_size, (0.5, 0.1)),
    "verdict": (verdict, (0.1, 0.0, 0.2, 0.1, 30, 30)),
}


@pytest.mark.parametrize("name", CALLS)
def test_nan_is_refused_by_name(name: str) -> None:
    call, arguments = CALLS[name]
    call(*arguments)
    for index in range(len(arguments)):
        with pytest.raises(ValueError, match=r"must be|must lie|finite"):
            call(*arguments[:index], NAN, *arguments[index + 1 :])


@pytest.mark.parametrize("call", [mean_interval, lambda v: quantile_interval(v, 0.5), lambda v: bootstrap_quantile(v, 0.5, RNG)])
def test_samples_refuse_nan_and_emptiness(call: Callable[[list[float]], object]) -> None:
    with pytest.raises(NotANumber, match=r"values\[1\] must be a finite number"):
        call([1.0, NAN])
    with pytest.raises(NoData, match="empty"):
        call([])


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(0, 0),
        lambda: poisson_rate(0, 0),
        lambda: rate_ratio(0, 10, 0, 10),
        lambda: risk_ratio(0, 10, 0, 10),
        lambda: newcombe_difference(0, 0, 1, 2),
        lambda: nps(0, 0, 0),
        lambda: mix_shift([0.5], [0], [0.5], [1]),
        lambda: rate_ratio(0, 10, 3, 10, method="log"),
        lambda: risk_ratio(0, 10, 3, 10, method="log"),
    ],
)
def test_nothing_to_estimate_from(call: Callable[[], object]) -> None:
    with pytest.raises(NoData):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: wilson(11, 10),
        lambda: wilson(-1, 10),
        lambda: poisson_rate(2.5, 10),
        lambda: poisson_rate(2, -10),
        lambda: wilson(1, 2, confidence=1.0),
        lambda: benjamini_hochberg([0.2, 1.2]),
        lambda: benjamini_hochberg([NAN]),
        lambda: mix_shift([0.5, 0.5], [1, 1], [0.5], [1]),
        lambda: wilson_many([[1, 2], [3]], [4, 5]),
        lambda: quantile_interval([[1.0]], 0.5),
    ],
)
def test_nonsense_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"must|regular"):
        call()


def test_importing_costs_no_scipy() -> None:
    """The budget is 0.3 s; what could break it is SciPy, so that is what is looked at, not the clock."""
    code = "import sys, steward.science.inference; print([name for name in sys.modules if name.split('.')[0] in {'scipy', 'django'}])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_verdicts_are_the_five_codes() -> None:
    assert [code.value for code in Verdict] == ["insufficient", "no_change", "evidence", "direction_only", "inconclusive"]
