"""Sign-in services of an organisation: set up by its administrator, trusted by the operator, and who comes in through one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.journal import operations as journal
from steward.ground.journal import vault
from steward.ground.journal.actors import Actor

from . import events
from .errors import Refused
from .models import IdentityProvider, SignInRule, Unit, User
from .policies import access_at, require

PURPOSE = "access.identity_provider"
RIGHT = "access.secure"
FIELDS = ("name", "issuer", "client_id", "domains", "trusts_second_step", "enabled")


class IssuerNotAllowed(Refused):
    code = "issuer_not_allowed"
    message = _("%(host)s is not among the sign-in services that the operator of this installation allows (STEWARD_SIGN_IN_HOSTS).")
    status = 422


class NotAnIssuer(Refused):
    code = "not_an_issuer"
    message = _("Give the issuer's address as the service names it: https, without ? and #.")
    status = 422


class NeedsSecret(Refused):
    code = "needs_secret"
    message = _("Enter the secret again: the one kept was for another issuer or client.")
    status = 422


class ProviderThere(Refused):
    code = "provider_there"
    message = _("This issuer is set up with this client already.")


class SecretGone(Refused):
    code = "provider_secret_gone"
    message = _("The secret of this sign-in service cannot be opened here. An administrator enters it again.")


class NoProvider(Refused):
    code = "no_provider"
    message = _("Switch a sign-in service on first, and sign in with it once yourself. Otherwise nobody could come in.")
    status = 422


class LastWayIn(Refused):
    code = "last_way_in"
    message = _("This is your only way in. Ask your administrator for a password first.")


class NotLetIn(Exception):
    """Why somebody whom the service knows does not come in: code says it to the log, never to whoever tries."""

    def __init__(self, code: str, user: User | None = None) -> None:
        super().__init__(code)
        self.code, self.user = code, user


@dataclass(frozen=True)
class Claims:
    """What a checked token says. subject: the identity, for ever the same at this issuer; amr: how the person showed who they are (RFC 8176)."""

    subject: str
    email: str = ""
    email_verified: bool = False
    amr: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def save_provider(
    *,
    organisation: Unit,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    provider: IdentityProvider | None = None,
    secret: str = "",
) -> IdentityProvider:
    """Set a sign-in service up or change it. values: each of FIELDS; secret: empty keeps the one before.

    Raises Forbidden, NotAnIssuer, IssuerNotAllowed, NeedsSecret, ProviderThere.
    """
    require(by, RIGHT, organisation, at=at)
    row = provider or IdentityProvider(organisation=organisation)
    if row.organisation_id != organisation.pk:
        raise ProviderThere()
    before = (row.issuer, row.client_id)
    wanted = {**values, "domains": sorted({str(domain).strip().lower().lstrip("@") for domain in values["domains"]} - {""})}
    changed = [name for name in FIELDS if getattr(row, name) != wanted[name]] + (["secret"] if secret else [])
    for name in FIELDS:
        setattr(row, name, wanted[name])
    check_issuer(row.issuer)
    if not changed:
        return row
    if secret:
        row.secret = vault.seal(_key(row), PURPOSE, {"secret": secret})
    elif not row.secret or before != (row.issuer, row.client_id):
        # A secret is sent to nobody but whom it was entered for.
        raise NeedsSecret()
    try:
        with transaction.atomic():
            row.save(update_fields=changed if row.pk else None)
    except IntegrityError:
        raise ProviderThere() from None
    if before[0] and before[0] != row.issuer:
        # Identities of another issuer say nothing about whoever has the same ones at this.
        SocialAccount.objects.filter(provider=str(row.public_id)).delete()
    event = events.ProviderSaved(urlsplit(row.issuer).hostname or "", changed, row.enabled, row.trusts_second_step)
    journal.record(event, subject=row, by=by, at=at, unit_id=organisation.pk)
    return row


def check_issuer(issuer: str) -> None:
    """Raises NotAnIssuer, IssuerNotAllowed. Whoever answers for an issuer lets people in, so that the operator names them, not an administrator."""
    parts = urlsplit(issuer)
    try:
        port = parts.port
    except ValueError:
        raise NotAnIssuer() from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise NotAnIssuer()
    named = {parts.hostname, f"{parts.hostname}:{port or (443 if parts.scheme == 'https' else 80)}"}
    if not named & {host.lower() for host in settings.STEWARD_SIGN_IN_HOSTS}:
        raise IssuerNotAllowed(host=parts.netloc)
    if parts.scheme == "http" and not named & set(settings.STEWARD_WEBHOOK_ALLOW):
        raise NotAnIssuer()


def secret_of(provider: IdentityProvider) -> str:
    """Raises SecretGone when the key is not here (a backup without its keys)."""
    try:
        values = vault.unseal(_key(provider), PURPOSE, bytes(provider.secret or b""))
    except ValueError:
        values = None
    if not values:
        raise SecretGone()
    return str(values["secret"])


def offered() -> list[IdentityProvider]:
    """What the sign-in page offers, of every organisation of this installation."""
    return list(IdentityProvider.objects.filter(enabled=True).order_by("name", "pk"))


@transaction.atomic
def person_entering(*, provider: IdentityProvider, claims: Claims, by: Actor, at: datetime) -> User:
    """The colleague whom the identity is, linked at the first time by an address that the service has verified. Raises NotLetIn."""
    known = SocialAccount.objects.select_for_update().filter(provider=str(provider.public_id), uid=claims.subject).first()
    if known is not None:
        return _let_in(User.objects.get(pk=known.user_id), provider)
    user = _let_in(_by_address(provider, claims), provider)
    if SocialAccount.objects.filter(provider=str(provider.public_id), user=user).exists():
        # An address that was given to somebody else opens nothing: the colleague here is another identity already.
        raise NotLetIn("linked_otherwise", user)
    SocialAccount.objects.create(provider=str(provider.public_id), uid=claims.subject, user=user)
    event = events.IdentityLinked(user.pk, provider.pk)
    journal.record(event, subject=user, by=by, at=at, unit_id=user.organisation_id)
    return user


def _by_address(provider: IdentityProvider, claims: Claims) -> User:
    if not claims.email or claims.email_verified is not True:
        raise NotLetIn("email_unverified")
    if provider.domains and claims.email.rpartition("@")[2].lower() not in provider.domains:
        raise NotLetIn("domain")
    found = list(User.objects.filter(organisation=provider.organisation_id, email__iexact=claims.email)[:2])
    if len(found) != 1:
        raise NotLetIn("unknown" if not found else "ambiguous")
    return found[0]


def _let_in(user: User, provider: IdentityProvider) -> User:
    if user.organisation_id != provider.organisation_id:
        raise NotLetIn("other_organisation", user)
    if not user.is_active:
        raise NotLetIn("left", user)
    return user


def only_by_provider(user: User, *, at: datetime) -> bool:
    """Whether password and passkey are closed to the person. Who keeps the accounts safe keeps theirs, for the day the service is down."""
    if not SignInRule.objects.filter(organisation_id=user.organisation_id, provider_only=True).exists():
        return False
    return user.organisation is None or not access_at(user, at).may(RIGHT, user.organisation)


def links_of(user: User) -> list[tuple[SocialAccount, IdentityProvider]]:
    rows = {str(row.public_id): row for row in IdentityProvider.objects.filter(organisation=user.organisation_id)}
    return [(link, rows[link.provider]) for link in SocialAccount.objects.filter(user=user).order_by("pk") if link.provider in rows]


@transaction.atomic
def unlink(*, user: User, link_id: int, by: Actor, at: datetime) -> bool:
    """Take one's own link away. Raises LastWayIn; False when there was none."""
    found = [(link, row) for link, row in links_of(user) if link.pk == link_id]
    if not found:
        return False
    if not user.has_usable_password() or only_by_provider(user, at=at):
        raise LastWayIn()
    link, row = found[0]
    link.delete()
    event = events.IdentityUnlinked(user.pk, row.pk)
    journal.record(event, subject=user, by=by, at=at, unit_id=user.organisation_id)
    return True


def _key(provider: IdentityProvider) -> str:
    return f"access.provider:{provider.public_id}:secret"
