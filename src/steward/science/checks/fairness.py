"""Simpson's reversal undone, shrunken shares, funnel limits."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from steward.science import fairness
from steward.science.checks import Truth

CASE = "Domain guide of this project, test vectors"
SUCCESSES, SEEN = ((190, 560), (744, 132)), ((200, 800), (800, 200))  # teams A and B × simple and complex cases
PRIOR = fairness.BetaPrior(34, 6)
SHRUNKEN = {
    (18, 20): (0.867, 0.789, 0.931),
    (10, 20): (0.733, 0.636, 0.822),
    (340, 400): (0.850, 0.821, 0.877),
    (3, 3): (0.860, 0.766, 0.936),
}
# size → limits of 95 % and of 99.8 % around .85
FUNNEL = {20: ((0.700, 1.000), (0.550, 1.0)), 100: ((0.780, 0.920), (0.730, 0.950)), 400: ((0.815, 0.885), (0.792, 0.902))}


def _all() -> Iterator[Truth]:
    for team, (crude, standardised, ratio) in enumerate(((0.750, 0.825, 1.0130), (0.876, 0.795, 0.9892))):
        label = f"team {'AB'[team]}"
        yield Truth("fairness", f"{label}: crude", crude, partial(_direct, "crude", team), CASE, 0.0005)
        yield Truth("fairness", f"{label}: same mix", standardised, partial(_direct, "rate", team), CASE, 0.0005)
        yield Truth("fairness", f"{label}: observed/expected", ratio, partial(_ratio, team), CASE, 0.00005)
    for (x, n), values in SHRUNKEN.items():
        for name, value in zip(("estimate", "low", "high"), values, strict=True):
            yield Truth("fairness", f"shrunken {x}/{n}: {name}", value, partial(_shrunken, name, x, n), CASE, 0.0005)
    for n, levels in FUNNEL.items():
        for row, (level, bounds) in enumerate(zip(("95 %", "99.8 %"), levels, strict=True)):
            for name, bound in zip(("low", "high"), bounds, strict=True):
                yield Truth("fairness", f"funnel n {n}, {level}: {name}", bound, partial(_funnel, name, n, row), CASE, 0.0005 + 1e-9)


def _direct(name: str, team: int, _data: Path) -> float:
    return float(getattr(fairness.direct_standardise(SUCCESSES, SEEN), name)[team])


def _ratio(team: int, _data: Path) -> float:
    return float(fairness.observed_expected(SUCCESSES, SEEN).ratio[team])


def _shrunken(name: str, x: int, n: int, _data: Path) -> float:
    return float(getattr(fairness.shrink_beta([x], [n], PRIOR), name)[0])


def _funnel(name: str, n: int, row: int, _data: Path) -> float:
    return float(getattr(fairness.funnel_limits([n], 0.85), name)[row, 0])


TRUTHS = tuple(_all())
