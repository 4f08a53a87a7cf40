"""erlang, queueing and forecast: speeds, beside pyworkforce and SimPy in the same run."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from measured import import_seconds, installed, per_second

from steward.science.checks.forecast import CALENDAR, FILE, MONDAYS, bank_history
from steward.science.erlang import erlang_b, required_servers, steady_state
from steward.science.forecast import History, intraday_update
from steward.science.forecast import forecast as forecast_of
from steward.science.queueing import Group, Line, Scenario, compare, exponential, lognormal, simulate

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


VISITS_BUDGET = 500_000
HALL = (24, 44, 52, 38, 30, 40, 46, 22)  # arrivals by hour of a bank's hall
OPEN_WINDOWS = (5, 7, 8, 7, 6, 6, 7, 5)


def hall(times: int = 1, mean: float = 9.0) -> Scenario:
    """The hall on one queue; ``times`` as busy and as large."""
    customers = Line("hall", [n * times for n in HALL], lognormal(mean, 0.8), exponential(70))
    return Scenario([customers], [Group("windows", [n * times for n in OPEN_WINDOWS])], 60)


def skilled() -> Scenario:
    """Four kinds of customers, four groups with several skills each, priorities and turning round."""
    lines = [
        Line(name, [n * 2 for n in HALL], lognormal(8, 0.8), exponential(40), priority=min(place, 1), balk=[0.0] * 8 + [0.3])
        for place, name in enumerate(("care", "cash", "cards", "loans"))
    ]
    skills = (("care", "cash"), ("cash", "cards", "loans"), ("loans", "care"), ())
    return Scenario(lines, [Group(str(place), [n * 2 for n in OPEN_WINDOWS], own) for place, own in enumerate(skills)], 60)


def visits_per_second(scenario: Scenario, days: int) -> float:
    visits = simulate(scenario, days, 1).visits.arrived.size
    return per_second(lambda: simulate(scenario, days, 1), visits)


def by_simpy(days: int) -> int:
    """The hall by SimPy, at a constant number of windows, which is less work than ours."""
    import simpy

    seen = 0
    for day in range(days):
        draw = np.random.default_rng(day)
        env = simpy.Environment()
        windows = simpy.Resource(env, capacity=6)

        def customer(env: simpy.Environment, windows: simpy.Resource, service: float, patience: float) -> object:
            with windows.request() as turn:
                got = yield turn | env.timeout(patience)
                if turn in got:
                    yield env.timeout(service)

        def arrivals(env: simpy.Environment, windows: simpy.Resource, draw: np.random.Generator) -> object:
            nonlocal seen
            for n in HALL:
                for moment in np.diff(np.sort(draw.random(draw.poisson(n))) * 60, prepend=0.0):
                    yield env.timeout(moment)
                    seen += 1
                    env.process(customer(env, windows, draw.lognormal(2, 0.7), draw.exponential(70)))

        env.process(arrivals(env, windows, draw))
        env.run()
    return seen


def queueing() -> dict[str, object]:
    seconds = import_seconds("steward.science.queueing")
    one = visits_per_second(hall(10), 100)
    report: dict[str, object] = {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "one_queue": {"visits_per_second": round(one), "budget": VISITS_BUDGET, "within_budget": one >= VISITS_BUDGET},
        "one_queue_small_days_visits_per_second": round(visits_per_second(hall(), 300)),
        "four_kinds_four_groups_visits_per_second": round(visits_per_second(skilled(), 100)),
        "compare_4_options_60_days_per_second": round(
            per_second(lambda: compare({str(mean): hall(mean=mean) for mean in (9.0, 8.4, 7.8, 7.2)}, 60, 1, promise=10)), 1
        ),
    }
    if installed("simpy"):
        visits = by_simpy(20)
        report["peer"] = {"simpy_one_queue_visits_per_second": round(per_second(lambda: by_simpy(20), visits))}
    return report


DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FOUR_WEEKS_BUDGET_SECONDS = 5.0


def forecast() -> dict[str, object]:
    seconds = import_seconds("steward.science.forecast")
    days = np.datetime64(date(2024, 1, 1)) + np.arange(730)
    two_years = History(days, rng().poisson(40.0, (730, 48)).astype(float), 30)
    plan = np.full(48, 40.0)
    report: dict[str, object] = {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "two_years_of_half_hours_4_weeks_ahead_per_second": round(per_second(lambda: forecast_of(two_years, 28)), 2),
        "intraday_updates_per_second": round(per_second(lambda: intraday_update(plan, plan[:20], day_cv=0.1, slot_cv=0.05))),
    }
    if (DATA / FILE).exists():
        history = bank_history(DATA / FILE, 30)
        began = time.perf_counter()
        for monday in MONDAYS:
            forecast_of(history.until(monday - timedelta(days=1)), 7, CALENDAR)
        taken = time.perf_counter() - began
        within = taken <= FOUR_WEEKS_BUDGET_SECONDS
        report["bank_four_weeks"] = {"seconds": round(taken, 2), "budget": FOUR_WEEKS_BUDGET_SECONDS, "within_budget": within}
    return report


BENCHES = {"erlang": erlang, "queueing": queueing, "forecast": forecast}
