"""Ctrl-K: go anywhere, do anything, find anything. Commands come from the navigation and `register_command`, results from providers.

register_command(PaletteCommand("cases.new", _("Take a new case"), "cases:new", "plus", capability="cases.open", words="xinjian 新建"))
register_provider("cases", find_cases, title=_("Cases"))   # find_cases(request, query) -> Iterable[PaletteHit], at most LIMIT each
set_search_page("search:results")               # where `/` and Enter lead; takes ?q=
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from steward.ground.ui.navigation import DuplicateEntry, links_for, may_use, url_of
from steward.ground.ui.place import place_of_request
from steward.ground.ui.terms import fill_terms

LIMIT = 8


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """Something one can do from everywhere. `words`: other words people may type for it (English, Chinese, pinyin)."""

    key: str
    label: str | Promise
    url_name: str
    icon: str = "arrow-right"
    capability: str = ""
    shortcut: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class PaletteHit:
    """A line of the palette. `detail` is the small grey text."""

    label: str
    url: str
    detail: str = ""
    icon: str = "arrow-right"
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class PaletteGroup:
    title: str
    hits: tuple[PaletteHit, ...]


PaletteProvider = Callable[[HttpRequest, str], Iterable[PaletteHit]]
_commands: dict[str, PaletteCommand] = {}
_providers: dict[str, tuple[str | Promise, PaletteProvider]] = {}
_search_page = ""


def register_command(command: PaletteCommand) -> PaletteCommand:
    if command.key in _commands:
        raise DuplicateEntry(f"The palette command {command.key!r} is registered twice.")
    _commands[command.key] = command
    return command


def register_provider(key: str, provider: PaletteProvider, *, title: str | Promise) -> None:
    """Add a source of results under its own heading. It sees the request and must keep to what the person may see."""
    if key in _providers:
        raise DuplicateEntry(f"The palette provider {key!r} is registered twice.")
    _providers[key] = (title, provider)


def set_search_page(url_name: str) -> None:
    """Say which page answers `/`; it takes `?q=`."""
    global _search_page
    _search_page = url_name


def search_url() -> str:
    """The address of the search page, or empty while no app offers one: `/` then opens the palette."""
    return url_of(_search_page) if _search_page else ""


def commands() -> tuple[PaletteCommand, ...]:
    return tuple(_commands.values())


def groups_for(request: HttpRequest, query: str) -> list[PaletteGroup]:
    """The palette for what is typed: places, commands, then each provider's results. An empty query lists places and commands."""
    wanted = query.strip().casefold()
    groups = [PaletteGroup(_("Go to"), _places(request, wanted)), PaletteGroup(_("Actions"), _doings(request, wanted))]
    if wanted:
        for title, provider in _providers.values():
            groups.append(PaletteGroup(str(title), tuple(islice(provider(request, query.strip()), LIMIT))))
    return [group for group in groups if group.hits]


def _places(request: HttpRequest, wanted: str) -> tuple[PaletteHit, ...]:
    links = links_for(getattr(request, "user", None), place=place_of_request(request), with_tabs=True)
    hits = (PaletteHit(link.label, link.url, icon=link.icon, shortcut=f"g {link.shortcut}" if link.shortcut else "") for link in links)
    return tuple(hit for hit in hits if wanted in hit.label.casefold())


def _doings(request: HttpRequest, wanted: str) -> tuple[PaletteHit, ...]:
    place, user = place_of_request(request), getattr(request, "user", None)
    found = []
    for command in _commands.values():
        label, url = fill_terms(command.label, place), url_of(command.url_name)
        if url and may_use(user, command.capability) and (wanted in label.casefold() or wanted in command.words.casefold()):
            found.append(PaletteHit(label, url, icon=command.icon, shortcut=command.shortcut))
    return tuple(found)
