"""Typed readers of environment variables that fail loudly, naming the variable and what it accepts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class SettingError(RuntimeError):
    """A STEWARD_… variable is missing or cannot be read."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or the content of the file that NAME_FILE points to (for secrets)."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE points to {file_name}, which cannot be read: {error.strerror}.") from error
    value = os.environ.get(name, default)
    if value is None:
        raise SettingError(f"{name} is not set. Set it in the environment, or point {name}_FILE to a file that holds it.")
    return value


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").strip().lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off", ""}:
        return False
    raise SettingError(f"{name}={value!r} is neither true nor false. Use one of: 1, 0, true, false, yes, no, on, off.")


def integer(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    value = text(name, str(default))
    try:
        number = int(value)
    except ValueError:
        raise SettingError(f"{name}={value!r} is not a whole number.") from None
    if not low <= number <= high:
        raise SettingError(f"{name}={number} is out of range; it takes {low} to {high}.")
    return number


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty members."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str, default: str) -> dict[str, Any]:
    """A Django DATABASES entry from sqlite:///path or postgresql://user:password@host:port/name?option=value."""
    url = text(name, default)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(url.removeprefix("sqlite:///"))
    if parts.scheme in {"postgresql", "postgres"}:
        options = dict(parse_qsl(parts.query))
        # PostgreSQL thinks our pages' queries cost more than they do, and would compile them, which takes longer than running them.
        options["options"] = f"-c jit=off {options.get('options', '')}".strip()
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    # Not the address itself: it may hold a password, and this sentence ends in logs.
    shown = f"{parts.scheme}:…" if parts.scheme else "no scheme"
    raise SettingError(f"{name} ({shown}) names no known database. Use sqlite:///path/to/file or postgresql://user@host/name.")


def _sqlite(path: str) -> dict[str, Any]:
    # IMMEDIATE takes the write lock when a transaction starts: a deferred one that upgrades later fails at once under load.
    # Pages that every transaction changes are copied into the file once in 4,000 pages of the log instead of once in 1,000.
    # secure_delete overwrites freed pages, so that an erased customer's bytes do not stay in the file.
    pragmas = (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=134217728;"
        "PRAGMA wal_autocheckpoint=4000;PRAGMA journal_size_limit=67108864;PRAGMA cache_size=-20000;"
        "PRAGMA secure_delete=ON;PRAGMA recursive_triggers=ON;"
    )
    return {
        "ENGINE": "steward.ground.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": pragmas},
        # A file, not memory: collision tests need several real connections.
        "TEST": {"NAME": f"{path}.test"},
    }
