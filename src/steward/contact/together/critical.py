"""The critical path of pieces of work that wait for one another: which of them decide when everything is done. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Circle(ValueError):
    """Pieces of work wait for one another in a circle."""


@dataclass(frozen=True)
class Path(Generic[Key]):
    """The longest chain, in its order, and how many minutes it takes."""

    minutes: int
    keys: Sequence[Key]


def critical_path(estimates: Mapping[Key, int], needs: Mapping[Key, Collection[Key]]) -> Path[Key]:
    """The longest chain of work. estimates: minutes of each piece; needs: what must be done before it (what is not estimated takes no time).

    Of chains that take equally long, the one whose pieces come first in `estimates`. Raises Circle.
    """
    longest: dict[Key, Path[Key]] = {}
    for key in _in_order(estimates, needs):
        before = [longest[need] for need in estimates if need in needs.get(key, ())]
        best = max(before, key=lambda path: path.minutes, default=Path[Key](0, ()))
        longest[key] = Path(best.minutes + estimates[key], (*best.keys, key))
    ends = [longest[key] for key in estimates]
    return max(ends, key=lambda path: path.minutes, default=Path[Key](0, ()))


def _in_order(estimates: Mapping[Key, int], needs: Mapping[Key, Collection[Key]]) -> list[Key]:
    """What is needed first comes first."""
    left = {key: {need for need in needs.get(key, ()) if need in estimates} for key in estimates}
    order: list[Key] = []
    while left:
        ready = [key for key, waits in left.items() if not waits]
        if not ready:
            raise Circle("work waits for itself")
        order += ready
        left = {key: waits.difference(ready) for key, waits in left.items() if key not in ready}
    return order
