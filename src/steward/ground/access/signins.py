"""The record of who signed in, was refused or signed out: a journal entry that stays, and a note with the place that a rule of retention ends."""

from __future__ import annotations

from datetime import datetime

from allauth.account.internal.flows.login import get_authentication_records
from django.db import transaction
from django.http import HttpRequest

from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from . import events
from .models import SignInNote, User
from .sessions import device_of, place_of

Result, Method = SignInNote.Result, SignInNote.Method
EVENTS = {
    Result.SIGNED_IN: events.SignedIn,
    Result.REFUSED: events.SignInFailed,
    Result.LOCKED: events.SignInLocked,
    Result.CODE_REFUSED: events.SecondFactorFailed,
    Result.SIGNED_OUT: events.SignedOut,
}


@transaction.atomic
def note_sign_in(
    *, user: User, result: SignInNote.Result, request: HttpRequest, by: Actor, at: datetime, method: SignInNote.Method = Method.NONE
) -> None:
    """Every try with a name that exists is an entry. The text that was typed is not kept: people type passwords where the name belongs."""
    SignInNote.objects.create(user=user, at=at, result=result, method=method, device=device_of(request), place=place_of(request))
    journal.record(EVENTS[result](), subject=user, by=by, at=at, unit_id=user.organisation_id)


def method_of(request: HttpRequest, user: User) -> SignInNote.Method:
    """How this session was opened, from the steps that were taken."""
    records = get_authentication_records(request, user)
    taken = {str(record.get("method")) for record in records}
    if any(record.get("passwordless") for record in records):
        return Method.PASSKEY
    if "socialaccount" in taken:
        return Method.PROVIDER_CODE if "mfa" in taken else Method.PROVIDER
    return Method.CODE if "mfa" in taken else Method.PASSWORD


@transaction.atomic
def note_own_change(*, event: Event, user: User, by: Actor, at: datetime) -> None:
    """Somebody set up, changed or switched off their own second factor."""
    journal.record(event, subject=user, by=by, at=at, unit_id=user.organisation_id)
