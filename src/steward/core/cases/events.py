from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("cases.case_opened")
@dataclass(frozen=True)
class CaseOpened(Event):
    kind: str
    channel: str
    priority: str
    service: int | None
    category: int | None
    customer: int | None


@event("cases.case_assigned")
@dataclass(frozen=True)
class CaseAssigned(Event):
    before: int | None
    after: int | None
    objections: list[str]


@event("cases.state_changed")
@dataclass(frozen=True)
class StateChanged(Event):
    before: str
    after: str
    reason_code: str


@event("cases.case_closed")
@dataclass(frozen=True)
class CaseClosed(Event):
    before: str
    resolution: str


@event("cases.case_reopened")
@dataclass(frozen=True)
class CaseReopened(Event):
    resolution: str


@event("cases.case_transferred")
@dataclass(frozen=True)
class CaseTransferred(Event):
    before: int
    after: int


@event("cases.kind_suggested")
@dataclass(frozen=True)
class KindSuggested(Event):
    """The rules read a message as something else than the case is called."""

    message: int
    kind: str


@event("cases.suggestion_dismissed")
@dataclass(frozen=True)
class SuggestionDismissed(Event):
    message: int
    kind: str


@event("cases.property_changed")
@dataclass(frozen=True)
class PropertyChanged(Event):
    """A code-valued property of a case: kind, priority, service, category, customer, confidential."""

    field: str
    before: str
    after: str


@event("cases.title_changed")
@dataclass(frozen=True)
class TitleChanged(Event):
    pass


@event("cases.message_added")
@dataclass(frozen=True)
class MessageAdded(Event):
    message: int
    direction: str
    channel: str
    automatic: bool


@event("cases.case_linked")
@dataclass(frozen=True)
class CaseLinked(Event):
    target: int
    kind: str


@event("cases.link_ended")
@dataclass(frozen=True)
class LinkEnded(Event):
    target: int
    kind: str


@event("cases.case_merged")
@dataclass(frozen=True)
class CaseMerged(Event):
    into: int


@event("cases.merge_undone")
@dataclass(frozen=True)
class MergeUndone(Event):
    into: int


@event("cases.promise_made")
@dataclass(frozen=True)
class PromiseMade(Event):
    promise: int
    basis: str
    kind: str
    due_at: str


@event("cases.promise_retimed")
@dataclass(frozen=True)
class PromiseRetimed(Event):
    """A policy, priority or calendar change gave the clock another due time; what had elapsed was kept."""

    promise: int
    kind: str
    clock: str
    before: str
    after: str


@event("cases.promise_met")
@dataclass(frozen=True)
class PromiseMet(Event):
    promise: int
    kind: str
    clock: str
    late: bool


@event("cases.promise_missed")
@dataclass(frozen=True)
class PromiseMissed(Event):
    promise: int
    kind: str
    clock: str
    due_at: str


@event("cases.promise_cancelled")
@dataclass(frozen=True)
class PromiseCancelled(Event):
    promise: int
    kind: str
    clock: str


@event("cases.task_added")
@dataclass(frozen=True)
class TaskAdded(Event):
    task: int
    kind: str
    owner: int | None


@event("cases.task_assigned")
@dataclass(frozen=True)
class TaskAssigned(Event):
    task: int
    before: int | None
    after: int | None


@event("cases.task_finished")
@dataclass(frozen=True)
class TaskFinished(Event):
    task: int
    state: str


@event("cases.staff_concerned")
@dataclass(frozen=True)
class StaffConcerned(Event):
    staff: int
    concerned: bool
