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


@event("access.sign_in_locked")
@dataclass(frozen=True)
class SignInLocked(Event):
    """Too many wrong passwords for one name, or too many tries from one client."""


@event("access.second_factor_failed")
@dataclass(frozen=True)
class SecondFactorFailed(Event):
    pass


@event("access.signed_out")
@dataclass(frozen=True)
class SignedOut(Event):
    pass


@event("access.sessions_ended")
@dataclass(frozen=True)
class SessionsEnded(Event):
    user: int
    sessions: int
    ending: str


@event("access.second_factor_set_up")
@dataclass(frozen=True)
class SecondFactorSetUp(Event):
    pass


@event("access.second_factor_removed")
@dataclass(frozen=True)
class SecondFactorRemoved(Event):
    pass


@event("access.passkey_added")
@dataclass(frozen=True)
class PasskeyAdded(Event):
    pass


@event("access.passkey_renamed")
@dataclass(frozen=True)
class PasskeyRenamed(Event):
    pass


@event("access.passkey_removed")
@dataclass(frozen=True)
class PasskeyRemoved(Event):
    pass


@event("access.recovery_codes_made")
@dataclass(frozen=True)
class RecoveryCodesMade(Event):
    pass


@event("access.second_factor_reset")
@dataclass(frozen=True)
class SecondFactorReset(Event):
    user: int


@event("access.second_factor_demanded")
@dataclass(frozen=True)
class SecondFactorDemanded(Event):
    """Whether who holds a role must sign in with a second factor."""

    required: bool


@event("access.sign_in_rule_changed")
@dataclass(frozen=True)
class SignInRuleChanged(Event):
    confirm_minutes: int
    provider_only: bool = False


@event("access.provider_saved")
@dataclass(frozen=True)
class ProviderSaved(Event):
    """A sign-in service: the host that answers for it, what was changed, and how it stands. Its secret is in no entry."""

    host: str
    changed: list[str]
    enabled: bool
    trusts_second_step: bool


@event("access.identity_linked")
@dataclass(frozen=True)
class IdentityLinked(Event):
    user: int
    provider: int


@event("access.identity_unlinked")
@dataclass(frozen=True)
class IdentityUnlinked(Event):
    user: int
    provider: int
