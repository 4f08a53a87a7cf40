from __future__ import annotations

import pytest
from tests.cast import AT, SETUP, World

from steward.contact.channels.mail import operations
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.mail.models import Mailbox

ADDRESS = "service@riverside.example"


@pytest.fixture
def mailbox(world: World) -> Mailbox:
    """A mailbox that is switched on and names no server: it is not read, and sends through the outbox."""
    values = {"name": "滨江支行", "user": "service", "enabled": True}
    return operations.save_mailbox(unit=world.counter_team, address=ADDRESS, values=values, secrets=Secrets("pw"), by=SETUP, at=AT)
