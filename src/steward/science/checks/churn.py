"""7,043 customers of a telephone company, of whom 1,869 left: what a model that can be read reaches beside others."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path

from steward.science import churn
from steward.science.checks import Truth

FILE = "churn/Telco-Customer-Churn.csv"
PEER = "peer on the same folds (5, seed 42): logistic .8451, gradient boosting .8470"
LEAK = "above it the data know the answer"
AMOUNTS = ("tenure", "MonthlyCharges", "TotalCharges")
PROTECTED = ("gender", "SeniorCitizen")
DEFINITION = churn.Definition(churn.Leaving.CONTRACT_ENDED, 30, "The contract ended within the last month")
SEED, CEILING = 42, 0.86


def customers(data: Path) -> tuple[dict[str, list[object]], list[int]]:
    """The columns, amounts as numbers with gaps, and who left."""
    with (data / FILE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = [name for name in rows[0] if name not in ("customerID", "Churn")]
    columns: dict[str, list[object]] = {
        name: [(float(row[name]) if row[name].strip() else None) if name in AMOUNTS else row[name] for row in rows] for name in names
    }
    return columns, [int(row["Churn"] == "Yes") for row in rows]


@lru_cache(maxsize=2)
def evaluated(data: Path) -> churn.Evaluation:
    """Five folds, without what the law protects."""
    columns, left = customers(data)
    return churn.evaluate(columns, left, DEFINITION, seed=SEED, protected=PROTECTED, too_good=CEILING)


def _truths() -> Iterator[Truth]:
    truth = partial(Truth, "churn", needs=FILE, libraries=("sklearn",))
    yield truth("Telco, AUC of the model that can be read", 0.845, lambda data: evaluated(data).auc.estimate, PEER, relation="at_least")
    yield truth("Telco, AUC that would be leakage", CEILING, lambda data: evaluated(data).auc.estimate, LEAK, relation="at_most")
    yield truth("Telco, signs of leakage", 0, lambda data: float(len(evaluated(data).leakage)), LEAK)
    yield truth("Telco, Brier score", 0.1347, lambda data: evaluated(data).brier, PEER, relation="at_most")
    yield truth("Telco, lift of the top tenth (± .05)", 2.87, lambda data: evaluated(data).lift, PEER, 0.05)
    yield truth("Telco, AUC of the challenger (± .005)", 0.8470, lambda data: evaluated(data).challenger_auc or 0.0, PEER, 5e-3)


TRUTHS = tuple(_truths())
