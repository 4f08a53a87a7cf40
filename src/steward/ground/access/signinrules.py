"""How people of an organisation sign in: after how long a sensitive act asks again."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .errors import Refused
from .models import IdentityProvider, SignInRule, Unit
from .policies import require
from .providers import NoProvider

LEAST_MINUTES, MOST_MINUTES = 5, 720


class OutOfRange(Refused):
    code = "confirm_minutes_out_of_range"
    message = _("Choose between %(least)s and %(most)s minutes.")
    status = 422


def rule_of(organisation: Unit) -> SignInRule:
    """The rule in force; the house's own where none was chosen."""
    return SignInRule.objects.filter(organisation=organisation).first() or SignInRule(organisation=organisation)


@transaction.atomic
def change_rule(*, organisation: Unit, confirm_minutes: int, by: Actor, at: datetime, provider_only: bool = False) -> SignInRule:
    """Raises Forbidden, OutOfRange, NoProvider."""
    require(by, "access.secure", organisation, at=at)
    if not LEAST_MINUTES <= confirm_minutes <= MOST_MINUTES:
        raise OutOfRange(least=LEAST_MINUTES, most=MOST_MINUTES)
    rule = SignInRule.objects.select_for_update().filter(organisation=organisation).first() or SignInRule(organisation=organisation)
    if rule.pk and (rule.confirm_minutes, rule.provider_only) == (confirm_minutes, provider_only):
        return rule
    if provider_only and not rule.provider_only:
        _require_a_way_in(organisation, by)
    values = {"confirm_minutes": confirm_minutes, "provider_only": provider_only}
    saved, _created = SignInRule.objects.update_or_create(organisation=organisation, defaults=values)
    event = events.SignInRuleChanged(confirm_minutes, provider_only)
    journal.record(event, subject=organisation, by=by, at=at, unit_id=organisation.pk)
    return saved


def _require_a_way_in(organisation: Unit, by: Actor) -> None:
    """Passwords close only after whoever closes them has come in through a service that is switched on."""
    on = {
        str(public_id)
        for public_id in IdentityProvider.objects.filter(organisation=organisation, enabled=True).values_list("public_id", flat=True)
    }
    if by.user is not None and not SocialAccount.objects.filter(user_id=by.user.pk, provider__in=on).exists():
        raise NoProvider()
