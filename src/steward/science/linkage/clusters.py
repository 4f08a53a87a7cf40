"""From pairs to persons: where "the same" begins, groups of records, one-to-one matches, and how good they are against a known truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from steward.science.guards import share

if TYPE_CHECKING:
    from steward.science.linkage.linking import Ints, Linked


def threshold_for(linked: Linked, precision: float = 0.99) -> float:
    """The lowest probability at which the pairs from there up are expected, by the model's own probabilities, to be right that often; 1 if none."""
    share(precision, "precision")
    order = np.sort(linked.probability)[::-1]
    expected = np.cumsum(order) / np.arange(1, order.size + 1)
    good = np.flatnonzero(expected >= precision)
    return float(order[good[-1]]) if good.size else 1.0


def one_to_one(linked: Linked, threshold: float = 0.5) -> Ints:
    """Positions of the pairs kept when each record is in at most one: the best pair first, then the best of what is left.

    For two sources that each hold a person once. Ties are broken by the order of the records, so that a result can be repeated.
    """
    left_taken: set[int] = set()
    right_taken: set[int] = left_taken if linked.others is None else set()
    kept = []
    for pair in np.flatnonzero(linked.probability >= threshold).tolist():
        left, right = int(linked.left[pair]), int(linked.right[pair])
        if left not in left_taken and right not in right_taken:
            left_taken.add(left)
            right_taken.add(right)
            kept.append(pair)
    return np.array(kept, dtype=np.int64)


def clusters(linked: Linked, threshold: float = 0.9) -> Ints:
    """The person of each record, numbered by first appearance (with two sources: the first one's records, then the other's).

    Records in a chain of pairs at or above the threshold are one person.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first = len(linked.records)
    total = first + (0 if linked.others is None else len(linked.others))
    kept = linked.probability >= threshold
    left, right = linked.left[kept], linked.right[kept] + (0 if linked.others is None else first)
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(left.size), (left, right)), shape=(total, total))
    labels: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


@dataclass(frozen=True, slots=True)
class Quality:
    """Pairs found against a known truth: ``true_pairs`` there are, ``found`` of ``right`` are right."""

    true_pairs: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are right; 1 when none was found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that were found; 1 when there are none."""
        return self.right / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return 2 * self.right / (self.found + self.true_pairs) if self.found + self.true_pairs else 1.0


def pairs_in(labels: ArrayLike) -> int:
    """How many pairs of records share a label."""
    sizes = np.unique(np.asarray(labels), return_counts=True)[1]
    return int((sizes * (sizes - 1) // 2).sum())


def cluster_quality(labels: ArrayLike, persons: ArrayLike) -> Quality:
    """Groups against the true persons, counted over pairs of records in the same group."""
    ours, truth = np.unique(np.asarray(labels), return_inverse=True)[1], np.unique(np.asarray(persons), return_inverse=True)[1]
    if ours.shape != truth.shape:
        raise ValueError("there must be one person for each record")
    both = ours.astype(np.int64) * (int(truth.max(initial=0)) + 1) + truth
    return Quality(pairs_in(truth), pairs_in(ours), pairs_in(both))
