from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("together.request_sent")
@dataclass(frozen=True)
class RequestSent(Event):
    """again: after it had been handed back; what was used of the time stays used."""

    from_unit: int
    to_unit: int
    ola_minutes: int
    used_minutes: int
    again: bool
    holds: bool


@event("together.request_accepted")
@dataclass(frozen=True)
class RequestAccepted(Event):
    owner: int


@event("together.request_returned")
@dataclass(frozen=True)
class RequestReturned(Event):
    reason_code: str
    bounces: int
    used_minutes: int


@event("together.request_answered")
@dataclass(frozen=True)
class RequestAnswered(Event):
    used_minutes: int
    late: bool


@event("together.request_cancelled")
@dataclass(frozen=True)
class RequestCancelled(Event):
    used_minutes: int


@event("together.request_escalated")
@dataclass(frozen=True)
class RequestEscalated(Event):
    """The head of the receiving department was told that the time is nearly over."""

    told: int
    used_minutes: int


@event("together.request_missed")
@dataclass(frozen=True)
class RequestMissed(Event):
    pass


@event("together.location_opened")
@dataclass(frozen=True)
class LocationOpened(Event):
    place: str


@event("together.location_status_set")
@dataclass(frozen=True)
class LocationStatusSet(Event):
    before: str
    after: str


@event("together.order_placed")
@dataclass(frozen=True)
class OrderPlaced(Event):
    location: int
    to_unit: int
    service: int
    first_order: int | None


@event("together.order_dispatched")
@dataclass(frozen=True)
class OrderDispatched(Event):
    before: int | None
    after: int


@event("together.order_moved")
@dataclass(frozen=True)
class OrderMoved(Event):
    """An order was started, done, checked or cancelled."""

    before: str
    after: str
    late: bool


@event("together.order_escalated")
@dataclass(frozen=True)
class OrderEscalated(Event):
    told: int


@event("together.order_settled")
@dataclass(frozen=True)
class OrderSettled(Event):
    """Whether the first attempt was enough is known now."""

    fixed_first_time: bool


@event("together.team_opened")
@dataclass(frozen=True)
class TeamOpened(Event):
    owner: int


@event("together.team_owner_changed")
@dataclass(frozen=True)
class TeamOwnerChanged(Event):
    before: int
    after: int


@event("together.team_joined")
@dataclass(frozen=True)
class TeamJoined(Event):
    staff: int


@event("together.team_closed")
@dataclass(frozen=True)
class TeamClosed(Event):
    pass


@event("together.sub_task_added")
@dataclass(frozen=True)
class SubTaskAdded(Event):
    sub_task: int
    owner: int
    estimate_minutes: int


@event("together.sub_task_done")
@dataclass(frozen=True)
class SubTaskDone(Event):
    sub_task: int


@event("together.decision_noted")
@dataclass(frozen=True)
class DecisionNoted(Event):
    decision: int


@event("together.team_stuck")
@dataclass(frozen=True)
class TeamStuck(Event):
    told: int


@event("together.handoffs_reached")
@dataclass(frozen=True)
class HandoffsReached(Event):
    """A case changed hands so often that its supervisors were told."""

    count: int
    told: int
