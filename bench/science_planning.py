"""erlang, queueing and forecast: speeds, beside pyworkforce and SimPy in the same run."""

from __future__ import annotations

import numpy as np
from measured import import_seconds, installed, per_second

from steward.science.erlang import erlang_b, required_servers, steady_state

IMPORT_BUDGET_SECONDS = 0.3
YEAR = 17_520  # half-hours


def rng() -> np.random.Generator:
    return np.random.default_rng(2026)


def erlang() -> dict[str, object]:
    rate = rng().gamma(4, 25, YEAR)  # arrivals a half-hour
    servers = np.ceil(rate / 10) + 2
    seconds = import_seconds("steward.science.erlang")
    report: dict[str, object] = {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "erlang_b_per_second": round(per_second(lambda: erlang_b(rate / 10, servers), YEAR)),
        "erlang_b_of_5000_servers_per_second": round(per_second(lambda: erlang_b(np.full(YEAR, 4900.0), 5000), YEAR)),
        "service_level_with_patience_per_second": round(
            per_second(lambda: steady_state(rate / 1800, 180, servers, 120).service_level(20), YEAR)
        ),
        "required_servers_intervals_per_second": round(per_second(lambda: required_servers(rate / 1800, 180, 20), YEAR)),
        "required_servers_with_patience_intervals_per_second": round(
            per_second(lambda: required_servers(rate / 1800, 180, 20, patience=120), YEAR)
        ),
    }
    if installed("pyworkforce"):
        from pyworkforce.queuing import ErlangC

        few = rate[:200]

        def peer() -> None:
            for calls in few:
                ErlangC(transactions=calls, aht=3, asa=20 / 60, interval=30).required_positions(service_level=0.8, max_occupancy=0.85)

        report["peer"] = {"pyworkforce_required_positions_intervals_per_second": round(per_second(peer, few.size))}
    return report


BENCHES = {"erlang": erlang}
