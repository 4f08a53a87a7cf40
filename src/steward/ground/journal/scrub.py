"""After an erasure: make the blanked values leave the database's own files, not only its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import connection

_steps: list[Callable[[], None]] = []


def on_scrub(step: Callable[[], None]) -> None:
    """Register work that must come first, such as merging a search index so that deleted words leave it."""
    _steps.append(step)


def scrub(tables: Sequence[str]) -> None:
    """Rewrite what may still hold old bytes. SQLite overwrites freed pages (secure_delete), so only the write-ahead log is left to empty;
    PostgreSQL keeps dead rows until the table is rewritten. Inside a transaction (tests) there is nothing final to rewrite."""
    if connection.in_atomic_block:
        return
    for step in _steps:
        step()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for table in tables:
                cursor.execute(f'VACUUM (FULL) "{table}"')
