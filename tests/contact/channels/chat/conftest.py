from __future__ import annotations

import pytest
from tests.cast import AT, SETUP, World

from steward.contact.channels.chat.models import ChatSite
from steward.contact.channels.chat.sites import save_site
from steward.core.org import operations as org
from steward.ground.fields import localized

ORIGIN = "https://www.coast.example"


def make_site(world: World, **values: object) -> ChatSite:
    """The branch's chat, answered by the counter team, whose people are at work."""
    for name in ("front_line", "supervisor"):
        org.set_presence(staff=world.staff(name), state="available", by=SETUP, at=AT)
    chosen = {"enabled": True, "queue": world.counter_team, "greeting": localized("您好", en="Hello"), **values}
    return save_site(unit=world.branch, values=chosen, origins=[ORIGIN], by=SETUP, at=AT)


@pytest.fixture
def site(world: World) -> ChatSite:
    return make_site(world)
