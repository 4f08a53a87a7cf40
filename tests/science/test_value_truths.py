"""Customer value against outside truths: the CDNOW figures of the papers (steward.science.checks.value), the likelihood by brute force, customers
that we made ourselves with parameters we know, and what must hold of any such model.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from tests.science.published import must_hold, truths_of

from steward.science import value
from steward.science.checks import Truth
from steward.science.checks.value import PUBLISHED
from steward.science.value import BgNbd, NoData, NotANumber

SPEND = value.GammaGamma(6.25, 3.74, 15.44)


@pytest.mark.parametrize("truth", truths_of("value"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


def simulated(model: BgNbd, n: int, age: float, rng: np.random.Generator) -> tuple[list[float], list[float]]:
    """Repeats and last purchase of customers who live exactly as the model says."""
    repeats, last = [], []
    for rate, drop in zip(rng.gamma(model.r, 1 / model.alpha, n), rng.beta(model.a, model.b, n), strict=True):
        at, count, latest = rng.exponential(1 / rate), 0, 0.0
        while at <= age:
            count, latest = count + 1, at
            if rng.random() < drop:
                break
            at += rng.exponential(1 / rate)
        repeats.append(float(count))
        last.append(latest)
    return repeats, last


def test_the_model_is_found_again() -> None:
    truth = BgNbd(0.5, 5.0, 0.8, 2.5)
    repeats, last = simulated(truth, 12_000, 52.0, np.random.default_rng(1))
    found = value.fit_bgnbd(repeats, last, np.full(12_000, 52.0))
    for name, error in zip(("r", "alpha", "a", "b"), found.errors, strict=True):
        assert abs(getattr(found, name) - getattr(truth, name)) < 4 * error


def test_expectations_are_what_simulated_customers_do() -> None:
    model = BgNbd(0.5, 5.0, 0.8, 2.5)
    repeats, _last = simulated(model, 40_000, 30.0, np.random.default_rng(2))
    assert float(value.expected_purchases_of_new(model, 30)) == pytest.approx(np.mean(repeats), rel=0.03)


def test_the_likelihood_by_integration() -> None:
    """One customer, two repeats: the model's double integral, without its closed form."""
    r, alpha, a, b, x, t_x, age = 0.9, 3.0, 1.2, 2.0, 2, 4.0, 9.0

    def density(p: float, rate: float) -> float:
        alive = (1 - p) ** x * rate**x * math.exp(-rate * age)
        gone = p * (1 - p) ** (x - 1) * rate**x * math.exp(-rate * t_x)
        gamma = alpha**r * rate ** (r - 1) * math.exp(-alpha * rate) / math.gamma(r)
        beta = p ** (a - 1) * (1 - p) ** (b - 1) * math.gamma(a + b) / math.gamma(a) / math.gamma(b)
        return (alive + gone) * gamma * beta

    brute, _error = integrate.dblquad(lambda p, rate: density(p, rate), 0, 12, 0, 1, epsabs=1e-10)
    from steward.science.value.bgnbd import _log_likelihood

    ours = _log_likelihood(np.array([r, alpha, a, b]), np.array([float(x)]), np.array([t_x]), np.array([age]))
    assert float(ours[0]) == pytest.approx(math.log(brute), rel=1e-5)


def test_the_gamma_gamma_model_is_found_again() -> None:
    rng = np.random.default_rng(3)
    repeats = rng.integers(1, 9, 20_000)
    rates = rng.gamma(4.0, 1 / 20.0, repeats.size)
    money = rng.gamma(6.0 * repeats, 1 / (repeats * rates))
    found = value.fit_gamma_gamma(repeats, money)
    assert (found.p, found.q, found.v) == pytest.approx((6.0, 4.0, 20.0), rel=0.12)
    assert found.assumption_holds
    richer = money * repeats
    assert not value.fit_gamma_gamma(repeats, richer).assumption_holds


# --- Properties ---


@given(x=st.integers(1, 20), age=st.floats(1, 200), part=st.floats(0.01, 0.99))
def test_who_came_lately_is_rather_alive(x: int, age: float, part: float) -> None:
    early, late = value.p_alive(PUBLISHED, x, age * part * 0.9, age), value.p_alive(PUBLISHED, x, age * part, age)
    assert 0 < float(early) <= float(late) <= 1


@given(x=st.integers(0, 20), age=st.floats(1, 200), ahead=st.floats(0, 100))
def test_more_time_brings_no_fewer_purchases(x: int, age: float, ahead: float) -> None:
    last = age * 0.7 if x else 0.0
    soon, later = value.expected_purchases(PUBLISHED, [ahead, ahead + 1], x, last, age)
    assert 0 <= soon <= later + 1e-12


