from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.token_issued")
@dataclass(frozen=True)
class TokenIssued(Event):
    prefix: str
    user: int | None
    scopes: list[str]
    until: str


@event("channels.token_revoked")
@dataclass(frozen=True)
class TokenRevoked(Event):
    prefix: str


@event("channels.form_saved")
@dataclass(frozen=True)
class FormSaved(Event):
    enabled: bool
    slug: str
    services: list[int]


@event("channels.link_issued")
@dataclass(frozen=True)
class LinkIssued(Event):
    link: int
    way: str
    until: str


@event("channels.links_revoked")
@dataclass(frozen=True)
class LinksRevoked(Event):
    links: int


@event("channels.verdict_given")
@dataclass(frozen=True)
class VerdictGiven(Event):
    """The person said whether their matter is solved."""

    solved: bool
