"""mining: events a second for variants and directly-follows, loading apart; beside pm4py where an environment that has it is named.

pm4py has a licence of its own kind and never comes into this project's environment: STEWARD_PM4PY=/path/to/its/python lets it take part.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from measured import import_seconds, per_second

from steward.science import mining

IMPORT_BUDGET_SECONDS, EVENTS_BUDGET = 0.3, 700_000
CASES = 60_000
STEPS = np.array(["register", "examine", "ask", "answer", "decide", "approve", "inform", "close"])
PEER = """
import json, sys, time
import pandas, pm4py
frame = pandas.read_csv(sys.argv[1], parse_dates=["time:timestamp"], dtype={"case:concept:name": str})
frame["time:timestamp"] = frame["time:timestamp"].dt.tz_localize("UTC")
started = time.perf_counter()
found = len(pm4py.get_variants(frame)), len(pm4py.discover_dfg(frame)[0])
print(json.dumps([found, time.perf_counter() - started]))
"""


def events() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cases of four to eleven steps that mostly go forward: about 450,000 events."""
    rng = np.random.default_rng(2026)
    sizes = rng.integers(4, 12, CASES)
    case = np.repeat(np.arange(CASES), sizes)
    place = np.arange(case.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    step = np.clip(place + rng.choice([-1, 0, 0, 0, 0, 0, 0, 0, 0, 1], case.size), 0, STEPS.size - 1)
    minutes = rng.integers(0, 500_000, CASES)[case] + place * 90 + rng.integers(0, 80, case.size)
    return case.astype(str), STEPS[step], np.datetime64("2026-01-01T00:00") + minutes.astype("timedelta64[m]")


def paths() -> dict[str, object]:
    given = events()
    started = time.perf_counter()
    log = mining.EventLog.from_arrays(*given)
    loaded, size = time.perf_counter() - started, given[0].size

    def both() -> tuple[int, int]:
        return len(mining.variants(log)), len(mining.directly_follows(log))

    rate, seconds = per_second(both, size), import_seconds("steward.science.mining")
    report: dict[str, object] = {
        "import": {"seconds": round(seconds, 3), "budget": IMPORT_BUDGET_SECONDS, "within_budget": seconds <= IMPORT_BUDGET_SECONDS},
        "events": size,
        "variants_and_pairs": both(),
        "loaded_events_per_second": round(size / loaded),
        "variants_and_directly_follows": {
            "events_per_second": round(rate), "budget": EVENTS_BUDGET, "within_budget": rate >= EVENTS_BUDGET
        },
        "waiting_events_per_second": round(per_second(lambda: mining.waiting(log), size)),
        "rework_events_per_second": round(per_second(lambda: mining.rework(log), size)),
    }  # fmt: skip
    if python := os.environ.get("STEWARD_PM4PY"):
        report["peer"] = peer(python, given)
    return report


def peer(python: str, given: tuple[np.ndarray, np.ndarray, np.ndarray]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        lines = (f"{case},{step},{at}" for case, step, at in zip(*given, strict=True))
        file.write_text("case:concept:name,concept:name,time:timestamp\n" + "\n".join(lines), encoding="utf-8")
        run = subprocess.run([python, "-c", PEER, str(file)], capture_output=True, text=True, check=True)
    found, seconds = json.loads(run.stdout.strip().splitlines()[-1])
    return {"pm4py_variants_and_pairs": found, "pm4py_events_per_second": round(given[0].size / seconds)}


BENCHES = {"mining": paths}
