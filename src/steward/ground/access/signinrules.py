"""How people of an organisation sign in: after how long a sensitive act asks again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events
from .errors import Refused
from .models import SignInRule, Unit
from .policies import require

LEAST_MINUTES, MOST_MINUTES = 5, 720


class OutOfRange(Refused):
    code = "confirm_minutes_out_of_range"
    message = _("Choose between %(least)s and %(most)s minutes.")
    status = 422


def rule_of(organisation: Unit) -> SignInRule:
    """The rule in force; the house's own where none was chosen."""
    return SignInRule.objects.filter(organisation=organisation).first() or SignInRule(organisation=organisation)


@transaction.atomic
def change_rule(*, organisation: Unit, confirm_minutes: int, by: Actor, at: datetime) -> SignInRule:
    """Raises Forbidden, OutOfRange."""
    require(by, "access.secure", organisation, at=at)
    if not LEAST_MINUTES <= confirm_minutes <= MOST_MINUTES:
        raise OutOfRange(least=LEAST_MINUTES, most=MOST_MINUTES)
    rule = SignInRule.objects.select_for_update().filter(organisation=organisation).first() or SignInRule(organisation=organisation)
    if rule.pk and rule.confirm_minutes == confirm_minutes:
        return rule
    saved, _created = SignInRule.objects.update_or_create(organisation=organisation, defaults={"confirm_minutes": confirm_minutes})
    event = events.SignInRuleChanged(confirm_minutes)
    journal.record(event, subject=organisation, by=by, at=at, unit_id=organisation.pk)
    return saved
