"""The sidebar and the phone's bottom bar, by the day and not by module. Apps register their entries; only what a person may use is shown.

    register(NavEntry("cases", _("Cases"), "cases:list", "inbox", 20, capability="cases.view", phone=False, shortcut="c"))

Orders in use: 10 today, 15 to do, 20 cases, 30 customers, 40 floor, 50 roster, 60 feedback, 70 quality, 80 improvement, 90 team, 100 risk,
110 insights, 900 settings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from steward.ground.ui.place import Place
from steward.ground.ui.terms import fill_terms

PHONE_SLOTS = 4
FOOT_ORDER = 900


class DuplicateEntry(ValueError):
    """Two apps register the same key or the same `g` letter."""


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry.

    key: unique, also the value of a page's `nav_key`.
    label: a lazy translation; `{customer_many}` and the like are filled with the trade's word.
    capability: a code for `user.access.has(code)`; empty shows it to everyone who is signed in.
    phone: one of the four of the bottom bar (today, to do, floor, me), in their order.
    shortcut: the letter after `g`.
    order: entries from 900 stand at the foot of the sidebar.
    under: the key of the entry it belongs to: then it stands in the tabs of that page and in the palette, not in the sidebar.
    """

    key: str
    label: str | Promise
    url_name: str
    icon: str
    order: int
    capability: str = ""
    phone: bool = False
    shortcut: str = ""
    under: str = ""


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as one person sees it on one page."""

    key: str
    label: str
    url: str
    icon: str
    shortcut: str
    foot: bool
    active: bool = False


_entries: dict[str, NavEntry] = {}


def register(entry: NavEntry) -> NavEntry:
    """Add an entry. Call it in `AppConfig.ready()`; a duplicate key or shortcut refuses to start."""
    if entry.key in _entries:
        raise DuplicateEntry(f"The navigation key {entry.key!r} is registered twice.")
    if entry.shortcut:
        if not re.fullmatch(r"[a-z]", entry.shortcut):
            raise ValueError(f"The shortcut of {entry.key!r} is {entry.shortcut!r}; it takes one letter a to z.")
        taken = next((other.key for other in _entries.values() if other.shortcut == entry.shortcut), None)
        if taken:
            raise DuplicateEntry(f"{entry.key!r} and {taken!r} both want g {entry.shortcut}.")
    _entries[entry.key] = entry
    return entry


def entries() -> tuple[NavEntry, ...]:
    return tuple(sorted(_entries.values(), key=lambda entry: (entry.order, entry.key)))


def may_use(user: Any, capability: str) -> bool:
    """Whether a user holds a capability anywhere. Nobody who is not signed in holds any."""
    if user is None or not getattr(user, "is_authenticated", False):
        return False
    if not capability:
        return True
    access = getattr(user, "access", None)
    return access is not None and bool(access.has(capability))


def url_of(url_name: str) -> str:
    """The address of a URL name, or empty when its app is not mounted; the system check ui.W002 names such entries."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def links_for(user: Any, *, path: str = "", current: str = "", place: Place | None = None, with_tabs: bool = False) -> tuple[NavLink, ...]:
    """The entries a person may use, the active one marked: `current` when the page names it, else the longest matching address.

    with_tabs: those that stand under another one too, as the palette wants them; in the sidebar they mark the one they stand under, and stand there
    themselves where a person may not use that one.
    """
    usable = [(entry, url_of(entry.url_name)) for entry in entries() if may_use(user, entry.capability)]
    usable = [(entry, url) for entry, url in usable if url]
    found = current or max(((len(url), entry.key) for entry, url in usable if _within(path, url)), default=(0, ""))[1]
    may = {entry.key for entry, _url in usable}
    own = {entry.key for entry, _url in usable if with_tabs or entry.under not in may}
    active = _entries[found].under if found in _entries and found not in own else found
    return tuple(
        NavLink(
            key=entry.key,
            label=fill_terms(entry.label, place),
            url=url,
            icon=entry.icon,
            shortcut=entry.shortcut,
            foot=entry.order >= FOOT_ORDER,
            active=entry.key == active,
        )
        for entry, url in usable
        if entry.key in own
    )


def phone_links(links: tuple[NavLink, ...]) -> tuple[NavLink, ...]:
    """The bottom bar: at most four of the links, those registered with `phone=True`."""
    return tuple(link for link in links if _entries[link.key].phone)[:PHONE_SLOTS]


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
