"""The built browser assets: their version for cache-busting, and whether they are there at all."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static

DIST = Path(__file__).resolve().parent / "static" / "ui" / "dist"
STAMP = DIST / "stamp.txt"


def version() -> str:
    """Eight digits of the build stamp; read each time in development, once otherwise."""
    return _read() if settings.DEBUG else _cached()


def url(name: str) -> str:
    """The address of a built asset, with its version: `/static/ui/dist/app.js?v=1a2b3c4d`."""
    return f"{_address(name, settings.STATIC_URL)}?v={version()}"


@cache
def _address(name: str, _prefix: str) -> str:
    """Under the prefix of the settings, which is only a part of the key."""
    return static(f"ui/dist/{name}")


def icon_names() -> frozenset[str]:
    """The icons in the built sprite; empty when nothing is built."""
    sprite = DIST / "icons.svg"
    if not sprite.is_file():
        return frozenset()
    text = sprite.read_text(encoding="utf-8")
    return frozenset(part.split('"', 1)[0] for part in text.split('<symbol id="')[1:])


def _read() -> str:
    return STAMP.read_text(encoding="utf-8")[:8] if STAMP.is_file() else "none"


@cache
def _cached() -> str:
    return _read()
