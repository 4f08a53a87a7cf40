"""From pairs to persons: where "the same" begins, groups of records, one-to-one matches, and how good they are against a known truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from steward.science.guards import share
from steward.science.inference import Interval, wilson, wilson_many

if TYPE_CHECKING:
    from steward.science.linkage.linking import Ints, Linked


def threshold_for(
    linked: Linked, precision: float = 0.99, *, labelled: Mapping[int, bool] | None = None, confidence: float = 0.95
) -> float:
    """The lowest probability from which on pairs are right that often; 1 if there is none.

    Without labels, as the model's own probabilities expect it: a hope, which on written persons proved up to about one point too high. labelled:
    position of a pair → whether people found it right; then the lower end of Wilson's interval over the labelled pairs from there up must reach
    ``precision``, which takes at least 381 of them for .99. Pairs for labelling should be drawn at random from those above .5.
    Errors: ValueError.
    """
    share(precision, "precision")
    if labelled is None:
        likely = np.sort(linked.probability)[::-1]
        good = np.flatnonzero(np.cumsum(likely) / np.arange(1, likely.size + 1) >= precision)
        return float(likely[good[-1]]) if good.size else 1.0
    if not labelled:
        return 1.0
    order = sorted(labelled, key=lambda pair: -float(linked.probability[pair]))
    right = np.cumsum([labelled[pair] for pair in order])
    low = wilson_many(right, np.arange(1, right.size + 1), confidence).low
    good = np.flatnonzero(low >= precision)
    return float(linked.probability[order[int(good[-1])]]) if good.size else 1.0


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

    def intervals(self, confidence: float = 0.95) -> tuple[Interval, Interval]:
        """Precision and recall with Wilson's intervals; pairs of one cluster are not independent, so they are a little too narrow.
        Errors: NoData where nothing was found or there is nothing to find."""
        return wilson(self.right, self.found, confidence), wilson(self.right, self.true_pairs, confidence)

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
