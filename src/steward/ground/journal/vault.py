"""Keys that seal personal values, one per person and retention class, kept apart from the database and its backups.

Destroying a key erases every value sealed under it, wherever copies of the database lie. Keys are 256-bit; values are sealed with AES-GCM
(cryptography.hazmat), bound to the entry's code so that a sealed value cannot be moved to another entry type.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12
_local = threading.local()


class Vault:
    """A small SQLite file of key id → key. One connection per thread; every change is synced to disk before it returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = not path.exists()
        # Not WAL: a destroyed key must not survive in a side file, and secure_delete overwrites its page.
        self._connection = sqlite3.connect(path, timeout=20, isolation_level=None)
        self._connection.executescript("PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=FULL;PRAGMA secure_delete=ON;")
        self._connection.execute("CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, value BLOB NOT NULL)")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS erased (person_type TEXT, person_id INTEGER, public_id TEXT, PRIMARY KEY (person_type, person_id))"
        )
        if fresh:
            path.chmod(0o600)

    def get_or_create(self, key_id: str) -> bytes:
        key = self.get(key_id)
        if key is None:
            self._connection.execute("INSERT OR IGNORE INTO key VALUES (?, ?)", (key_id, os.urandom(32)))
            key = self.get(key_id)
            assert key is not None
        return key

    def create_many(self, key_ids: Iterable[str]) -> None:
        """Create the keys that are missing in one synced transaction; for imports."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", [(key_id, os.urandom(32)) for key_id in key_ids])

    def get_many(self, key_ids: Iterable[str]) -> dict[str, bytes]:
        """The keys that there are, by id."""
        found: dict[str, bytes] = {}
        wanted = sorted(set(key_ids))
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            found.update(self._connection.execute(f"SELECT id, value FROM key WHERE id IN ({marks})", part).fetchall())  # noqa: S608 - marks
        return found

    def get(self, key_id: str) -> bytes | None:
        row = self._connection.execute("SELECT value FROM key WHERE id = ?", (key_id,)).fetchone()
        return row[0] if row else None

    def destroy(self, key_id: str) -> bool:
        return self._connection.execute("DELETE FROM key WHERE id = ?", (key_id,)).rowcount == 1

    def note_erased(self, person_type: str, person_id: int, public_id: str) -> None:
        """Remember whom we erased, apart from the database: a backup that is older than the erasure must not bring them back."""
        self._connection.execute("INSERT OR IGNORE INTO erased VALUES (?, ?, ?)", (person_type, person_id, public_id))

    def erased(self) -> list[tuple[str, int, str]]:
        return list(self._connection.execute("SELECT person_type, person_id, public_id FROM erased ORDER BY 1, 2"))

    def copy_to(self, path: Path) -> None:
        with sqlite3.connect(path) as target:
            self._connection.backup(target)
        target.close()

    def add_from(self, path: Path) -> int:
        """Add the keys of another vault that are missing here and do not belong to somebody erased; return how many."""
        other = Vault(path)
        before = self.count()
        for row in other.erased():
            self.note_erased(*row)
        gone = {f"{person_type}:{public_id}:" for person_type, _, public_id in self.erased()}
        keys = other._connection.execute("SELECT id, value FROM key").fetchall()
        kept = [row for row in keys if row[0].rsplit(":", 1)[0] + ":" not in gone]
        self._connection.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", kept)
        other._connection.close()
        return self.count() - before

    def count(self) -> int:
        return int(self._connection.execute("SELECT count(*) FROM key").fetchone()[0])


def vault() -> Vault:
    """This thread's vault; opened again after a fork or when the setting points elsewhere."""
    where = (os.getpid(), str(settings.STEWARD_VAULT))
    if getattr(_local, "where", None) != where:
        _local.vault, _local.where = Vault(Path(settings.STEWARD_VAULT)), where
    opened: Vault = _local.vault
    return opened


def seal(key_id: str, code: str, values: dict[str, Any]) -> bytes:
    """Encrypt JSON values under the person's key."""
    return seal_under(vault().get_or_create(key_id), code, values)


def seal_under(key: bytes, code: str, values: dict[str, Any]) -> bytes:
    """Encrypt JSON values under a key that the caller holds already; for imports, which make their keys in one go."""
    nonce = os.urandom(_NONCE)
    plain = json.dumps(values, ensure_ascii=False, default=str).encode()
    return nonce + AESGCM(key).encrypt(nonce, plain, code.encode())


def unseal(key_id: str, code: str, sealed: bytes) -> dict[str, Any] | None:
    """The values, or None when the key was destroyed (the person was erased). Raises ValueError for a tampered value."""
    key = vault().get(key_id)
    if key is None:
        return None
    sealed = bytes(sealed)
    try:
        plain = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], code.encode())
    except InvalidTag as error:
        raise ValueError(f"A sealed value of {code} does not match its key.") from error
    values: dict[str, Any] = json.loads(plain)
    return values
