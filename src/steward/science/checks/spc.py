"""Control limits that others computed: the R package qcc, the NIST/SEMATECH handbook, Montgomery's textbook."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from steward.science import spc
from steward.science.checks import Truth

if TYPE_CHECKING:
    from steward.science.guards import Floats
    from steward.science.spc import Chart

QCC = "R package qcc 3.0, vignette and tests"
NIST = "NIST/SEMATECH e-Handbook 6.3.2.2, flow rates; recomputed"
MONTGOMERY = "Montgomery, Introduction to Statistical Quality Control, exercise 6.1"
COBB = "Cobb (1978), Biometrika 65, 243–251"
CASE = "Domain guide of this project, test vectors"
FLOW_RATES = (49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1)
TEN_DAYS = (27.1, 29.4, 26.8, 30.2, 28.5, 27.9, 31.0, 28.8, 29.9, 27.5)
# Annual flow of the Nile at Aswan, 1871–1970 (Cobb 1978): the level fell when rainfall changed, between 1898 and 1899.
NILE = (
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260,
    1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845,
    864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848,
    890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
)  # fmt: skip


def column(path: Path, name: str, *, trial: bool = False) -> Floats:
    """One column of a table with a header, separated by blanks; only the rows of the trial phase when asked."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader((" ".join(line.split()) for line in lines if line.strip()), delimiter=" "))
    return np.array([float(row[name]) for row in rows if not trial or row["trial"] == "TRUE"])


def without(size: int, *points: int) -> list[bool]:
    """A baseline of all but the named points, which are counted from 1 as in the sources."""
    return [point not in points for point in range(1, size + 1)]


def _juice(data: Path, *left_out: int) -> Chart:
    events = column(data / "spc/qcc_orangejuice.txt", "D", trial=True)
    return spc.p_chart(events, np.full_like(events, 50), without(events.size, *left_out))


def _juice_numbers(data: Path) -> Chart:
    return spc.np_chart(column(data / "spc/qcc_orangejuice.txt", "D", trial=True), 50)


def _juice_later(data: Path) -> Chart:
    events = column(data / "spc/qcc_orangejuice2.txt", "D", trial=True)
    return spc.p_chart(events, np.full_like(events, 50))


def _circuit(data: Path, *left_out: int) -> Chart:
    events = column(data / "spc/qcc_circuit.txt", "x", trial=True)
    return spc.c_chart(events, without(events.size, *left_out))


def _circuit_rate(data: Path) -> Chart:
    """24 points of the trial phase make the limits; the 20 later ones follow."""
    path = data / "spc/qcc_circuit.txt"
    kept = without(46, 6, 20)
    return spc.u_chart(column(path, "x")[kept], column(path, "size")[kept], slice(0, 24))


def _computers(data: Path) -> Chart:
    path = data / "spc/qcc_pcmanufact.txt"
    return spc.u_chart(column(path, "x"), column(path, "size"))


def _viscosity(data: Path, *left_out: int) -> Chart:
    values = column(data / "spc/qcc_viscosity.txt", "viscosity", trial=True)
    return spc.xmr(values, without(values.size, *left_out)).level


def _viscosity_sd(data: Path) -> Chart:
    return spc.xmr(column(data / "spc/qcc_viscosity.txt", "viscosity", trial=True), sigma="sd").level


def _rings(data: Path) -> Floats:
    return column(data / "spc/qcc_pistonrings.txt", "diameter", trial=True).reshape(25, 5)


def _exercise(*left_out: int) -> Chart:
    """Only the sum, 117, and sample 12, 15, are known; the limits need no more."""
    events = np.array([6] * 7 + [5] * 4 + [15] + [5] * 8)
    return spc.p_chart(events, np.full_like(events, 100), without(20, *left_out))


