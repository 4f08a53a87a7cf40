"""The context processor behind every page: language, theme, navigation and words, each worked out only when a template asks."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from steward.ground import clock
from steward.ground.ui import assets, words
from steward.ground.ui.extras import FilledExtra, filled
from steward.ground.ui.navigation import NavLink, links_for, phone_links
from steward.ground.ui.palette import search_url
from steward.ground.ui.place import Place, place_of_request
from steward.ground.ui.preferences import Preferences, preferences_of
from steward.ground.ui.toasts import Toast, pending


class Page:
    """What templates read as `ui`: `ui.theme`, `ui.nav`, `ui.place`. A fragment that asks nothing costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def preferences(self) -> Preferences:
        return preferences_of(self._request)

    @property
    def theme(self) -> str:
        return self.preferences.theme

    @property
    def text_size(self) -> str:
        return self.preferences.text_size

    @property
    def language(self) -> str:
        """The `lang` of the document: zh-Hans or en."""
        return "en" if (get_language() or "").startswith("en") else "zh-Hans"

    @cached_property
    def place(self) -> Place:
        return place_of_request(self._request)

    @cached_property
    def nav(self) -> tuple[NavLink, ...]:
        current = str(getattr(self._request, "nav_key", ""))
        return links_for(getattr(self._request, "user", None), path=self._request.path, current=current, place=self.place)

    @property
    def nav_main(self) -> tuple[NavLink, ...]:
        return tuple(link for link in self.nav if not link.foot)

    @property
    def nav_foot(self) -> tuple[NavLink, ...]:
        return tuple(link for link in self.nav if link.foot)

    @property
    def nav_phone(self) -> tuple[NavLink, ...]:
        return phone_links(self.nav)

    @property
    def search_url(self) -> str:
        return search_url()

    @property
    def query(self) -> str:
        return self._request.GET.get("q", "")

    @property
    def words(self) -> dict[str, str]:
        """The sentences that browser code speaks."""
        return words.for_browser()

    @property
    def now(self) -> str:
        """The server's instant, so that counting in the browser follows the demo's clock too."""
        return clock.now().isoformat()

    @property
    def version(self) -> str:
        return assets.version()

    @property
    def tools(self) -> list[FilledExtra]:
        """What upper rooms put in the top bar."""
        return filled("topbar", self._request)

    @property
    def extras(self) -> list[FilledExtra]:
        """What upper rooms show beside every page."""
        return filled("page", self._request)

    def toasts(self) -> list[Toast]:
        return pending(self._request) if hasattr(self._request, "_messages") else []


def page(request: HttpRequest) -> dict[str, Any]:
    """The context processor named in settings."""
    return {"ui": Page(request)}
