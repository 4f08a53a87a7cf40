"""effect: answers a second."""

from __future__ import annotations

import numpy as np
from measured import import_seconds, per_second

from steward.science import effect

WEEKS, ACTION, UNITS = 104, 70, 39


def effects() -> dict[str, object]:
    rng = np.random.default_rng(2026)
    series = rng.normal(size=WEEKS).cumsum() * 0.2 + rng.normal(size=WEEKS)
    complaints = rng.poisson(30, WEEKS).astype(float)
    table = rng.normal(size=(UNITS, WEEKS)).cumsum(axis=1)
    cells = [effect.Share(float(rng.binomial(2400, 0.05)), 2400) for _ in range(4)]
    teams = [effect.Clustered(rng.normal(size=4000), rng.integers(0, 40, 4000).tolist()) for _ in range(4)]
    return {
        "import_seconds": round(import_seconds("steward.science.effect"), 3),
        "differences_of_shares_per_second": round(per_second(lambda: effect.difference_in_differences(*cells))),
        "differences_of_40_clusters_per_second": round(per_second(lambda: effect.difference_in_differences(*teams))),
        "series_of_104_weeks_per_second": round(per_second(lambda: effect.interrupted_time_series(series, ACTION, season=26))),
        "counts_of_104_weeks_per_second": round(
            per_second(lambda: effect.interrupted_time_series(complaints, ACTION, kind=effect.Kind.COUNT))
        ),
        "regressions_to_the_mean_per_second": round(per_second(lambda: effect.regression_to_mean(series[:24], series[24:32]))),
        "synthetic_controls_of_39_units_per_second": round(per_second(lambda: effect.synthetic_control(table, [0], ACTION)), 1),
        "synthetic_differences_of_39_units_per_second": round(
            per_second(lambda: effect.synthetic_difference_in_differences(table, [0], ACTION)), 1
        ),
    }


BENCHES = {"effect": effects}
