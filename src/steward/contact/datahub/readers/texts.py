"""Values of exports as texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import strip_tags

from .source import Thing


def text(value: Any) -> str:
    """A value as a cell says it; nothing and yes or no included. NUL is shown, because no text has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(text, value)))
    if isinstance(value, dict):
        return pairs(value)
    return str(value).replace("\0", "\N{SYMBOL FOR NULL}").strip()


def pairs(values: Thing) -> str:
    """Names and values of fields that each house makes itself, empty ones left out."""
    return "; ".join(f"{name}: {said}" for name, value in values.items() if (said := text(value)))


def plain(thing: Thing, *names: str) -> str:
    """The first of these fields that says something; what is named *html loses its tags."""
    for name in names:
        if found := text(thing.get(name)):
            return strip_tags(found).strip() if name.endswith("html") else found
    return ""


def names_of(items: Any, *fields: str) -> tuple[str, ...]:
    """The names of attached files or tags, whose items are texts or objects."""
    found: Iterable[Any] = items if isinstance(items, list) else ()
    named = (plain(item, *fields) if isinstance(item, dict) else text(item) for item in found)
    return tuple(filter(None, named))


def inner(thing: Any) -> Thing:
    """What an object with one name holds: {"helpdesk_ticket": {…}} says the inner one."""
    if isinstance(thing, dict) and len(thing) == 1:
        (only,) = thing.values()
        if isinstance(only, dict):
            return only
    return thing if isinstance(thing, dict) else {}


def in_time(*states: tuple[str, Any]) -> tuple[tuple[str, str], ...]:
    """States whose instant is known, as far as each is not before the one in front of it. ISO instants of one export sort as texts."""
    found: list[tuple[str, str]] = []
    for state, at in states:
        if at and (not found or text(at) >= found[-1][1]):
            found.append((state, text(at)))
    return tuple(found)
