from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("catalog.pair_judged")
@dataclass(frozen=True)
class PairJudged(Event):
    """other: the number of the other standard's document."""

    other: int
    verdict: str


@event("catalog.results_published")
@dataclass(frozen=True)
class ResultsPublished(Event):
    """month: its first day; kept, missed, unknown: how many promises."""

    month: str
    kept: int
    missed: int
    unknown: int
