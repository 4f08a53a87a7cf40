"""The one-time set-up code: whoever can read the server's terminal or folder may found the first organisation, nobody else on the network.

It stands in one file of mode 0600. Taking it renames the file, which only one of several takers can; it is gone once the taker succeeds,
and put back when the taker fails.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.crypto import get_random_string

from .errors import WrongCode

# Small letters and digits that do not look alike; 20 of them are 99 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUP, GROUPS = 4, 5
LONGEST = 100


def place() -> Path:
    return Path(str(settings.STEWARD_SETUP_CODE))


def current_code() -> str:
    """The code that counts now; empty when there is none."""
    try:
        return place().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def prepare_code() -> str:
    """The code that counts, written first when there is none. Errors: OSError when the folder cannot be written."""
    known = current_code()
    if known:
        return known
    drawn = get_random_string(GROUP * GROUPS, ALPHABET)
    code = "-".join(drawn[start : start + GROUP] for start in range(0, len(drawn), GROUP))
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:  # another process was quicker
        return current_code()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{code}\n")
    return code


def is_code(given: str) -> bool:
    """Whether this is the code, in a time that does not tell how much of it was right. Without a code nothing is."""
    return _same(given, current_code())


@contextmanager
def taken_code(given: str) -> Iterator[None]:
    """Hold the code while the first organisation is founded: alone, and it dies with success. Errors: WrongCode."""
    path = place()
    if not is_code(given):
        raise WrongCode()
    held = path.with_name(f"{path.name}.taken")
    try:
        path.rename(held)
    except OSError:
        raise WrongCode() from None
    try:
        yield
    except BaseException:
        held.rename(path)
        raise
    held.unlink(missing_ok=True)


def _same(given: str, known: str) -> bool:
    plain = _plain(given[:LONGEST])
    # Compared also when there is no code, so that its absence takes as long.
    alike = secrets.compare_digest(plain.encode(), _plain(known or "none").encode())
    return alike and bool(known)


def _plain(code: str) -> str:
    """Hyphens, spaces and capitals come and go when somebody types it from a screen."""
    return "".join(sign for sign in code.casefold() if sign.isalnum())
