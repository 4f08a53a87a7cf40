from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from steward.ground import clock
from steward.ground.access.models import User
from steward.ground.ui.palette import PaletteHit, register_provider, set_search_page

from .queries import search_all


def register() -> None:
    set_search_page("search:results")
    register_provider("search", find, title=_("Found"))


def find(request: HttpRequest, query: str) -> Iterator[PaletteHit]:
    """What Ctrl-K shows: the newest few of each kind."""
    if isinstance(request.user, User) and len(query.strip()) > 1:
        for results in search_all(request.user, query, at=clock.now(), limit=3).values():
            for found in results.hits:
                yield PaletteHit(found.hit.title, found.hit.url, detail=found.hit.detail, icon=found.kind.icon)
