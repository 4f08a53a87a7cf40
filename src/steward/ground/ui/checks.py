"""System checks: every registered address exists, and the browser assets are built."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from . import assets
from .navigation import entries, url_of
from .palette import commands


@register("ui")
def registered_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.W002: an entry of the navigation or palette leads nowhere, so it would silently not be shown."""
    named = [(f"navigation entry {entry.key!r}", entry.url_name) for entry in entries()]
    named += [(f"palette command {command.key!r}", command.url_name) for command in commands()]
    return [
        Warning(f"The {what} names the address {url_name!r}, which does not exist.", hint="Mount its urls, or correct it.", id="ui.W002")
        for what, url_name in named
        if not url_of(url_name)
    ]


@register("ui")
def built_assets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """ui.W001: nothing is built, so pages have no style."""
    if assets.STAMP.is_file():
        return []
    return [Warning("The browser assets are not built.", hint="Run: python hatch_build.py", id="ui.W001")]
