"""What delivery asks before a message that needs consent: the newest decision of the person for that purpose must be a yes."""

from __future__ import annotations

from datetime import datetime

from steward.ground.delivery.recipients import Recipient

from .models import Consent, Customer
from .queries import has_consent


def may_contact(to: Recipient, channel: str, purpose: str, at: datetime) -> bool:
    """True for people who are no customers; for a customer only after an explicit yes, and never once erased."""
    if to.type != Customer._meta.label_lower or to.id is None:
        return True
    customer = Customer.objects.filter(pk=to.id, erased_at=None).first()
    if customer is None:
        return False
    # A purpose nobody can consent to separately (a campaign of a later room, say) counts as marketing, the strictest.
    asked = purpose if purpose in Consent.Purpose.values else Consent.Purpose.MARKETING
    return has_consent(customer, asked) is True