ORANGES, CIRCUIT, OIL, RINGS = "spc/qcc_orangejuice.txt", "spc/qcc_circuit.txt", "spc/qcc_viscosity.txt", "spc/qcc_pistonrings.txt"
# label, how we get the chart, published centre, low and high, half a unit of their last digit, file, source
CHARTS: tuple[tuple[str, Callable[[Path], Chart], tuple[float, float, float], float, str, str], ...] = (
    ("orange juice, p", _juice, (0.2313333, 0.05242755, 0.4102391), 5e-8, ORANGES, QCC),
    ("orange juice, np", _juice_numbers, (11.56667, 2.621377, 20.51196), 5e-6, ORANGES, QCC),
    ("orange juice without 15 and 23, p", lambda data: _juice(data, 15, 23), (0.215, 0.04070284, 0.3892972), 5e-8, ORANGES, QCC),
    ("orange juice later, p", _juice_later, (0.1108333, 0.0, 0.2440207), 5e-8, "spc/qcc_orangejuice2.txt", QCC),
    ("circuit, c", _circuit, (19.84615, 6.481447, 33.21086), 5e-6, CIRCUIT, QCC),
    ("circuit without 6 and 20, c", lambda data: _circuit(data, 6, 20), (19.66667, 6.362532, 32.9708), 5e-5, CIRCUIT, QCC),
    ("circuit per 100, u", _circuit_rate, (0.1966667, 0.06362532, 0.329708), 5e-7, CIRCUIT, QCC),
    ("computers, u", _computers, (1.93, 0.06613305, 3.793867), 5e-7, "spc/qcc_pcmanufact.txt", QCC),
    ("viscosity, XmR", _viscosity, (34.088, 32.56504, 35.61096), 5e-6, OIL, QCC),
    ("viscosity by SD", _viscosity_sd, (34.088, 32.35704, 35.81896), 5e-6, OIL, QCC),
    ("viscosity without 4, XmR", lambda data: _viscosity(data, 4), (33.98947, 32.75425, 35.2247), 5e-5, OIL, QCC),
    ("piston rings, mean", lambda data: spc.xbar_r(_rings(data)).level, (74.00118, 73.98805, 74.0143), 5e-5, RINGS, QCC),
    # qcc takes d3 from a simulation (.8640855 where the integral is .8640819), hence 2e-7 here
    ("piston rings, range (± 2e-7)", lambda data: spc.xbar_r(_rings(data)).spread, (0.02276, 0.0, 0.04812533), 2e-7, RINGS, QCC),
    ("piston rings, deviation", lambda data: spc.xbar_s(_rings(data)).spread, (0.009240037, 0.0, 0.01930242), 5e-9, RINGS, QCC),
    ("flow rate, XmR", lambda _: spc.xmr(FLOW_RATES).level, (50.81, 45.8159, 55.8041), 5e-5, "", NIST),
    ("defects of 100, p", lambda _: _exercise(), (0.0585, 0.0, 0.1289), 5e-5, "", MONTGOMERY),
    ("ten days, XmR", lambda _: spc.xmr(TEN_DAYS).level, (28.71, 22.98, 34.44), 0.005, "", CASE),
    ("38 % of 80, p", lambda _: spc.p_chart([30, 30, 31, 30, 31], [80] * 5), (0.38, 0.217, 0.543), 0.0005, "", CASE),
)


def _all() -> Iterator[Truth]:
    for label, get, published, digit, needs, source in CHARTS:
        for name, value in zip(("centre", "low", "high"), published, strict=True):
            yield Truth("spc", f"{label}: {name}", value, partial(_first, get, name), source, digit, needs=needs)
    without_12 = "defects of 100 without sample 12"
    yield Truth("spc", f"{without_12}: centre", 0.0537, lambda _: float(_exercise(12).centre[0]), MONTGOMERY, 5e-5)
    yield Truth("spc", f"{without_12}: high", 0.1213, lambda _: float(_exercise(12).high[0]), MONTGOMERY, 5e-5)
    yield Truth("spc", "ten days: mean moving range", 2.16, lambda _: float(spc.xmr(TEN_DAYS).spread.centre[0]), CASE, 0.005)
    yield Truth("spc", "ten days: highest moving range", 7.04, lambda _: float(spc.xmr(TEN_DAYS).spread.high[0]), CASE, 0.005)
    yield Truth("spc", "viscosity: points outside", 1, lambda data: _outside(_viscosity(data)), QCC, needs=OIL)
    yield Truth("spc", "circuit: signals by the four Western Electric rules", 1, _western_electric, QCC, needs=CIRCUIT)
    yield Truth("spc", "orange juice: points outside", 2, lambda data: _outside(_juice(data)), QCC, needs=ORANGES)
    yield Truth("spc", "Nile: first year of the shift", 1899, _nile, COBB)


def _first(get: Callable[[Path], Chart], name: str, data: Path) -> float:
    return float(getattr(get(data), name)[0])


def _outside(chart: Chart) -> float:
    return float(len(spc.run_rules(chart, (spc.Rule.BEYOND_LIMITS,))))


def _western_electric(data: Path) -> float:
    return float(len(spc.run_rules(_circuit_rate(data), set(spc.Rule) - {spc.Rule.TREND})))


def _nile(_data: Path) -> float:
    return 1871.0 + spc.shift_points(NILE).proposed[0].index


TRUTHS = tuple(_all())
