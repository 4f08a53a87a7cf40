"""value and churn: histories, fits and scores a second."""

from __future__ import annotations

import time

import numpy as np
from measured import per_second

from steward.science import value

CUSTOMERS, MOST = 40_000, 30


def receipts(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customers who buy at rates of their own and drop out by chance, within a year: customer, week and amount of each receipt."""
    rate, drop = rng.gamma(0.8, 1 / 4, (CUSTOMERS, 1)), rng.beta(0.8, 2.5, (CUSTOMERS, 1))
    weeks = np.hstack([rng.uniform(0, 10, (CUSTOMERS, 1)), rng.exponential(1, (CUSTOMERS, MOST)) / rate]).cumsum(axis=1)
    stays = np.hstack([np.ones((CUSTOMERS, 2), bool), (rng.random((CUSTOMERS, MOST - 1)) > drop)]).cumprod(axis=1).astype(bool)
    who, place = np.nonzero(stays & (weeks < 52))
    return who, weeks[who, place], rng.lognormal(4, 0.6, who.size)


def customer_value() -> dict[str, object]:
    who, weeks, money = receipts(np.random.default_rng(2026))
    dates = np.datetime64("2025-01-01") + (weeks * 7).astype(np.int64)
    known = value.histories(who, dates, money, until="2025-12-31")
    started = time.perf_counter()
    model = value.fit_bgnbd(known.repeats[:5000], known.last[:5000], known.age[:5000])
    seconds = time.perf_counter() - started
    args = (known.repeats, known.last, known.age)
    return {
        "receipts_into_histories_per_second": round(per_second(lambda: value.histories(who, dates, money, until="2025-12-31"), who.size)),
        "rfm_receipts_per_second": round(per_second(lambda: value.rfm(who, dates, money, at="2025-12-31"), who.size)),
        "fit_of_5000_customers_seconds": round(seconds, 2),
        "p_alive_per_second": round(per_second(lambda: value.p_alive(model, *args), known.n)),
        "expected_purchases_per_second": round(per_second(lambda: value.expected_purchases(model, 26, *args), known.n)),
    }


BENCHES = {"value": customer_value}
