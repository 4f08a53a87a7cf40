"""Whether what comes lately still looks like what the model learned from: PSI over quarters of the training window, and Kolmogorov-Smirnov.

With four weeks of days PSI is large by chance alone (its mean is (bins - 1)(1/n + 1/m)), so a limit on PSI counts only where chance does not explain
it: under no change PSI / (1/n + 1/m) is close to chi-squared with bins - 1 degrees of freedom. Days follow one another, so both levels are rough.
Source: Yurdakul (2018), Statistical Properties of Population Stability Index, Western Michigan University.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

LEAST = 28  # days on either side
QUARTERS = (0.25, 0.5, 0.75)
WATCHED = 5  # so many times the level, and it is worth watching


def drift(counts: Sequence[int], limits: Mapping[str, Any]) -> dict[str, Any]:
    """state: `unknown`, `none`, `watch` or `drift`, with the figures it rests on. counts: one a day, the last `recent_days` are the recent ones."""
    days = int(limits["recent_days"])
    training, recent = np.array(counts[:-days], dtype=float), np.array(counts[-days:], dtype=float)
    if training.size < LEAST or recent.size < LEAST:
        return {"state": "unknown", "training_days": int(training.size), "recent_days": int(recent.size)}
    psi, psi_p = stability(training, recent)
    ks, ks_p = _kolmogorov(training, recent)
    level = float(limits["level"])

    def beyond(limit: str, at: float) -> bool:
        return (psi >= float(limits[limit]) and psi_p < at) or ks_p < at

    state = "drift" if beyond("psi_drift", level) else "watch" if beyond("psi_watch", level * WATCHED) else "none"
    return {
        "state": state,
        **{name: round(value, 6) for name, value in (("psi", psi), ("psi_p", psi_p), ("ks", ks), ("ks_p", ks_p))},
        "training_mean": round(float(training.mean()), 6),
        "recent_mean": round(float(recent.mean()), 6),
        "training_days": int(training.size),
        "recent_days": int(recent.size),
    }


def stability(training: Any, recent: Any) -> tuple[float, float]:
    """PSI of recent values against quarters of the training ones, and how often chance alone gives as much. Half a day is added to each bin."""
    from scipy.stats import chi2

    edges = np.unique(np.quantile(training, QUARTERS))
    before, now = (np.bincount(np.digitize(values, edges), minlength=edges.size + 1) + 0.5 for values in (training, recent))
    before, now = before / before.sum(), now / now.sum()
    psi = float(((now - before) * np.log(now / before)).sum())
    return psi, float(chi2.sf(psi / (1 / training.size + 1 / recent.size), edges.size))


def _kolmogorov(training: Any, recent: Any) -> tuple[float, float]:
    from scipy.stats import ks_2samp

    found = ks_2samp(training, recent, method="asymp")
    return float(found.statistic), float(found.pvalue)
