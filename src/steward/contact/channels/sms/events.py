from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.sms_provider_saved")
@dataclass(frozen=True)
class SmsProviderSaved(Event):
    enabled: bool
    manner: str
    new_secret: bool


@event("channels.sms_received")
@dataclass(frozen=True)
class SmsReceived(Event):
    """A text message came in. case: the case it opened or was added to."""

    outcome: str
    case: int | None


@event("channels.sms_delivered")
@dataclass(frozen=True)
class SmsDelivered(Event):
    dispatch: int
    segments: int
