from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.mailbox_saved")
@dataclass(frozen=True)
class MailboxSaved(Event):
    enabled: bool
    auth: str
    new_secret: bool


@event("channels.mail_settled")
@dataclass(frozen=True)
class MailSettled(Event):
    """What became of a mail. case: the case it opened or was added to."""

    outcome: str
    cause: str
    case: int | None


@event("channels.mail_bounced")
@dataclass(frozen=True)
class MailBounced(Event):
    dispatch: int
