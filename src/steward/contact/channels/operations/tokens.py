"""Tokens of programs: issued once, shown once, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, Q

from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import access_at, policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.statements import Prepared

from .. import events
from ..errors import BadExpiry, UnknownScope
from ..models import ApiToken
from ..scopes import SCOPES

_VALID = Prepared(
    lambda digest, at: ApiToken.objects.select_related("unit").filter(digest=digest, revoked_at=None, expires_at__gt=at),
    CharField(), DateTimeField(),
)  # fmt: skip
MARK = "stw"  # what a scanner for leaked secrets looks for
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=366)
USE_NOTED_EVERY = timedelta(minutes=1)


def digest_of_secret(secret: str) -> str:
    """Secrets here have 192 bits or more, so that a plain digest cannot be searched through."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def issue_token(
    *,
    unit: Unit,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    by: Actor,
    at: datetime,
    user: User | None = None,
    per_minute: int = 0,
) -> tuple[ApiToken, str]:
    """A new token and, this once, its secret. user: acts in their name; nobody gets a token in the name of somebody else, for it would put
    words into their mouth. Whoever issues it holds what it allows, or the right to grant anything. Raises Forbidden, UnknownScope, BadExpiry."""
    require(by, "channels.tokens", unit, at=at)
    wanted = sorted(set(scopes))
    for code in wanted:
        if code not in SCOPES:
            raise UnknownScope(name=code[:40])
    if not at + SHORTEST <= expires_at <= at + LONGEST:
        raise BadExpiry()
    _refuse_more_than_own(by, wanted, unit, user, at)
    prefix = secrets.token_hex(4)
    secret = f"{MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        name=name.strip()[:80] or prefix,
        unit=unit,
        user=user,
        scopes=wanted,
        prefix=prefix,
        digest=digest_of_secret(secret),
        per_minute=per_minute or int(settings.STEWARD_API_PER_MINUTE),
        created_by=by.user,
        created_at=at,
        expires_at=expires_at,
    )
    event = events.TokenIssued(prefix, user.pk if user else None, wanted, expires_at.isoformat())
    journal.record(event, subject=token, by=by, at=at, unit_id=unit.pk, links=[user] if user else [])
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Actor, at: datetime, reason: str = "") -> None:
    policy_for(ApiToken).require(by, "revoke", token, at=at)
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        journal.record(events.TokenRevoked(token.prefix), subject=token, by=by, at=at, unit_id=token.unit_id, reason=reason)


def authenticate(secret: str, *, at: datetime) -> ApiToken | None:
    """The token behind a secret, while it is valid and whoever it acts for still works here."""
    if len(secret) > 200:
        return None
    token = _VALID.first(digest_of_secret(secret), at)  # the digest is unique
    if token is None or token.unit.closed_at is not None or (token.user is not None and not token.user.is_active):
        return None
    return token


def note_use(*, token: ApiToken, at: datetime) -> None:
    """Remember that the token was used, at most once a minute; the journal names the token in every entry anyway."""
    before = at - USE_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at < before:
        ApiToken.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=before), pk=token.pk).update(last_used_at=at)


def _refuse_more_than_own(by: Actor, scopes: list[str], unit: Unit, user: User | None, at: datetime) -> None:
    if by.user is None:
        return
    if user is not None and user.pk != by.user.pk:
        raise Forbidden(action="channels.tokens")
    access = access_at(by.user, at)
    if user is None and not access.may("access.grant_any", unit) and not all(access.may(SCOPES[code].capability, unit) for code in scopes):
        raise Forbidden(action="channels.tokens")
