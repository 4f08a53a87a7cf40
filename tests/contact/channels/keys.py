"""Tokens for tests, and a client that speaks JSON."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from tests.cast import AT, SETUP, World

from steward.contact.channels import operations as channels
from steward.contact.channels.models import ApiToken
from steward.contact.channels.scopes import SCOPES
from steward.ground.access.models import Unit

ALL = tuple(SCOPES)


def token_for(
    world: World,
    name: str = "",
    *,
    unit: Unit | None = None,
    scopes: tuple[str, ...] = ALL,
    until: datetime | None = None,
    per_minute: int = 0,
) -> tuple[ApiToken, str]:
    """The token of a member of the cast in a unit (their organisation by default), or of an integration when no name is given."""
    user = getattr(world.cast, name) if name else None
    unit = unit or (user.organisation if user else world.counter_team)
    return channels.issue_token(
        unit=unit,
        name=name or "integration",
        scopes=scopes,
        user=user,
        expires_at=until or AT + timedelta(days=30),
        per_minute=per_minute,
        by=SETUP,
        at=AT,
    )


class Api:
    """Asks the interface with a token."""

    def __init__(self, secret: str = "", language: str = "zh-hans") -> None:
        self.headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {secret}"} if secret else {})
        self.client = Client(raise_request_exception=False)

    def ask(
        self, method: str, path: str, data: Any = None, *, raw: bytes | None = None, media: str = "application/json", **headers: str
    ) -> Any:
        body = raw if raw is not None else b"" if data is None else json.dumps(data).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.generic(
            method, address, body, content_type=media if body or raw is not None else "", headers=self.headers | names
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, {} if data is None else data, **headers)
