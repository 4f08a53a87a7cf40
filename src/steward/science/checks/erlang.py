"""Staffing figures that others published or computed: pyworkforce, Garnett et al., the tables of Erlang B, a bank's need by hour."""

from __future__ import annotations

import csv
import gzip
import importlib
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from steward.science import erlang
from steward.science.checks import Truth

if TYPE_CHECKING:
    from numpy.typing import NDArray

CASES = "erlang/erlang_c_cases.csv"
SHIFTS = "arrivals/anonymous_bank_shifts.csv"
CALLS = "arrivals/anonymous_bank_1999_02.tsv.gz"
README = "pyworkforce README, test_erlang.py"
TABLE = "Published Erlang-C cases; sources in erlang_c_cases.csv"
PEER = "pyworkforce 0.5, computed in the same run: largest gap over the ten cases"
GARNETT = "Garnett, Mandelbaum & Reiman (2002), Designing a call center with impatient customers, example"
B_TABLE = "Erlang B table, 1 % blocking"
BANK = "Published staffing of the anonymous bank's call centre, February 1999"
CASE = "Domain guide of this project, test vectors"
NEED = "1 1 1 0 1 1 1 4 8 9 10 9 8 16 10 10 6 7 8 8 6 6 5 4"
FIGURES = {"service_level": 5e-7, "occupancy": 5e-7, "prob_wait": 5e-7, "asa_s": 5e-4}
# rate an hour, service time in s, promise in s, servers: share who wait, service level, mean wait in s, half a unit of their last digits
VECTORS = (
    (500, 300, 20, 48, (0.2518, 0.8349, 11.93)),
    (500, 300, 20, 47, (None, 0.7743, None)),
    (120, 240, 20, 11, (None, 0.8092, 19.60)),
    (120, 240, 20, 10, (None, 0.6536, 49.10)),
    (60, 360, 20, 9, (None, 0.8341, 23.52)),
    (60, 360, 20, 8, (None, 0.6806, None)),
    (36, 540, 600, 6, (None, 0.6200, 666.0)),
    (36, 540, 600, 7, (None, 0.9277, 144.6)),
    (36, 540, 600, 8, (None, 0.9871, 48.6)),
)


def cases(data: Path) -> list[dict[str, float]]:
    """The ten cases, without their sources."""
    with (data / CASES).open(encoding="utf-8") as lines:
        return [{name: float(value) for name, value in row.items() if name != "source"} for row in csv.DictReader(lines)]


def staffed(case: dict[str, float]) -> erlang.Staffing:
    """What we say about a case."""
    return erlang.required_servers(
        case["calls"] / case["interval_s"],
        case["aht_s"],
        case["target_s"],
        case["sl_target"],
        max_occupancy=case["max_occupancy"],
        shrinkage=case["shrinkage"],
    )


def _figures(staffing: erlang.Staffing) -> dict[str, float]:
    state = staffing.state
    return {
        "raw_agents": float(staffing.required),
        "agents_with_shrinkage": float(staffing.rostered),
        "service_level": float(staffing.service_level),
        "occupancy": float(state.occupancy),
        "prob_wait": float(state.p_wait),
        "asa_s": float(state.asa),
    }


def _all() -> Iterator[Truth]:
    for name in ("raw_agents", "agents_with_shrinkage", *FIGURES):
        yield Truth("erlang", f"ten cases, {name}: largest gap", 0, partial(_gap, name), TABLE, FIGURES.get(name, 0.0) * 1.001, needs=CASES)
    for name, value in (("service_level", 0.8883500191794669), ("occupancy", 0.7142857142857143), ("prob_wait", 0.1741319335950498)):
        yield Truth("erlang", f"100 calls in 30 min, {name}", value, partial(_readme, name), README, 1e-9)
    for name in ("service_level", "occupancy", "prob_wait", "asa_s"):
        yield Truth("erlang", f"beside pyworkforce, {name}", 0, partial(_peer, name), PEER, 1e-9, needs=CASES, libraries=("pyworkforce",))
    yield from _garnett()
    for servers, load, digit in ((10, 4.461, 5e-4), (20, 12.03, 5e-3), (100, 84.06, 5e-3)):
        yield Truth("erlang", f"load of {servers} servers at 1 % blocking", load, partial(_load_at, servers), B_TABLE, digit)
    yield from _vectors()
    yield Truth("erlang", "bank by hour: hours whose need differs", 0, _need_gap, BANK, needs=CALLS)
    yield Truth("erlang", "bank: least cost of shifts on that need", 6336, _cover, BANK, needs=SHIFTS)
    yield from _observed()


def _gap(name: str, data: Path) -> float:
    return max(abs(_figures(staffed(case))[name] - case[name]) for case in cases(data))


def _readme(name: str, _data: Path) -> float:
    return _figures(erlang.required_servers(100 / 1800, 180, 20, shrinkage=0.3))[name]


