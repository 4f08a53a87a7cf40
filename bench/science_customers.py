"""value and churn: histories, fits and scores a second."""

from __future__ import annotations

import time

import numpy as np
from measured import per_second

from steward.science import value

RECEIPTS, CUSTOMERS = 200_000, 40_000


def customer_value() -> dict[str, object]:
    rng = np.random.default_rng(2026)
    who = rng.integers(0, CUSTOMERS, RECEIPTS)
    dates = np.datetime64("2025-01-01") + rng.integers(0, 365, RECEIPTS)
    money = rng.lognormal(4, 0.6, RECEIPTS)
    known = value.histories(who, dates, money, until="2025-12-31")
    started = time.perf_counter()
    model = value.fit_bgnbd(known.repeats[:5000], known.last[:5000], known.age[:5000])
    seconds = time.perf_counter() - started
    args = (known.repeats, known.last, known.age)
    return {
        "receipts_into_histories_per_second": round(per_second(lambda: value.histories(who, dates, money, until="2025-12-31"), RECEIPTS)),
        "rfm_receipts_per_second": round(per_second(lambda: value.rfm(who, dates, money, at="2025-12-31"), RECEIPTS)),
        "fit_of_5000_customers_seconds": round(seconds, 2),
        "p_alive_per_second": round(per_second(lambda: value.p_alive(model, *args), known.n)),
        "expected_purchases_per_second": round(per_second(lambda: value.expected_purchases(model, 26, *args), known.n)),
    }


BENCHES = {"value": customer_value}
