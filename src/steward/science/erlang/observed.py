"""Service level from counts: six customs that differ by several points on the same day, so each figure says which one it is."""

from __future__ import annotations

from dataclasses import dataclass

from steward.science.guards import NoData, count


@dataclass(frozen=True, slots=True)
class ObservedServiceLevel:
    """The same day by every custom, as shares.

    ``strict``: answered within / all. ``answered_only``: answered within / answered. ``all_within``: (answered + left within) / all.
    ``left_within_excluded``: answered within / (all − left within). ``short_as_good``: (answered + left shortly) / all.
    ``short_excluded``: answered within / (all − left shortly).
    """

    strict: float
    answered_only: float
    all_within: float
    left_within_excluded: float
    short_as_good: float
    short_excluded: float


def observed_service_level(answered: int, left: int, answered_within: int, left_within: int, left_shortly: int = 0) -> ObservedServiceLevel:
    """Count the service level by each custom.

    ``answered`` and ``left`` (abandoned) make all contacts; ``…_within`` of them within the promised time; ``left_shortly`` after so short a time
    that nobody could have answered, at most ``left_within``. Errors: NotANumber, ValueError, NoData when nothing was answered.
    """
    n = count(answered, "answered") + count(left, "left")
    good, gone, short = count(answered_within, "answered_within"), count(left_within, "left_within"), count(left_shortly, "left_shortly")
    if good > answered or gone > left or short > gone:
        raise ValueError("a part must not exceed its whole: answered_within ≤ answered, left_shortly ≤ left_within ≤ left")
    if not answered:
        raise NoData("nothing was answered")
    return ObservedServiceLevel(good / n, good / answered, (good + gone) / n, good / (n - gone), (good + short) / n, good / (n - short))