@given(x=st.integers(1, 50), money=st.floats(0.5, 500))
def test_a_customers_mean_is_drawn_towards_everybodys(x: int, money: float) -> None:
    everybody = float(value.expected_spend(SPEND, 0, 0))
    ours = float(value.expected_spend(SPEND, x, money))
    assert min(money, everybody) - 1e-9 <= ours <= max(money, everybody) + 1e-9


def test_near_one_the_closed_form_has_its_limit() -> None:
    values = [float(value.expected_purchases(BgNbd(0.3, 4, a, 2.4), 10, 2, 20, 30)) for a in (0.999, 1.0, 1.001)]
    assert values[0] == pytest.approx(values[1], rel=1e-3)
    assert values[2] == pytest.approx(values[1], rel=1e-3)


receipts = st.lists(st.tuples(st.integers(1, 6), st.integers(0, 90), st.floats(1, 900)), min_size=1, max_size=60)


@given(receipts, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_receipts_does_not_matter(rows: list[tuple[int, int, float]], random: object) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]

    def of(parts: list[tuple[int, int, float]]) -> tuple[value.Histories, value.Rfm]:
        who, day, money = zip(*parts, strict=True)
        dates = np.datetime64("2026-01-01") + np.array(day)
        return value.histories(who, dates, money, until="2026-04-30"), value.rfm(who, dates, money, at="2026-04-30")

    (one, first), (other, second) = of(list(rows)), of(mixed)
    for name in ("customers", "repeats", "last", "age", "spend"):
        assert np.allclose(getattr(one, name), getattr(other, name))
    for name in ("recency_score", "frequency_score", "monetary_score"):
        assert (getattr(first, name) == getattr(second, name)).all()
    assert (one.last <= one.age).all()
    assert first.frequency.sum() == (one.repeats + 1).sum()


def test_rfm_scores_by_hand() -> None:
    dates = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-03-05", "2026-03-09", "2026-03-09"]
    found = value.rfm(list("abcdee"), dates, [10, 20, 30, 40, 50, 60], at="2026-03-10")
    assert found.recency.tolist() == [68, 37, 9, 5, 1]
    assert found.recency_score.tolist() == [1, 2, 3, 4, 5]
    assert found.frequency.tolist() == [1, 1, 1, 1, 1]  # two receipts of one day are one visit
    assert len(set(found.frequency_score.tolist())) == 1
    assert found.monetary.tolist() == [10, 20, 30, 40, 110]


def test_later_receipts_do_not_leak() -> None:
    known = value.histories(["a", "b"], ["2026-01-01", "2026-06-01"], until="2026-03-01")
    assert known.customers.tolist() == ["a"]


def test_bad_input_is_named() -> None:
    with pytest.raises(NotANumber, match="repeats"):
        value.p_alive(PUBLISHED, math.nan, 1, 2)
    with pytest.raises(ValueError, match="last must be 0"):
        value.p_alive(PUBLISHED, 0, 1, 2)
    with pytest.raises(ValueError, match="between the first one and the end"):
        value.p_alive(PUBLISHED, 1, 3, 2)
    with pytest.raises(NoData, match="nobody came back"):
        value.fit_bgnbd([0, 0], [0, 0], [5, 6])
    with pytest.raises(NoData, match="fewer than three"):
        value.fit_gamma_gamma([1, 1], [5, 6])
    with pytest.raises(NoData):
        value.histories(["a"], ["2026-05-01"], until="2026-01-01")
    with pytest.raises(ValueError, match="dates"):
        value.histories(["a"], ["yesterday"], until="2026-01-01")
    with pytest.raises(ValueError, match="one entry for each receipt"):
        value.rfm(["a", "b"], ["2026-01-01"], [1], at="2026-02-01")
    with pytest.raises(NoData):
        value.check_holdout([], [])


def test_value_grows_with_time_and_shrinks_with_discount() -> None:
    args = (PUBLISHED, SPEND, [2, 0], [30.43, 0], [38.86, 38.86], [22.35, 0])
    short, long = value.clv(*args, periods=10), value.clv(*args, periods=40)
    dear = value.clv(*args, periods=40, discount=0.01)
    assert (short < long).all()
    assert (dear < long).all()
    assert value.clv(*args, periods=40, margin=0.3) == pytest.approx(0.3 * long)
