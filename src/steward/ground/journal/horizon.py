"""How far the journal can be read without missing an entry that commits later under a lower number.

SQLite has one writer, so numbers commit in order. On PostgreSQL a transaction may take number 5 and commit after number 6 was read.
`safe_seq` notes the last number handed out, and then who is still writing: a transaction that took a number holds its lock on the table
until it ends, so whoever may still commit below the note is among the holders seen after it. Once all of those have ended, the note is
trusted. Other databases of the same server do not matter.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from django.db import connection

from .models import Entry

_WRITERS = (
    "SELECT virtualtransaction FROM pg_locks WHERE relation = 'journal_entry'::regclass AND mode = 'RowExclusiveLock' AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
)


@dataclass(frozen=True)
class _Mark:
    seq: int
    writers: frozenset[str]


class _Marks(threading.local):
    settled: int = 0
    pending: _Mark | None = None
    database: str = ""


_marks = _Marks()


def safe_seq() -> int:
    """The newest sequence number that may be read; everything up to it is committed or rolled back for good, or this transaction's own."""
    if connection.vendor != "postgresql":
        return Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    name = str(connection.settings_dict["NAME"])
    if _marks.database != name:
        _marks.database, _marks.settled, _marks.pending = name, 0, None
    # Twice: a note that waited may be settled now, and then a newer one can be made at once.
    for _ in range(2):
        _settle()
    return _marks.settled


def _settle() -> None:
    with connection.cursor() as cursor:
        if _marks.pending is None:
            # The number first, the writers after it: the other way round a writer could slip between the two.
            cursor.execute("SELECT last_value FROM journal_entry_seq_seq")
            seq = int(cursor.fetchone()[0])
            cursor.execute(_WRITERS)
            _marks.pending = _Mark(seq, frozenset(row[0] for row in cursor.fetchall()))
        cursor.execute(_WRITERS)
        if not _marks.pending.writers & {row[0] for row in cursor.fetchall()}:
            _marks.settled, _marks.pending = max(_marks.settled, _marks.pending.seq), None
