from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("access.role_granted")
@dataclass(frozen=True)
class RoleGranted(Event):
    user: int
    role: str
    unit: int


@event("access.grant_ended")
@dataclass(frozen=True)
class GrantEnded(Event):
    user: int
    role: str
    unit: int


@event("access.role_changed")
@dataclass(frozen=True)
class RoleChanged(Event):
    added: list[str]
    removed: list[str]


@event("access.confidant_added")
@dataclass(frozen=True)
class ConfidantAdded(Event):
    user: int


@event("access.confidant_removed")
@dataclass(frozen=True)
class ConfidantRemoved(Event):
    user: int


@event("access.glass_broken")
@dataclass(frozen=True)
class GlassBroken(Event):
    user: int
    until: str


@event("access.personal_revealed")
@dataclass(frozen=True)
class PersonalRevealed(Event):
    fields: list[str]


@event("access.rows_exported")
@dataclass(frozen=True)
class RowsExported(Event):
    list: str
    rows: int


@event("access.signed_in")
@dataclass(frozen=True)
class SignedIn(Event):
    pass


@event("access.sign_in_failed")
@dataclass(frozen=True)
class SignInFailed(Event):
    pass


@event("access.password_given")
@dataclass(frozen=True)
class PasswordGiven(Event):
    user: int


@event("access.password_changed")
@dataclass(frozen=True)
class PasswordChanged(Event):
    pass
