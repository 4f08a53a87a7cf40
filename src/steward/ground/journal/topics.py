"""Topic versions: what live pages poll. Only writes bump them; a page asks for the version it has and gets 204 when nothing changed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from threading import Lock

from django.db import connection, transaction

from .models import Topic

_UPSERT = (
    "INSERT INTO journal_topic (key, version) VALUES {} ON CONFLICT (key) DO UPDATE SET version = journal_topic.version + excluded.version"
)


def bump(*keys: str) -> None:
    """Raise the versions of these topics with the running transaction.

    SQLite has one writer, so the bump joins the transaction. On PostgreSQL the row of a busy topic would make writers wait for one another,
    so it follows the commit.
    """
    if connection.vendor == "sqlite" and connection.in_atomic_block:
        _write(Counter(set(keys)))
    else:
        transaction.on_commit(lambda: _together.bump(keys))


def versions(keys: Iterable[str]) -> dict[str, int]:
    """Version by key; a topic nobody bumped yet has version 0."""
    keys = list(keys)
    found = dict(Topic.objects.filter(pk__in=keys).values_list("key", "version"))
    return {key: found.get(key, 0) for key in keys}


class _Together:
    """Bumps of several threads at once, in one statement: one writes for all who wait, and nobody returns before theirs is written.

    Alone, each would wait for the commit of the one before it: they all raise the same few rows.
    """

    def __init__(self) -> None:
        self._gathering, self._writing = Lock(), Lock()
        self._waiting: Counter[str] = Counter()
        self._batch, self._written = 1, 0

    def bump(self, keys: Iterable[str]) -> None:
        with self._gathering:
            self._waiting.update(set(keys))
            mine = self._batch
        with self._writing:
            if self._written >= mine:
                return
            with self._gathering:
                batch, number = self._waiting, self._batch
                self._waiting, self._batch = Counter(), self._batch + 1
            try:
                _write(batch)
            except BaseException:
                with self._gathering:
                    self._waiting.update(batch)  # whoever comes next writes them
                raise
            self._written = number


_together = _Together()


def _begin_anew() -> None:
    """A child made by fork has copies of locks that other threads of its parent held, and their bumps are the parent's to write."""
    global _together
    _together = _Together()


os.register_at_fork(after_in_child=_begin_anew)


def _write(counts: Mapping[str, int]) -> None:
    # One order for everybody, so that two writers never wait for each other in a circle.
    ordered = sorted(counts.items())
    if ordered:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT.format(", ".join(["(%s, %s)"] * len(ordered))), [value for pair in ordered for value in pair])
