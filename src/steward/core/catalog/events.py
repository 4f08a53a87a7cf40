from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("catalog.service_opened")
@dataclass(frozen=True)
class ServiceOpened(Event):
    code_name: str


@event("catalog.service_closed")
@dataclass(frozen=True)
class ServiceClosed(Event):
    code_name: str


@event("catalog.category_opened")
@dataclass(frozen=True)
class CategoryOpened(Event):
    code_name: str


@event("catalog.promise_policy_published")
@dataclass(frozen=True)
class PromisePolicyPublished(Event):
    promise_kind: str
    clock: str
    amount: int
    time_unit: str
    version_number: int
    previous: int | None


@event("catalog.promise_policy_ended")
@dataclass(frozen=True)
class PromisePolicyEnded(Event):
    version_number: int


@event("catalog.promise_policy_confirmed")
@dataclass(frozen=True)
class PromisePolicyConfirmed(Event):
    version_number: int
