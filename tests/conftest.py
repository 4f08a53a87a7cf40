"""Fixtures every suite shares. Time stands at tests.cast.AT; keys, files and anchors live in a temporary folder per test run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS
from django.test import Client, TransactionTestCase

from steward.config.garbage import collect_rarely
from steward.ground.access.models import User
from steward.ground.journal import triggers

from .cast import AT, Cast, World, build_world
from .copied import copied_world

collect_rarely()


@pytest.fixture(autouse=True)
def own_places(settings: Any, tmp_path: Path) -> None:
    """Each test has its own vault, sealing key, anchors, files and outbox, and the clock stands still."""
    settings.STEWARD_VAULT = tmp_path / "keys" / "vault.sqlite3"
    settings.STEWARD_JOURNAL_KEY = tmp_path / "keys" / "journal.key"
    settings.STEWARD_ANCHORS = tmp_path / "anchors"
    settings.STEWARD_OUTBOX = tmp_path / "outbox"
    settings.FILES = tmp_path / "files"
    settings.ANALYTICS = tmp_path / "analytics"
    settings.STEWARD_NOW = AT.isoformat()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.ground.clock.now", lambda: AT)


@pytest.fixture(scope="session", autouse=True)
def emptied_journal() -> Iterator[None]:
    """The one documented way around the append-only triggers: emptying the tables after a test that really committed."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        with triggers.lifted(DEFAULT_DB_ALIAS):
            flush(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]


@pytest.fixture
def world(db: None, tmp_path_factory: pytest.TempPathFactory) -> World:
    return copied_world(tmp_path_factory.getbasetemp() / "world-keys")


@pytest.fixture
def committed_world(transactional_db: None) -> World:
    """The same world, really committed, for tests with several connections."""
    return build_world()


@pytest.fixture
def cast(world: World) -> Cast:
    return world.cast


@pytest.fixture
def signed_in(world: World) -> Any:
    """signed_in("supervisor") → a client of that member of the cast; signed_in("customer") → one that is not signed in."""

    def client_of(name: str) -> Client:
        client = Client()
        if name != "customer":
            client.force_login(User.objects.get(pk=getattr(world.cast, name).pk), backend="steward.ground.access.backends.StaffBackend")
        return client

    return client_of