def _peer(name: str, data: Path) -> float:
    queuing: Any = importlib.import_module("pyworkforce.queuing")
    gaps: list[float] = []
    for case in cases(data):
        peer = queuing.ErlangC(
            transactions=case["calls"],
            aht=case["aht_s"] / 60,
            asa=case["target_s"] / 60,
            interval=case["interval_s"] / 60,
            shrinkage=case["shrinkage"],
        )
        theirs = peer.required_positions(service_level=case["sl_target"], max_occupancy=case["max_occupancy"])
        servers = theirs["raw_positions"]
        asa = peer.waiting_probability(servers) * case["aht_s"] / (servers - peer.intensity)
        values = {"service_level": theirs["service_level"], "occupancy": theirs["occupancy"], "asa_s": asa}
        values["prob_wait"] = theirs["waiting_probability"]
        gaps.append(abs(_figures(staffed(case))[name] - float(values[name])))
    return max(gaps)


def _garnett() -> Iterator[Truth]:
    for patience, label, published in (
        (np.inf, "C", {"asa": (20.8, 0.05), "queue_length": (17, 0.5), "occupancy": (0.96, 0.005)}),
        (2.0, "A", {"abandon_rate": (0.031, 5e-4), "asa": (3.7, 0.05), "queue_length": (3, 0.5), "occupancy": (0.93, 0.005)}),
    ):
        for name, (value, digit) in published.items():
            yield Truth("erlang", f"48 a minute, 50 agents, Erlang {label}: {name}", value, partial(_large, patience, name), GARNETT, digit)


def _large(patience: float, name: str, _data: Path) -> float:
    value = float(getattr(erlang.steady_state(48, 1, 50, patience), name))
    return value * 60 if name == "asa" else value


def _load_at(servers: int, _data: Path) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda load: float(erlang.erlang_b(load, servers)) - 0.01, 1e-3, servers, xtol=1e-12))


def _vectors() -> Iterator[Truth]:
    for rate, aht, within, servers, published in VECTORS:
        for name, value, digit in zip(("share who wait", "service level", "mean wait"), published, (5e-5, 5e-5, 5e-3), strict=True):
            if value is not None:
                slack = 0.3 if within == 600 and name == "mean wait" else digit  # printed in hundredths of a minute
                label = f"{rate}/h × {aht} s, {servers} servers: {name}"
                yield Truth("erlang", label, value, partial(_vector, rate, aht, within, servers, name), CASE, slack)
    yield Truth("erlang", "11 heads at 30 % shrinkage", 16, _rostered, CASE)
    yield Truth(
        "erlang", "120/h × 240 s, 80 % in 20 s: heads", 11, lambda _: float(erlang.required_servers(1 / 30, 240, 20).required), CASE
    )


def _vector(rate: float, aht: float, within: float, servers: int, name: str, _data: Path) -> float:
    state = erlang.steady_state(rate / 3600, aht, servers)
    return float({"share who wait": state.p_wait, "service level": state.service_level(within), "mean wait": state.asa}[name])


def _rostered(_data: Path) -> float:
    return float(erlang.required_servers(1 / 30, 240, 20, shrinkage=0.3).rostered)


@lru_cache(maxsize=2)
def bank_calls(path: Path) -> tuple[dict[str, str], ...]:
    """The calls of the bank's log that the published figures count: no phantom, no negative time in the menu."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        return tuple(row for row in rows if row["outcome"] != "PHANTOM" and float(row["vru_time"]) >= 0)


def wednesday_need(data: Path) -> NDArray[np.int64]:
    """Servers by hour on February's four Wednesdays: at most half of the callers wait, 15 calls an hour and agent."""
    hours = [int(row["vru_entry"].split(":")[0]) for row in bank_calls(data / CALLS) if int(row["date"]) % 100 in (3, 10, 17, 24)]
    calls = np.bincount(hours, minlength=24) / 4
    return erlang.required_servers(calls, 1 / 15, 0, 0.5, max_occupancy=1.0).required


def _need_gap(data: Path) -> float:
    return float((wednesday_need(data) != np.array(NEED.split(), dtype=int)).sum())


def _cover(data: Path) -> float:
    """Eight shifts over 24 hours; nobody is planned before 6:00."""
    with (data / SHIFTS).open(encoding="utf-8") as lines:
        works = [[int(row[f"Shift{k}"]) for k in range(1, 9)] for row in csv.DictReader(lines)]
    need = np.array(NEED.split(), dtype=int)
    need[:6] = 0
    return erlang.cover_shifts(need, works, (252, 288, 180, 180, 180, 288, 288, 288)).cost


def _observed() -> Iterator[Truth]:
    published = (0.8113, 0.86, 0.8302, 0.8269, 0.8208, 0.8190)
    names = ("strict", "answered_only", "all_within", "left_within_excluded", "short_as_good", "short_excluded")
    for name, value in zip(names, published, strict=True):
        yield Truth("erlang", f"service level of a day, {name}", value, partial(_custom, name), CASE, 5e-5)


def _custom(name: str, _data: Path) -> float:
    return float(getattr(erlang.observed_service_level(1000, 60, 860, 20, 10), name))


TRUTHS = tuple(_all())
