"""Where people are signed in: one row for each session, ended at once by deleting what the cookie points to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.http import HttpRequest

from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .models import SignInNote, SignInSession, User
from .operations import NeedsReason
from .policies import policy_for

# How often "last seen" is written; a row for every request would make each of them a write.
SEEN_EVERY = timedelta(minutes=5)
ROW, SEEN = "steward_session", "steward_seen"
_BROWSERS = (
    ("Edg", "Edge"),
    ("MicroMessenger", "WeChat"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))
Ending = SignInSession.Ending


def device_of(request: HttpRequest) -> str:
    """Browser and system as the browser names itself; enough to know one's own again."""
    told = str(request.META.get("HTTP_USER_AGENT", ""))
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    return " · ".join(filter(None, (browser, system)))


def place_of(request: HttpRequest) -> str:
    """The network somebody came from: an IPv4 address without its last number, of an IPv6 address the first 48 bits."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip() or address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return str(ip_network((parsed, 24 if parsed.version == 4 else 48), strict=False))


def begin(request: HttpRequest, user: User, *, at: datetime) -> SignInSession | None:
    """Called when a session has become somebody's; without a stored session (a test's bare request) there is nothing to list."""
    key = request.session.session_key
    if not key:
        return None
    row = SignInSession.objects.create(
        user=user, session_key=key, device=device_of(request), place=place_of(request), started_at=at, seen_at=at
    )
    request.session[ROW] = str(row.public_id)
    request.session[SEEN] = at.timestamp()
    return row


def touch(session: SessionBase, *, at: datetime) -> None:
    """Remember that the session is in use, at most every five minutes; its key too, which changes with the password."""
    row, seen = session.get(ROW), float(session.get(SEEN, 0))
    if row and at.timestamp() - seen >= SEEN_EVERY.total_seconds():
        session[SEEN] = at.timestamp()
        SignInSession.objects.filter(public_id=row, ended_at=None).update(seen_at=at, session_key=session.session_key)


def rekey(session: SessionBase) -> None:
    """The session goes on under a new key."""
    if row := session.get(ROW):
        SignInSession.objects.filter(public_id=row, ended_at=None).update(session_key=session.session_key)


def sign_out(session: SessionBase, *, at: datetime) -> None:
    """The person signs out: the row ends; the session itself is emptied by whoever called."""
    if row := session.get(ROW):
        SignInSession.objects.filter(public_id=row, ended_at=None).update(ended_at=at, ending=Ending.SIGNED_OUT)


def open_sessions(user: User, *, at: datetime) -> models.QuerySet[SignInSession]:
    """What is open and has not run out."""
    since = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignInSession.objects.filter(user=user, ended_at=None, started_at__gt=since).order_by("-seen_at", "-pk")


@transaction.atomic
def end_own(*, user: User, public_id: Any, by: Actor, at: datetime) -> int:
    """End one of one's own sessions. Somebody else's id ends nothing."""
    return _end(user, SignInSession.objects.filter(user=user, public_id=public_id), Ending.BY_OWNER, by, at)


@transaction.atomic
def end_others(*, user: User, keep: SessionBase | None, by: Actor, at: datetime, ending: Ending = Ending.BY_OWNER) -> int:
    """End every session of a person but this one."""
    rows = SignInSession.objects.filter(user=user)
    kept = keep.get(ROW) if keep is not None else None
    return _end(user, rows.exclude(public_id=kept) if kept else rows, ending, by, at)


@transaction.atomic
def end_all_of(*, user: User, by: Actor, at: datetime, reason: str) -> int:
    """An administrator puts somebody out everywhere. Raises Forbidden, NeedsReason."""
    policy_for(User).require(by, "secure", user, at=at)
    if not reason.strip():
        raise NeedsReason()
    return _end(user, SignInSession.objects.filter(user=user), Ending.BY_ADMINISTRATOR, by, at, reason=reason)


@transaction.atomic
def end_of_leaver(*, user: User, by: Actor, at: datetime) -> int:
    """Who has left is out; the caller has checked the right."""
    return _end(user, SignInSession.objects.filter(user=user), Ending.LEFT, by, at)


def _end(user: User, rows: models.QuerySet[SignInSession], ending: Ending, by: Actor, at: datetime, *, reason: str = "") -> int:
    keys = list(rows.filter(ended_at=None).select_for_update().values_list("pk", "session_key"))
    if not keys:
        return 0
    SignInSession.objects.filter(pk__in=[pk for pk, _key in keys]).update(ended_at=at, ending=ending)
    _forget(key for _pk, key in keys)
    SignInNote.objects.create(user=user, at=at, result=SignInNote.Result.ENDED)
    event = events.SessionsEnded(user.pk, len(keys), ending.value)
    journal.record(event, subject=user, by=by, at=at, unit_id=user.organisation_id, reason=reason)
    return len(keys)


def _forget(keys: Iterable[str]) -> None:
    # The next request with such a cookie finds no session: it is out, whatever process answers.
    Session.objects.filter(session_key__in=list(keys)).delete()
