"""Agreement that others computed: Krippendorff, Fleiss, Shrout & Fleiss, Cohen's kappa in R."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from steward.science import agreement
from steward.science.checks import Truth

CASES = "agreement/cases.json"
KRIPPENDORFF = "Krippendorff (2011), Computing Krippendorff's Alpha-Reliability"
WIKIPEDIA = "Wikipedia: {}"
SHROUT = "Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428; their two digits carried to four with pingouin"
PSYCH = "R package psych, ICC() of the ratings of Shrout & Fleiss"
STATPSYCH = "R package statpsych, ci.kappa(.05, 31, 12, 4, 58)"
FLEISS = "Fleiss (1971), Psychological Bulletin 76, 378–382; R, irr::kappam.fleiss"
CASE = "Domain guide of this project, test vectors"
LEVELS: tuple[agreement.Level, ...] = ("nominal", "ordinal", "interval", "ratio")
JUDGED = ((9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7))  # 6 targets × 4 judges
ICC: dict[agreement.IccForm, tuple[float, float, float]] = {  # correlation, low, high
    "ICC(1,1)": (0.1657, -0.133, 0.72),
    "ICC(2,1)": (0.2898, 0.019, 0.76),
    "ICC(3,1)": (0.7148, 0.342, 0.95),
    "ICC(1,k)": (0.4428, -0.884, 0.91),
    "ICC(2,k)": (0.6201, 0.071, 0.93),
    "ICC(3,k)": (0.9093, 0.676, 0.99),
}
# Fleiss (1971), table 1: how many of 6 psychiatrists made which of 5 diagnoses of 30 patients
DIAGNOSES = (
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0), (2, 0, 4, 0, 0), (0, 0, 4, 0, 2), (2, 0, 3, 1, 0),
    (2, 0, 0, 4, 0), (0, 0, 0, 0, 6), (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1), (0, 0, 5, 0, 1),
    (3, 0, 0, 1, 2), (5, 1, 0, 0, 0), (0, 2, 0, 4, 0), (1, 0, 2, 0, 3), (0, 0, 0, 0, 6), (0, 1, 0, 5, 0), (0, 2, 0, 1, 3), (2, 0, 0, 4, 0),
    (1, 0, 0, 4, 1), (0, 5, 0, 1, 0), (4, 0, 0, 0, 2), (0, 2, 0, 4, 0), (1, 0, 5, 0, 0), (0, 0, 0, 0, 6),
)  # fmt: skip


def _all() -> Iterator[Truth]:
    for level, value in zip(LEVELS, (0.743421, 0.815388, 0.849107, 0.797403), strict=True):
        yield _alpha(f"alpha 4 × 12, {level}", "krippendorff_2011_4x12", level, value, KRIPPENDORFF)
    some: dict[agreement.Level, float] = {"nominal": 0.691358, "interval": 0.810845}
    for level, value in some.items():
        yield _alpha(f"alpha 3 × 15, {level}", "krippendorff_wikipedia_3x15", level, value, WIKIPEDIA.format("Krippendorff's alpha"))
    wiki = WIKIPEDIA.format("Fleiss' kappa")
    yield Truth("agreement", "Fleiss, 14 raters", 0.209931, _fleiss_14, wiki, 5e-7, needs=CASES)
    yield Truth("agreement", "Fleiss, diagnoses", 0.4302445, lambda _: agreement.fleiss_kappa(DIAGNOSES).kappa, FLEISS, 5e-8)
    yield from _cohen()
    for form, values in ICC.items():
        for name, value, digit in zip(("icc", "low", "high"), values, (5e-5, 5e-4, 5e-3), strict=True):
            source = SHROUT if name == "icc" else PSYCH
            yield Truth("agreement", f"{form}: {name}", value, partial(_icc, form, name), source, digit)


def _alpha(label: str, case: str, level: agreement.Level, value: float, source: str) -> Truth:
    return Truth("agreement", label, value, partial(_krippendorff, case, level), source, 5e-7, needs=CASES)


def _cohen() -> Iterator[Truth]:
    wiki = WIKIPEDIA.format("Cohen's kappa")
    for table, value, digit in (
        (((20, 5), (10, 15)), 0.4, 1e-12),
        (((45, 15), (25, 15)), 0.130435, 5e-7),
        (((25, 35), (5, 35)), 0.259259, 5e-7),
    ):
        yield Truth("agreement", f"Cohen {table}", value, lambda _, table=table: agreement.cohen_kappa(table).kappa, wiki, digit)  # type: ignore[misc]
    for name, value in (("kappa", 0.6756757), ("low", 0.5317210), ("high", 0.8196303)):
        yield Truth("agreement", f"Cohen ((31, 12), (4, 58)): {name}", value, partial(_statpsych, name), STATPSYCH, 5e-8)
    for name, value, digit in (("observed", 0.8375, 1e-12), ("expected", 0.5125, 1e-12), ("kappa", 0.667, 0.0005)):
        yield Truth("agreement", f"Cohen ((40, 5), (8, 27)): {name}", value, partial(_guide, name), CASE, digit)


def _cases(data: Path) -> Any:
    return json.loads((data / CASES).read_text(encoding="utf-8"))


def _krippendorff(case: str, level: agreement.Level, data: Path) -> float:
    return agreement.krippendorff_alpha(_cases(data)[case]["ratings"], level).alpha


def _fleiss_14(data: Path) -> float:
    return agreement.fleiss_kappa(_cases(data)["fleiss_wikipedia_14raters_10subjects"]["counts"]).kappa


def _statpsych(name: str, _data: Path) -> float:
    return float(getattr(agreement.cohen_kappa([[31, 12], [4, 58]]), name))


def _guide(name: str, _data: Path) -> float:
    return float(getattr(agreement.cohen_kappa([[40, 5], [8, 27]]), name))


def _icc(form: agreement.IccForm, name: str, _data: Path) -> float:
    return float(getattr(agreement.icc(JUDGED, form), name))


TRUTHS = tuple(_all())
