"""Has anything been written? A count that costs nothing is looked at first, a digest of every row only when it moved."""

from __future__ import annotations

import hashlib

from django.db import connection

from steward.console.portable import exported_models
from steward.ground.journal.models import Topic


def written() -> int:
    """Rows inserted, changed or deleted so far on this connection, those of undone savepoints too: equal numbers mean that nothing was."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        return int(connection.connection.total_changes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_all_tables")
        return int(cursor.fetchone()[0])


def fingerprint(*, without: frozenset[type] = frozenset()) -> str:
    """A digest of every row of every table, without the versions that live pages poll and what the caller names."""
    digest = hashlib.sha256()
    for model in exported_models():
        if model is not Topic and model not in without:
            digest.update(repr((model._meta.db_table, list(model._base_manager.order_by("pk").values_list()))).encode())
    return digest.hexdigest()
