from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("writing.review_asked")
@dataclass(frozen=True)
class ReviewAsked(Event):
    """again: after it had been given back."""

    author: int
    reviewer: int
    again: bool


@event("writing.review_decided")
@dataclass(frozen=True)
class ReviewDecided(Event):
    """state: returned, approved, withdrawn."""

    author: int
    reviewer: int
    state: str


@event("writing.draft_sent")
@dataclass(frozen=True)
class SharedDraftSent(Event):
    """author wrote it, sender sent it; in_name_of: whose name stands under it (users' ids)."""

    message: int
    author: int
    sender: int | None
    in_name_of: int | None


@event("writing.demand_set")
@dataclass(frozen=True)
class DemandSet(Event):
    staff: int | None
    kind: str


@event("writing.demand_ended")
@dataclass(frozen=True)
class DemandEnded(Event):
    staff: int | None
    kind: str


@event("writing.colleague_mentioned")
@dataclass(frozen=True)
class ColleagueMentioned(Event):
    message: int
    user: int


@event("writing.watch_changed")
@dataclass(frozen=True)
class WatchChanged(Event):
    user: int
    watches: bool
    how: str
