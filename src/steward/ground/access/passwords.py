"""First passwords and changes of passwords."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.crypto import get_random_string

from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event

from . import events
from .models import SignInSession, User
from .sessions import end_others, rekey

# Without letters and digits that look alike when somebody reads them out or copies them from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 12


@transaction.atomic
def give_password(*, user: User, by: Actor, at: datetime) -> str:
    """A new password that works once: whoever signs in with it must choose their own first. The caller has checked the right to do this.

    Sessions of the person end, because they hang from the password. It is returned once and stored nowhere in the clear.
    """
    password = get_random_string(LENGTH, ALPHABET)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_others(user=user, keep=None, by=by, at=at, ending=SignInSession.Ending.PASSWORD)
    _record(events.PasswordGiven(user.pk), user, by, at)
    return password


@transaction.atomic
def note_password_changed(*, user: User, keep: SessionBase, by: Actor, at: datetime) -> None:
    """The person chose a password of their own; wherever else they were signed in, they are out."""
    rekey(keep)
    end_others(user=user, keep=keep, by=by, at=at, ending=SignInSession.Ending.PASSWORD)
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.must_change_password = False
    _record(events.PasswordChanged(), user, by, at)


def _record(event: Event, user: User, by: Actor, at: datetime) -> None:
    journal.record(event, subject=user, by=by, at=at, unit_id=user.organisation_id)
