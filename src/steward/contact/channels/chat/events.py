from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.chat_saved")
@dataclass(frozen=True)
class ChatSaved(Event):
    enabled: bool
    origins: int
    queue: int


@event("channels.chat_started")
@dataclass(frozen=True)
class ChatStarted(Event):
    conversation: int
    site: int


@event("channels.chat_ended")
@dataclass(frozen=True)
class ChatEnded(Event):
    """how: by whom or by what. waited: seconds to the first answer, or to the end without one."""

    conversation: int
    how: str
    answered: bool
    waited: int


@event("channels.chat_handed")
@dataclass(frozen=True)
class ChatHanded(Event):
    """outcome: asked, accepted, declined, withdrawn, or returned (put back for anybody)."""

    conversation: int
    giver: int | None
    taker: int | None
    outcome: str


@event("channels.transcript_asked")
@dataclass(frozen=True)
class TranscriptAsked(Event):
    conversation: int
    dispatch: int
