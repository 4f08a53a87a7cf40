from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("delivery.message_queued")
@dataclass(frozen=True)
class MessageQueued(Event):
    channel: str
    purpose: str
    until: str


@event("delivery.message_suppressed")
@dataclass(frozen=True)
class MessageSuppressed(Event):
    channel: str
    purpose: str
    cause: str


@event("delivery.message_cancelled")
@dataclass(frozen=True)
class MessageCancelled(Event):
    channel: str
    purpose: str


@event("delivery.message_sent")
@dataclass(frozen=True)
class MessageSent(Event):
    channel: str
    purpose: str
    attempts: int


@event("delivery.message_failed")
@dataclass(frozen=True)
class MessageFailed(Event):
    channel: str
    purpose: str
    attempts: int


@event("delivery.message_retried")
@dataclass(frozen=True)
class MessageRetried(Event):
    channel: str
    purpose: str
