"""Published intervals, p-values and sample sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from steward.science import inference
from steward.science.checks import Truth

if TYPE_CHECKING:
    from steward.science.inference import Interval, Ratio

NEWCOMBE = "Newcombe (1998), Statistics in Medicine 17, 873–890, Table II, method 10"
# successes, n, baseline successes, baseline n → the two bounds, as printed
NEWCOMBE_TABLE = {
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (0, 10, 0, 10): (-0.2775, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0),
    (10, 10, 0, 10): (0.6075, 1.0),
}
R_TWO_RATES = "R, stats::poisson.test(c(11, 21), c(800, 3011)): Danish lung cancer, Fredericia against three towns"
R_ONE_RATE = "R, stats::poisson.test(137, 24.19893): Welsh nickel workers"
HOCHBERG = "Benjamini & Hochberg (1995), JRSS B 57, 289–300: 15 comparisons of two thrombolytic drugs"
THROMBOLYSIS = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
)  # fmt: skip
CASE = "Domain guide of this project, test vectors"


def _bounds(label: str, get: Callable[[], Interval | Ratio], published: tuple[float, float], digit: float, source: str) -> Iterator[Truth]:
    """Two truths, one for each bound; ``digit`` is half a unit of the last printed one."""
    yield Truth("inference", f"{label}: low", published[0], lambda _: get().low, source, digit)
    yield Truth("inference", f"{label}: high", published[1], lambda _: get().high, source, digit)


def _all() -> Iterator[Truth]:
    for x, n, low, high in ((18, 20, 0.699, 0.972), (90, 100, 0.826, 0.945), (450, 500, 0.871, 0.923), (3, 3, 0.439, 1.0)):
        yield from _bounds(f"Wilson {x}/{n}", partial(inference.wilson, x, n), (low, high), 0.0005, CASE)
    for (a, m, b, k), published in NEWCOMBE_TABLE.items():
        yield from _bounds(f"Newcombe {a}/{m} − {b}/{k}", partial(inference.newcombe_difference, a, m, b, k), published, 0.00005, NEWCOMBE)
    yield from _bounds(
        "exact rate ratio 11/800 : 21/3011",
        partial(inference.rate_ratio, 11, 800, 21, 3011, method="exact"),
        (0.8584264, 4.2772659),
        5e-7,
        R_TWO_RATES,
    )
    yield from _bounds("exact rate 137/24.19893", partial(inference.poisson_rate, 137, 24.19893), (4.753125, 6.692709), 5e-7, R_ONE_RATE)
    yield from _bounds(
        "rate ratio 47/34100 : 138/33600", partial(inference.rate_ratio, 47, 34100, 138, 33600), (0.241, 0.467), 0.0005, CASE
    )
    yield from _bounds("risk ratio 14/22 : 3/41", partial(inference.risk_ratio, 14, 22, 3, 41), (2.80, 27.0), 0.05, CASE)
    fisher = 3.5e-6
    yield Truth("inference", "Fisher 14/22 : 3/41", fisher, lambda _: inference.risk_ratio(14, 22, 3, 41).p_value, CASE, 5e-8)
    yield Truth(
        "inference", "discoveries at 5 %", 4, lambda _: float(inference.benjamini_hochberg(THROMBOLYSIS, 0.05).rejected.sum()), HOCHBERG
    )
    yield Truth("inference", "NPS 20/10/10 ±", 25.7, lambda _: inference.nps(20, 10, 10).half_width, CASE, 0.05)
    yield Truth("inference", "sample size p .8 ± .05", 246, lambda _: inference.sample_size(0.8, 0.05), CASE)
    yield Truth("inference", "the same of 1,000", 198, lambda _: inference.sample_size(0.8, 0.05, population=1000), CASE)
    yield from _mix()


def _mix() -> Iterator[Truth]:
    def shift() -> inference.MixShift:
        return inference.mix_shift([0.95, 0.70], [60, 40], [0.96, 0.71], [40, 60])

    yield Truth("inference", "mix shift: rate effect", 0.010, lambda _: shift().rate_effect, CASE, 1e-12)
    yield Truth("inference", "mix shift: mix effect", -0.050, lambda _: shift().mix_effect, CASE, 1e-12)


TRUTHS = tuple(_all())
