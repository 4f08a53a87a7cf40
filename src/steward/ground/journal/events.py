"""Event types: a code `app.noun_verbed`, a version, and a typed payload sufficient for subscribers.

Declared in the app's `events.py`:

    @event("cases.case_assigned", version=1)
    @dataclass(frozen=True)
    class CaseAssigned(Event):
        to: int | None
        previous: int | None

The payload stands in the journal for ever and in the clear, so it holds ids, codes, numbers and instants only: never text that a person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

_CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
# A code or identifier: no spaces, no Chinese, short. What a person wrote does not look like this.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/+@#=-]{0,100}\Z")


class UnsafePayload(ValueError):
    """A public payload holds something that is not an id, a code, a number or an instant."""


@dataclass(frozen=True)
class Event:
    """Base of all event payloads."""

    code: ClassVar[str] = ""
    version: ClassVar[int] = 0

    def public(self) -> dict[str, Any]:
        """The payload as JSON values; raises UnsafePayload for free text."""
        return {field.name: _plain(f"{self.code}.{field.name}", getattr(self, field.name)) for field in fields(self)}


EventType = TypeVar("EventType", bound=type[Event])
_registry: dict[str, type[Event]] = {}


def event(code: str, *, version: int = 1) -> Callable[[EventType], EventType]:
    """Class decorator that registers an event type; a code can be declared once."""

    def declare(cls: EventType) -> EventType:
        if not _CODE.match(code):
            raise ValueError(f"Event code {code!r} is not of the form app.noun_verbed.")
        if code in _registry and _registry[code].__qualname__ != cls.__qualname__:
            raise ValueError(f"Event code {code!r} is declared twice.")
        if not is_dataclass(cls):
            raise TypeError(f"{cls.__name__} must be a frozen dataclass.")
        cls.code, cls.version = code, version
        _registry[code] = cls
        return cls

    return declare


def is_registered(code: str) -> bool:
    return code in _registry


def registered_events() -> Mapping[str, type[Event]]:
    return dict(sorted(_registry.items()))


def _plain(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise UnsafePayload(f"{name} is an instant without a time zone.")
        return value.isoformat()
    if isinstance(value, date | UUID | Decimal):
        return str(value)
    if isinstance(value, str):
        if not _PLAIN.match(value):
            raise UnsafePayload(f"{name} holds text; put what people wrote into `sealed`.")
        return value
    if isinstance(value, list | tuple):
        return [_plain(name, member) for member in value]
    raise UnsafePayload(f"{name} has the type {type(value).__name__}, which a public payload cannot hold.")
