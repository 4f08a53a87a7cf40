from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World

from steward.contact.channels.phone import desks, operations
from steward.contact.channels.phone.models import PhoneSystem
from steward.ground.delivery import signed


@dataclass
class Exchange:
    """A telephone system as seen from outside: it signs and posts."""

    system: PhoneSystem
    secret: str
    client: Client

    def post(self, *events: dict[str, Any], at: datetime = AT, secret: str = "", header: str | None = None) -> Any:
        body = json.dumps(events[0] if len(events) == 1 else {"events": list(events)}).encode()
        given = signed.sign(secret or self.secret, body, at) if header is None else header
        return self.client.post(
            f"/in/phone/{self.system.key}/", body, content_type="application/json", headers={"Steward-Signature": given}
        )


@pytest.fixture(autouse=True)
def fresh_desks() -> Iterator[None]:
    desks.forget()
    yield
    desks.forget()


@pytest.fixture
def exchange(world: World, client: Client) -> Exchange:
    values = {"name": "总机", "recording_notice": "通话开始时已告知录音"}
    system, secret = operations.save_system(unit=world.counter_team, values=values, by=SETUP, at=AT)
    operations.give_extension(system=system, number="8001", staff=world.staff("front_line"), by=SETUP, at=AT)
    operations.give_extension(system=system, number="8002", staff=world.staff("supervisor"), by=SETUP, at=AT)
    return Exchange(system, secret, client)


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """event("ringing", 0) is told of a call "c1" that many seconds after the beginning."""

    def made(kind: str, seconds: int = 0, **more: Any) -> dict[str, Any]:
        at = datetime.fromtimestamp(AT.timestamp() - 600 + seconds, AT.tzinfo)
        plain = {
            "id": f"{more.get('call', 'c1')}-{kind}-{seconds}",
            "call": "c1",
            "type": kind,
            "at": at.isoformat(),
            "number": "13800138000",
        }
        return {**plain, "direction": "in", "extension": "8001", **more}

    return made
