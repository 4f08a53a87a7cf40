"""CDNOW: 2,357 customers of a record shop, the set on which the BG/NBD and gamma–gamma models were published."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

from steward.science import value
from steward.science.checks import Truth

PAPER = "Fader, Hardie & Lee (2005), Marketing Science 24, 275–284; R package BTYD"
SPENDING = "Fader & Hardie (2013), gamma-gamma note; lifetimes documentation"
PEER = "measured with lifetimes 0.11 on the same file"
LATEST, END, LAST = "1997-09-30", "1998-06-30", 39.0
PUBLISHED = value.BgNbd(0.243, 4.414, 0.793, 2.426)


def receipts(data: Path) -> tuple[list[str], list[str], list[float]]:
    """Customer, day and amount of every receipt of the sample."""
    rows = [line.split() for line in (data / "clv/CDNOW_sample.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
    return [row[1] for row in rows], [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows], [float(row[4]) for row in rows]


@lru_cache(maxsize=2)
def first_half(data: Path) -> value.Histories:
    return value.histories(*receipts(data), until=LATEST)


@lru_cache(maxsize=2)
def fitted(data: Path) -> value.BgNbd:
    known = first_half(data)
    return value.fit_bgnbd(known.repeats, known.last, known.age)


@lru_cache(maxsize=2)
def spending(data: Path) -> value.GammaGamma:
    rows = list(csv.DictReader((data / "clv/cdnow_customers_summary_with_transactions.csv").open(encoding="utf-8")))
    return value.fit_gamma_gamma([float(row["x"]) for row in rows], [float(row["zbar"]) for row in rows])


@lru_cache(maxsize=2)
def foreseen(data: Path) -> value.HoldoutCheck:
    known, later = first_half(data), value.histories(*receipts(data), until=END)
    return value.check_holdout(
        value.expected_purchases(fitted(data), LAST, known.repeats, known.last, known.age), later.repeats - known.repeats
    )


def unlike_the_summary(data: Path) -> float:
    """How many of the published customer lines ours differ from, at their two decimals."""
    rows = list(csv.DictReader((data / "clv/cdnow_customers_summary.csv").open(encoding="utf-8")))
    theirs = np.array([[float(row[name]) for name in ("frequency", "recency", "T")] for row in rows])
    known = first_half(data)
    ours = np.stack([known.repeats, known.last, known.age], axis=1)
    return float((np.abs(ours - theirs) > 0.0051).any(axis=1).sum())


def _of(get: Callable[[Path], object], name: str) -> Callable[[Path], float]:
    return lambda data: float(getattr(get(data), name))


def _truths() -> Iterator[Truth]:
    data = partial(Truth, "value", needs="clv/CDNOW_sample.txt", libraries=("scipy",))
    yield data("CDNOW: customer lines that differ from the published ones", 0, unlike_the_summary, PAPER)
    for name, published, tolerance in (("r", 0.2426, 5e-5), ("alpha", 4.414, 5e-4), ("a", 0.793, 5e-4), ("b", 2.426, 5e-4)):
        yield data(f"BG/NBD {name}", published, _of(fitted, name), PAPER, tolerance)
    yield data("BG/NBD log-likelihood", -9582.43, _of(fitted, "log_likelihood"), PAPER, 5e-3)
    yield Truth(
        "value", "P(alive), x 2, t 30.43, T 38.86", 0.7266, lambda _data: float(value.p_alive(PUBLISHED, 2, 30.43, 38.86)), PAPER, 5e-5
    )
    yield Truth(
        "value", "E[Y(39)], x 2, t 30.43, T 38.86", 1.226,
        lambda _data: float(value.expected_purchases(PUBLISHED, 39, 2, 30.43, 38.86)), PAPER, 5e-4,
    )  # fmt: skip
    for name, published, tolerance in (("p", 6.249, 1.5e-2), ("q", 3.745, 5e-3), ("v", 15.448, 3e-2)):
        yield data(f"gamma–gamma {name}", published, _of(spending, name), SPENDING, tolerance)
    yield data("weeks 40–78: purchases made", 1882, _of(foreseen, "made"), PEER)
    yield data("weeks 40–78: purchases foreseen", 1653, _of(foreseen, "foreseen"), PEER, 0.5)
    yield data("weeks 40–78: mean absolute error", 0.785, _of(foreseen, "mean_absolute_error"), PEER, 5e-4)
    yield data("weeks 40–78: error of foreseeing nothing", 0.798, _of(foreseen, "mean_absolute_error_of_nothing"), PEER, 6e-4)
    yield data("weeks 40–78: root mean square error", 1.608, _of(foreseen, "root_mean_square_error"), PEER, 5e-4)


TRUTHS = tuple(_truths())
