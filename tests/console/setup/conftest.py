from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from steward.console.setup.codes import prepare_code
from steward.console.setup.middleware import Taken

PERSON = {"person": "孙经理", "username": "sun", "password": "river-stone-lamp", "again": "river-stone-lamp"}
Found = Callable[..., Client]


@pytest.fixture(autouse=True)
def untaken(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A code of its own, no memory of an organisation, no memory of wrong codes."""
    settings.STEWARD_SETUP_CODE = tmp_path / "home" / "setup-code"
    monkeypatch.setattr(Taken, "seen", False)
    cache.clear()


@pytest.fixture
def code() -> str:
    return prepare_code()


@pytest.fixture
def found(db: None, code: str) -> Found:
    """found("hotel", name_zh="云山酒店") → a client signed in as the founder of that organisation."""

    def take(industry: str = "bank", **given: str) -> Client:
        client = Client()
        assert client.get(f"/setup/?code={code}").headers["Location"] == "/setup/organisation/"
        data = {"name_zh": "滨海银行", "name_en": "Coast Bank", "industry": industry, "zone": "Asia/Shanghai", **PERSON, **given}
        assert client.post("/setup/organisation/", data).headers["Location"] == "/setup/units/"
        return client

    return take
