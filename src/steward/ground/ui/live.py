"""Live parts of a page: they poll the versions of topics and say "3 条新工单" instead of moving what one reads.

In a template: `{% live "cases:unit:12" noun=_("new cases") target="#rows" %}`. In a view that reads rows: first
`watch(["cases:unit:12"])`, then `{% live_watch watched %}`. The token is signed, so that nobody polls topics that no page gave them.
Browser code (frontend/src/live.js) asks every few seconds, only while the tab is visible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from steward.ground.journal import topics

SALT = "ui.live"
PAGE_SECONDS, BOARD_SECONDS = 5, 1
Mode = Literal["gather", "replace"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What one live part watches.

    mode: `gather` shows a banner with the number of changes and loads them on a click; `replace` refreshes the target at once (boards).
    target: the CSS selector of the region that is loaded again, from `source`, or from the page's own address where that is empty.
    seen, told: the version the region shows, and the one the banner last told; -1 while there is no banner.
    """

    keys: tuple[str, ...]
    seen: int
    mode: Mode = "gather"
    target: str = "#rows"
    noun: str = ""
    seconds: int = PAGE_SECONDS
    told: int = -1
    source: str = ""

    @property
    def token(self) -> str:
        return Signer(salt=SALT).sign_object(
            {
                "k": list(self.keys),
                "v": self.seen,
                "m": self.mode,
                "t": self.target,
                "n": self.noun,
                "s": self.seconds,
                "c": self.told,
                "f": self.source,
            }
        )

    @property
    def url(self) -> str:
        return f"{reverse('ui:live')}?w={self.token}"

    @classmethod
    def read(cls, token: str) -> Watch:
        """Raises BadSignature for a token that no page of ours gave out."""
        data: dict[str, Any] = Signer(salt=SALT).unsign_object(token)
        return cls(tuple(data["k"]), data["v"], data["m"], data["t"], data["n"], data["s"], data["c"], data.get("f", ""))

    @property
    def element_id(self) -> str:
        return "live-" + "".join(letter if letter.isalnum() else "-" for letter in self.target.lstrip("#."))


def watch(
    keys: Sequence[str], *, mode: Mode = "gather", target: str = "#rows", noun: str = "", seconds: int = PAGE_SECONDS, source: str = ""
) -> Watch:
    """Start watching from now: call it before the rows are read, so that nothing falls between."""
    return Watch(tuple(keys), total(keys), mode, target, noun, seconds, source=source)


def total(keys: Sequence[str]) -> int:
    """The sum of the versions: it only grows, by one for each change."""
    return sum(topics.versions(list(keys)).values())


def live_view(request: HttpRequest) -> HttpResponse:
    """GET /live/?w=…: 204 while nothing changed, else the banner, or an empty part that makes the target load itself again.

    `&renew=1` starts watching from now: browser code asks for it just before it loads the rows again.
    """
    try:
        watched = Watch.read(request.GET.get("w", ""))
    except (BadSignature, KeyError, TypeError):
        return HttpResponse(status=400)
    now = total(watched.keys)
    if request.GET.get("renew"):
        return _part(request, replace(watched, seen=now, told=-1), 0)
    if now in (watched.seen, watched.told):
        return HttpResponse(status=204)
    new = max(1, now - watched.seen)
    watched = replace(watched, seen=now) if watched.mode == "replace" else replace(watched, told=now)
    response = _part(request, watched, new)
    if watched.mode == "replace":
        response.headers["HX-Trigger"] = "steward:changed"
    return response


def _part(request: HttpRequest, watched: Watch, new: int) -> HttpResponse:
    response = render(request, "ui/parts/live.html", {"watch": watched, "new": new})
    response.headers["Cache-Control"] = "no-store"
    return response
