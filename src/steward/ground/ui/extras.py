"""What upper rooms show on every staff page: a tool in the top bar, or something beside the page (who is calling).

    register(Extra("phone.calls", "page", "channels/calls/extra.html", calls_of))

context(request) answers quickly, for it is asked on every page, and returns None where there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest

Place = Literal["topbar", "page"]


@dataclass(frozen=True)
class Extra:
    key: str
    place: Place
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True)
class FilledExtra:
    template: str
    data: dict[str, Any]


_extras: dict[str, Extra] = {}


def register(extra: Extra) -> None:
    if extra.key in _extras:
        raise ValueError(f"The extra {extra.key!r} is registered twice.")
    _extras[extra.key] = extra


def filled(place: Place, request: HttpRequest) -> list[FilledExtra]:
    found = []
    for _key, extra in sorted(_extras.items()):
        data = extra.context(request) if extra.place == place else None
        if data is not None:
            found.append(FilledExtra(extra.template, data))
    return found
