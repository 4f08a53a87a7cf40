"""Short notices after an action, with 撤销 for ten seconds where the action can be taken back.

After a redirect: `toast(request, _("Case assigned to %(name)s.") % {...}, undo_url=url)`. For an htmx fragment, hand the response through
`with_toast(response, text, undo_url=url)`. The undo address takes a POST, like every change.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase

UNDO_SECONDS = 10
ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)
TONES = {"ok": messages.SUCCESS, "info": messages.INFO, "warn": messages.WARNING, "danger": messages.ERROR}
ICONS = {"ok": "circle-check", "info": "info-circle", "warn": "alert-triangle", "danger": "alert-octagon"}


@dataclass(frozen=True, slots=True)
class Toast:
    text: str
    tone: str = "ok"
    undo_url: str = ""

    @property
    def icon(self) -> str:
        return ICONS[self.tone]

    @property
    def seconds(self) -> int:
        return UNDO_SECONDS if self.undo_url else 6


def toast(request: HttpRequest, text: object, *, undo_url: str = "", tone: str = "ok") -> None:
    """Show a notice on the next page this person sees."""
    messages.add_message(request, TONES[tone], str(text), extra_tags=f"undo:{undo_url}" if undo_url else "")


def with_toast(response: ResponseT, text: object, *, undo_url: str = "", tone: str = "ok") -> ResponseT:
    """Show a notice beside the fragment that htmx swaps in."""
    detail = {**asdict(Toast(str(text), tone, undo_url)), "seconds": UNDO_SECONDS if undo_url else 6}
    events: dict[str, Any] = json.loads(response.headers.get("HX-Trigger", "{}") or "{}")
    response.headers["HX-Trigger"] = json.dumps({**events, "steward:toast": detail})
    return response


def pending(request: HttpRequest) -> list[Toast]:
    """The notices waiting for this page; reading them empties the store."""
    levels = {level: tone for tone, level in TONES.items()}
    found = []
    for message in messages.get_messages(request):
        extra = str(message.extra_tags or "")
        undo = extra.removeprefix("undo:") if extra.startswith("undo:/") else ""
        found.append(Toast(str(message.message), levels.get(message.level, "info"), undo))
    return found
