"""The folder of contents: two levels of folders by digest, files readable by the server alone."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings

CHUNK = 1024 * 1024


class Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def root() -> Path:
    return Path(settings.FILES)


def path_of(sha256: str) -> Path:
    return root() / sha256[:2] / sha256[2:4] / sha256


@contextmanager
def incoming() -> Iterator[Path]:
    """A new file in the store's own folder for half-done things, gone afterwards unless it was placed."""
    folder = root() / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def write(source: Readable, path: Path, *, limit: int) -> int:
    """Copy at most `limit` bytes and one more; return how many were there, so that more than the limit shows."""
    size = 0
    with _create(path) as file:
        while size <= limit and (chunk := source.read(CHUNK)):
            size += len(chunk)
            file.write(chunk)
    return size


def write_bytes(content: bytes, path: Path) -> int:
    path.unlink(missing_ok=True)
    with _create(path) as file:
        file.write(content)
    return len(content)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(path: Path, sha256: str) -> None:
    """Move a finished file to its place; nothing to do when the same content is there."""
    target = path_of(sha256)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.replace(target)


def discard(sha256: str) -> None:
    path_of(sha256).unlink(missing_ok=True)


def contents() -> Iterator[Path]:
    """Every content in the store, whether a row knows it or not."""
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        yield from sorted(folder.glob("[0-9a-f][0-9a-f]/*"))


def _create(path: Path) -> BinaryIO:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    return os.fdopen(descriptor, "wb")
