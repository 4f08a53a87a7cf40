"""Passkeys: a key on the telephone or computer that is unlocked there and bound to this house's name, so that no other page can ask for it.

A passkey is two steps in one (the thing, and the finger, face or PIN that opens it), so one is only taken on when the device asked for that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.journal.actors import Actor

from .errors import Refused
from .limits import client_of, limiter
from .models import User
from .providers import only_by_provider
from .second_factor import demanded_of, has_second_factor
from .signins import Method, Result, note_sign_in

NAME_LENGTH, MOST = 60, 10
PER_CLIENT, CLIENT_WINDOW = 20, timedelta(minutes=1)


class LastSecondStep(Refused):
    code = "last_second_step"
    message = _("Your role needs the second step, and this is the last thing you have for it. Add another first.")


class TooManyPasskeys(Refused):
    code = "too_many_passkeys"
    message = _("You have %(most)s passkeys. Remove one that you no longer use first.")


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name of the passkey"), max_length=NAME_LENGTH, help_text=_("So that you know it again: “work telephone”, “laptop”.")
    )


class AddForm(AddWebAuthnForm):
    """`passwordless` is not a choice here: every passkey must have asked for a finger, face or PIN."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field()
        self.initial["name"] = ""
        self.fields.pop("passwordless")

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class RenameForm(EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = name_field()


class _Noted:
    """A passkey that does not fit is a wrong code like any other, when it is known whose it should be."""

    user: User | None

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]  # the form it is mixed into
        except forms.ValidationError:
            if self.user is not None:
                by, at = Actor.system("sign_in"), clock.now()
                request = context.request
                note_sign_in(user=self.user, result=Result.CODE_REFUSED, method=Method.CODE, request=request, by=by, at=at)
            raise
        return found


class SecondStepForm(_Noted, AuthenticateWebAuthnForm):
    pass


class ConfirmForm(_Noted, ReauthenticateWebAuthnForm):
    pass


class SignInForm(LoginWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        found: Authenticator = super().clean_credential()
        if not found.user.is_active or only_by_provider(found.user, at=clock.now()):
            # The same words as for a passkey that nobody has: the answer does not tell who works here.
            raise forms.ValidationError(_("This passkey opens nothing here."))
        return found


def refuse_too_many_tries(request: HttpRequest) -> bool:
    """Whether this client has tried too often; counted over all processes."""
    key = f"passkey:client:{client_of(request)}"
    return bool(limiter.take(key, limit=PER_CLIENT, lasts=CLIENT_WINDOW, at=clock.now()))


def passkeys_of(user: User) -> list[Authenticator]:
    return list(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def require_room(user: User) -> None:
    """Raises TooManyPasskeys."""
    if Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).count() >= MOST:
        raise TooManyPasskeys(most=MOST)


def require_removable(authenticator: Authenticator, user: User) -> None:
    """Raises LastSecondStep: whose role demands a second step keeps one."""
    if demanded_of(user, at=clock.now()) and not has_second_factor(user, but=authenticator.pk):
        raise LastSecondStep()
