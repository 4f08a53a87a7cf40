"""Backup and restore: the database as its own engine copies it, the files, and the anchors, in one archive with a hash for every member.

Keys are never part of it: a backup of last year must not bring back whom we erased since. They have a file of their own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection

import steward
from steward.ground.access.models import Unit
from steward.ground.journal import personal, triggers
from steward.ground.journal.operations import Person
from steward.ground.journal.vault import vault
from steward.ground.journal.wipe import emptied

FORMAT = 1


class ArchiveError(RuntimeError):
    """The archive cannot be written or read; the message says why and what to do."""


def holds_data() -> bool:
    """Whether anybody's organisation is here; built-in rules, which every migration loads, are nobody's data."""
    tables = set(connection.introspection.table_names())
    return Unit._meta.db_table in tables and Unit.objects.exists()


def backup(file: Path, *, at: datetime) -> str:
    """Write the archive; it appears under its name only when it is whole."""
    with tempfile.TemporaryDirectory(dir=_parent(file)) as folder:
        members = Path(folder) / "members"
        members.mkdir()
        _dump_database(members)
        for name, source in (("files", Path(settings.FILES)), ("anchors", Path(settings.STEWARD_ANCHORS))):
            if source.exists():
                shutil.copytree(source, members / name)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "steward": steward.__version__,
            "database": connection.vendor,
            "written_at": at.isoformat(),
            "members": {str(path.relative_to(members)): sha256_of(path) for path in sorted(members.rglob("*")) if path.is_file()},
        }
        (members / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        pack(members, Path(folder) / "archive", file)
    return f"{file}: {file.stat().st_size:,} bytes, {len(manifest['members'])} members."


def restore(file: Path) -> str:
    """Replace this installation's database, files and anchors. Every hash is checked before the first byte is replaced."""
    with tempfile.TemporaryDirectory(dir=_parent(Path(settings.HOME) / "restore")) as folder:
        members = Path(folder)
        manifest = unpack(file, members)
        if manifest.get("database") != connection.vendor:
            raise ArchiveError(
                f"This backup is of a {manifest.get('database')} database and this installation uses {connection.vendor}. "
                "Use `steward export` and `steward import` to change the database."
            )
        _load_database(members)
        for name, target in (("files", Path(settings.FILES)), ("anchors", Path(settings.STEWARD_ANCHORS))):
            if target.exists():
                shutil.rmtree(target)
            if (members / name).exists():
                shutil.copytree(members / name, target)
    call_command("migrate", verbosity=0, interactive=False)
    triggers.install(connection)
    again = _erase_again(datetime.fromisoformat(manifest["written_at"]))
    return f"Restored as of {manifest['written_at']}. {again} people erased since then were erased again."


def backup_keys(file: Path) -> str:
    """The vault and the sealing key, for a safe place of their own. Whoever has both this and a backup can read everything."""
    with tempfile.TemporaryDirectory(dir=_parent(file)) as folder:
        members = Path(folder) / "members"
        members.mkdir()
        vault().copy_to(members / "vault.sqlite3")
        sealing_key = Path(settings.STEWARD_JOURNAL_KEY)
        if sealing_key.exists():
            shutil.copy(sealing_key, members / "journal.key")
        pack(members, Path(folder) / "archive", file)
    return f"{file}: {vault().count()} keys. Keep it apart from the backup."


def restore_keys(file: Path) -> str:
    """Add the keys that are missing here; nothing that is here is replaced, and nobody erased comes back."""
    with tempfile.TemporaryDirectory() as folder:
        members = Path(folder)
        unpack(file, members, manifest=False)
        added = vault().add_from(members / "vault.sqlite3")
        sealing_key = Path(settings.STEWARD_JOURNAL_KEY)
        if (members / "journal.key").exists() and not sealing_key.exists():
            sealing_key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copy(members / "journal.key", sealing_key)
            sealing_key.chmod(0o600)
    return f"{added} keys added."


def pack(members: Path, temporary: Path, file: Path) -> None:
    # Readable by its owner alone from its first byte, whatever the umask.
    temporary.touch(mode=0o600)
    with tarfile.open(temporary, "w:gz") as tar:
        for path in sorted(members.rglob("*")):
            tar.add(path, arcname=str(path.relative_to(members)), recursive=False)
    temporary.replace(file)


def unpack(file: Path, folder: Path, *, manifest: bool = True) -> dict[str, Any]:
    """Extract safely (no absolute or climbing names, no links) and compare every member with its hash."""
    try:
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                _extract(tar, member, folder)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise ArchiveError(f"{file} cannot be read as an archive: {error}.") from error
    if not manifest:
        return {}
    try:
        content: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{file} has no manifest; it was not written by Steward.") from error
    if content.get("format") != FORMAT:
        raise ArchiveError(f"{file} has format {content.get('format')}; this version reads format {FORMAT}.")
    for name, digest in content["members"].items():
        if not (folder / name).is_file() or sha256_of(folder / name) != digest:
            raise ArchiveError(f"{file} is damaged: {name} is missing or does not match its hash. Nothing was changed.")
    return content


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One plain file or folder, inside the target. Python learned to refuse the rest by itself only in 3.11.4."""
    target = (folder / member.name).resolve()
    if not target.is_relative_to(folder.resolve()) or not (member.isfile() or member.isdir()):
        raise ArchiveError(f"The archive holds {member.name!r}, which is not a plain file below it. Nothing was changed.")
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None  # a plain file has content
    with source, target.open("wb") as file:
        shutil.copyfileobj(source, file)


def _parent(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.parent


def _dump_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(folder / "database.sqlite3") as target:
            connection.connection.backup(target)
        target.close()
        return
    _postgres("pg_dump", ["--format=custom", f"--file={folder / 'database.dump'}"])


def _load_database(folder: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with sqlite3.connect(folder / "database.sqlite3") as source:
            source.backup(connection.connection)
        source.close()
        connection.close()
        return
    connection.close()
    emptied(connection)
    _postgres("pg_restore", ["--no-owner", "--exit-on-error", str(folder / "database.dump")])


def _postgres(tool: str, arguments: list[str]) -> None:
    """Run PostgreSQL's own tool against this installation's database."""
    if shutil.which(tool) is None:
        raise ArchiveError(f"{tool} is not installed here. Install PostgreSQL's client tools, or use `steward export`, which needs none.")
    place = connection.settings_dict
    flags = [f"--dbname={place['NAME']}"]
    flags += [f"--{flag}={place[key]}" for flag, key in (("host", "HOST"), ("port", "PORT"), ("username", "USER")) if place[key]]
    environment = {"PGPASSWORD": str(place["PASSWORD"])} if place["PASSWORD"] else {}
    done = subprocess.run(  # noqa: S603 - a fixed program with our own arguments
        [shutil.which(tool) or tool, *flags, *arguments], capture_output=True, text=True, check=False, env={**_path(), **environment}
    )
    if done.returncode:
        raise ArchiveError(f"{tool} failed: {done.stderr.strip()}")


def _path() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG", "LC_ALL"}}


def _erase_again(at: datetime) -> int:
    """The backup may hold people who were erased after it was written; the vault remembers them."""
    erased = 0
    for person_type, person_id, public_id in vault().erased():
        erasure = personal.erase_person(Person(person_type, person_id, public_id), at=at)
        erased += bool(sum(erasure.blanked.values()))
    return erased


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file):
            digest.update(block)
    return digest.hexdigest()


def _blocks(file: io.BufferedReader) -> Iterator[bytes]:
    while block := file.read(1 << 20):
        yield block
