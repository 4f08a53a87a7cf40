# ruff: noqa: S608 - only names of our own tables stand in these statements
"""The full-text side of the index, per database. Installed after every migration, because rebuilt tables lose triggers; safe to repeat.

SQLite: an external-content FTS5 table that triggers keep in step. Its tokenizer takes every character above ASCII as part of a token, so it
splits at our spaces only, whatever characters its own Unicode tables know. PostgreSQL: a generated column of the distinct tokens with a GIN
index; the order of tokens is checked on the text itself, so neither the length of a text nor the number of repetitions is limited.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE, FTS = "search_document", "search_document_fts"
_COLUMNS = "tokens, scope"
_TRIGGERS = {
    "search_document_ai": f"AFTER INSERT ON {TABLE} BEGIN INSERT INTO {FTS}(rowid, {_COLUMNS}) VALUES (new.id, new.tokens, new.scope); END",
    "search_document_ad": (
        f"AFTER DELETE ON {TABLE} BEGIN INSERT INTO {FTS}({FTS}, rowid, {_COLUMNS}) VALUES ('delete', old.id, old.tokens, old.scope); END"
    ),
    "search_document_au": (
        f"AFTER UPDATE OF id, {_COLUMNS} ON {TABLE} BEGIN "
        f"INSERT INTO {FTS}({FTS}, rowid, {_COLUMNS}) VALUES ('delete', old.id, old.tokens, old.scope); "
        f"INSERT INTO {FTS}(rowid, {_COLUMNS}) VALUES (new.id, new.tokens, new.scope); END"
    ),
}


def install(connection: BaseDatabaseWrapper) -> None:
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            _install_sqlite(cursor)
        else:
            _install_postgresql(cursor)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """What should stand and does not; for `steward check`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' OR name = %s", [FTS])
            wanted = {FTS, *_TRIGGERS}
        else:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [TABLE])
            wanted = {"search_document_words"}
        return sorted(wanted - {row[0] for row in cursor.fetchall()})


def rebuild(connection: BaseDatabaseWrapper) -> None:
    """Make the full-text table again from the documents."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')")


def forget_deleted(connection: BaseDatabaseWrapper) -> None:
    """Merge the full-text index into one piece, which leaves out the words of deleted rows."""
    if connection.vendor == "sqlite" and TABLE in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('optimize')")


def install_after_migrate(sender: object, using: str, **_: Any) -> None:
    install(connections[using])


def _install_sqlite(cursor: Any) -> None:
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE name = %s", [FTS])
    existed = bool(cursor.fetchone()[0])
    cursor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5({_COLUMNS}, content='{TABLE}', content_rowid='id', "
        "tokenize='ascii', prefix='1', columnsize=0)"
    )
    lost = not existed
    for name, body in _TRIGGERS.items():
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = %s", [name])
        if not cursor.fetchone()[0]:
            lost = True
            cursor.execute(f"CREATE TRIGGER {name} {body}")
    if lost:
        # Something may have been written while the triggers were away.
        cursor.execute(f"INSERT INTO {FTS}({FTS}) VALUES ('rebuild')")


def _install_postgresql(cursor: Any) -> None:
    words = "array_to_tsvector(string_to_array(tokens, ' ')) || array_to_tsvector(string_to_array(scope, ' '))"
    cursor.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS ({words}) STORED")
    cursor.execute(f"CREATE INDEX IF NOT EXISTS search_document_words ON {TABLE} USING gin (words)")
