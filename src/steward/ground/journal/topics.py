"""Topic versions: what live pages poll. Only writes bump them; a page asks for the version it has and gets 204 when nothing changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from .models import Topic

_UPSERT = "INSERT INTO journal_topic (key, version) VALUES {} ON CONFLICT (key) DO UPDATE SET version = journal_topic.version + 1"


def bump(*keys: str) -> None:
    """Raise the versions of these topics with the running transaction.

    SQLite has one writer, so the bump joins the transaction. On PostgreSQL the row of a busy topic would make writers wait for one another,
    so it follows the commit.
    """
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        _bump(keys)
    else:
        transaction.on_commit(lambda: _bump(keys))


def versions(keys: Iterable[str]) -> dict[str, int]:
    """Version by key; a topic nobody bumped yet has version 0."""
    keys = list(keys)
    found = dict(Topic.objects.filter(pk__in=keys).values_list("key", "version"))
    return {key: found.get(key, 0) for key in keys}


def _bump(keys: Iterable[str]) -> None:
    # One order for everybody, so that two writers never wait for each other in a circle.
    ordered = sorted(set(keys))
    if ordered:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT.format(", ".join(["(%s, 1)"] * len(ordered))), ordered)
