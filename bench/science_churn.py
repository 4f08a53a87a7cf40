"""churn: seconds to measure and train, customers scored and explained a second."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from measured import import_seconds, per_second

from steward.science import churn

CUSTOMERS = 20_000
DEFINITION = churn.Definition(churn.Leaving.CONTRACT_ENDED, 30, "The contract ended within 30 days")


def customers() -> tuple[dict[str, list[object]], np.ndarray]:
    """Eight amounts with gaps and eight categories, of which some matter."""
    rng = np.random.default_rng(2026)
    amounts, words = rng.gamma(2, 10, (8, CUSTOMERS)), rng.integers(0, 4, (8, CUSTOMERS))
    odds = 0.5 - 0.05 * amounts[0] - 0.02 * amounts[1] + 0.6 * (words[0] == 1) - 0.4 * (words[1] == 2)
    left = rng.random(CUSTOMERS) < 1 / (1 + np.exp(-odds))
    columns: dict[str, list[object]] = {
        f"amount{place}": [None if x > 60 else x for x in row.tolist()] for place, row in enumerate(amounts)
    }
    return columns | {f"word{place}": [f"w{x}" for x in row] for place, row in enumerate(words)}, left


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 2)


def leaving() -> dict[str, object]:
    columns, left = customers()
    model = churn.train(columns, left, DEFINITION, challenger=False)
    some = {name: values[:2000] for name, values in columns.items()}
    return {
        "customers": CUSTOMERS,
        "import_seconds": round(import_seconds("steward.science.churn"), 3),
        "evaluate_seconds": seconds(lambda: churn.evaluate(columns, left, DEFINITION, challenger=False)),
        "evaluate_with_challenger_seconds": seconds(lambda: churn.evaluate(columns, left, DEFINITION)),
        "scored_per_second": round(per_second(lambda: model.probability(columns), CUSTOMERS)),
        "explained_per_second": round(per_second(lambda: model.explain(some), 2000)),
    }


BENCHES = {"churn": leaving}
