"""inference, fairness, spc and agreement: intervals a second, beside statsmodels and SciPy."""

from __future__ import annotations

import numpy as np
from measured import import_seconds, installed, per_second

from steward.science.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha, rater_severity
from steward.science.fairness import beta_prior, direct_standardise, funnel_limits, suppress
from steward.science.inference import (
    benjamini_hochberg,
    bootstrap_quantile,
    newcombe_difference_many,
    poisson_rate_many,
    wilson,
    wilson_many,
)
from steward.science.spc import run_rules, shift_points, xmr

IMPORT_BUDGET_SECONDS = 0.3
ROWS = 200_000
PEERS = installed("statsmodels")


def rng() -> np.random.Generator:
    return np.random.default_rng(2026)


def inference() -> dict[str, object]:
    n = rng().integers(1, 500, ROWS)
    x = rng().binomial(n, 0.7)
    waits = rng().lognormal(2, 0.8, 20_000)
    p_values = rng().random(100_000)
    seconds = import_seconds("steward.science.inference")
    report: dict[str, object] = {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "wilson_per_second": round(per_second(lambda: wilson_many(x, n), ROWS)),
        "wilson_single_per_second": round(per_second(lambda: wilson(18, 20))),
        "poisson_rate_per_second": round(per_second(lambda: poisson_rate_many(x, n), ROWS)),
        "newcombe_per_second": round(per_second(lambda: newcombe_difference_many(x, n, x[::-1], n[::-1]), ROWS)),
        "benjamini_hochberg_per_second": round(per_second(lambda: benjamini_hochberg(p_values), p_values.size)),
        "bootstrap_p90_of_20000_per_second": round(per_second(lambda: bootstrap_quantile(waits, 0.9, rng())), 1),
    }
    if PEERS:
        from scipy.stats import bootstrap
        from statsmodels.stats.multitest import multipletests
        from statsmodels.stats.proportion import proportion_confint

        def resampled() -> object:
            return bootstrap(
                (waits,), lambda v, axis: np.quantile(v, 0.9, axis=axis), n_resamples=400, method="percentile", rng=rng(), batch=50
            )

        report["peer"] = {
            "statsmodels_wilson_per_second": round(per_second(lambda: proportion_confint(x, n, method="wilson"), ROWS)),
            "statsmodels_benjamini_hochberg_per_second": round(per_second(lambda: multipletests(p_values, 0.1, "fdr_bh"), p_values.size)),
            # 400 resamples instead of 4,000, counted as a tenth of the work
            "scipy_bootstrap_p90_of_20000_per_second": round(per_second(resampled) / 10, 3),
        }
    return report


def fairness() -> dict[str, object]:
    n = rng().integers(0, 300, (2_000, 6))
    x = rng().binomial(n, 0.8)
    people_n = rng().integers(5, 200, 300)
    people_x = rng().binomial(people_n, rng().beta(17, 3, 300))
    tables = {
        f"suppress_{r}x{c}_per_second": rng().poisson(rng().choice([4, 40, 200], (r, c), p=[0.15, 0.35, 0.5]))
        for r, c in ((6, 4), (30, 12))
    }
    return {
        "direct_standardise_groups_per_second": round(per_second(lambda: direct_standardise(x, n), len(n))),
        "funnel_limits_groups_per_second": round(per_second(lambda: funnel_limits(people_n, 0.85), people_n.size)),
        "beta_prior_of_300_per_second": round(per_second(lambda: beta_prior(people_x, people_n)), 1),
        **{name: round(per_second(lambda table=table: suppress(table)), 1) for name, table in tables.items()},
    }


def spc() -> dict[str, object]:
    values = rng().normal(30, 3, 5_000)
    chart = xmr(values).level
    year = rng().normal(30, 3, 365)
    return {
        "xmr_points_per_second": round(per_second(lambda: xmr(values), values.size)),
        "run_rules_points_per_second": round(per_second(lambda: run_rules(chart), values.size)),
        "shift_points_of_365_days_per_second": round(per_second(lambda: shift_points(year)), 1),
    }


def agreement() -> dict[str, object]:
    ratings = rng().integers(1, 6, (4, 20_000)).astype(float)
    ratings[rng().random(ratings.shape) < 0.3] = np.nan
    counts = rng().multinomial(5, [0.4, 0.3, 0.2, 0.1], 20_000)
    table = rng().integers(5, 60, (5, 5))
    draw = rng()
    raters, cases = draw.integers(0, 60, 60_000), draw.integers(0, 20_000, 60_000)
    scores = 80 - raters / 10 + draw.normal(0, 5, 60_000)
    labels = [raters.tolist(), cases.tolist()]
    report: dict[str, object] = {
        "cohen_kappa_per_second": round(per_second(lambda: cohen_kappa(table))),
        "fleiss_kappa_cases_per_second": round(per_second(lambda: fleiss_kappa(counts), len(counts))),
        "krippendorff_alpha_units_per_second": round(per_second(lambda: krippendorff_alpha(ratings, "ordinal"), ratings.shape[1])),
        "rater_severity_scores_per_second": round(per_second(lambda: rater_severity(*labels, scores), scores.size)),
    }
    if PEERS:
        from statsmodels.stats import inter_rater

        report["peer"] = {
            "statsmodels_cohen_kappa_per_second": round(per_second(lambda: inter_rater.cohens_kappa(table))),
            "statsmodels_fleiss_kappa_cases_per_second": round(per_second(lambda: inter_rater.fleiss_kappa(counts), len(counts))),
        }
    return report


BENCHES = {"inference": inference, "fairness": fairness, "spc": spc, "agreement": agreement}
