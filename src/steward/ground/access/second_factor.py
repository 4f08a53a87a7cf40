"""The second factor: a code from an app, a passkey, or a recovery code.

Secrets are sealed by the house's vault; tries are counted over all processes.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.journal import operations as journal
from steward.ground.journal import vault
from steward.ground.journal.actors import Actor

from . import events
from .errors import Forbidden
from .limits import hidden, limiter
from .models import Role, User
from .operations import NeedsReason
from .policies import access_at, policy_for, require

TRIES, WINDOW = 5, timedelta(minutes=5)
# One key for all, in the vault and so in no copy of the database. Each secret is bound to what it is for.
KEY, PURPOSE = "house:second-factor:standard", "access.second_factor"


class StaffMFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or was used already. Wait for the next one."),
        "cannot_delete_authenticator": _("Your role needs the second step, so that it cannot be switched off."),
    }

    def encrypt(self, text: str) -> str:
        return base64.b64encode(vault.seal(KEY, PURPOSE, {"secret": text})).decode()

    def decrypt(self, encrypted_text: str) -> str:
        values = vault.unseal(KEY, PURPOSE, base64.b64decode(encrypted_text))
        # Without its key (a database restored without its vault) a secret fits no code; an administrator resets the second step.
        return str(values["secret"]) if values else ""

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not demanded_of(authenticator.user, at=clock.now()) or has_second_factor(authenticator.user, but=authenticator.pk)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Steward"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name, "name": user.username}


class CountedCode:
    """What the forms that take a code have in common: allauth counts tries in one process's cache, the house over all of them."""

    user: User

    def clean_code(self) -> str:
        at, key = clock.now(), f"code:user:{self.user.pk}"
        if limiter.take(key, limit=TRIES, lasts=WINDOW, at=at):
            raise forms.ValidationError(_("Too many wrong codes. Wait five minutes, then try again."))
        code = str(super().clean_code())  # type: ignore[misc]  # the form it is mixed into
        if limiter.take(f"code:used:{hidden(str(self.user.pk), code)}", limit=1, lasts=timedelta(days=1), at=at):
            raise StaffMFAAdapter().validation_error("incorrect_code")
        limiter.give_back(key, lasts=WINDOW, at=at)
        return code


def _say(form: Any, label: Any) -> None:
    form.fields["code"].label = label
    form.fields["code"].max_length = 20
    form.fields["code"].widget.attrs.update({"inputmode": "numeric", "placeholder": "", "autofocus": True})


class SignInCodeForm(CountedCode, AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, _("Code from your app, or a recovery code"))


class ConfirmCodeForm(CountedCode, ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, _("Code from your app, or a recovery code"))


class SetUpForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, _("Code that the app shows"))


def has_second_factor(user: User, *, but: int | None = None) -> bool:
    """An app or a passkey; recovery codes alone are none. but: the id of one that is about to go."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=user.pk, type__in=types).exclude(pk=but).exists()


def demanded_of(user: User, *, at: datetime) -> bool:
    """Whether one of the roles that the person holds now asks for it."""
    return access_at(user, at).needs_second_factor


def is_missing(user: User) -> bool:
    """Whether the person must set it up before anything else answers."""
    return user.access.needs_second_factor and not has_second_factor(user)


@transaction.atomic
def demand(*, role: Role, required: bool, by: Actor, at: datetime) -> None:
    """Who holds the role signs in with a second factor, from the next page on. Raises Forbidden."""
    require(by, "access.secure", role.organisation, at=at)
    if Role.objects.filter(pk=role.pk).exclude(second_factor=required).update(second_factor=required):
        role.second_factor = required
        journal.record(events.SecondFactorDemanded(required), subject=role, by=by, at=at, unit_id=role.organisation_id)


@transaction.atomic
def reset(*, user: User, by: Actor, at: datetime, reason: str) -> bool:
    """Take somebody's second factor away, because their telephone is lost. Raises Forbidden, NeedsReason; False when there was none."""
    policy_for(User).require(by, "secure", user, at=at)
    _refuse_above_oneself(by, user, at)
    if not reason.strip():
        raise NeedsReason()
    if not Authenticator.objects.filter(user_id=user.pk).delete()[0]:
        return False
    journal.record(events.SecondFactorReset(user.pk), subject=user, by=by, at=at, unit_id=user.organisation_id, reason=reason)
    return True


def _refuse_above_oneself(by: Actor, user: User, at: datetime) -> None:
    """Nobody opens the account of somebody who may do more: with the right to give passwords that would be every right of theirs."""
    if by.user is None:
        return
    mine, theirs = access_at(by.user, at), access_at(user, at)
    if not all(mine.covers(code, path) or mine.covers("access.grant_any", path) for code in theirs.codes for path in theirs.paths(code)):
        raise Forbidden(action="access.secure")
