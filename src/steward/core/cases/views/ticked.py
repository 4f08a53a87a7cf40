"""What rooms that change many cases at once share: which were ticked, where to go afterwards, and how to say what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steward.ground.access.http import StaffRequest, inside
from steward.ground.ui.toasts import toast

from ..models import Case, Task
from ..queries import visible_cases

MOST = 500
Left = Sequence[tuple[Case | Task, str]]


def ticked(request: StaffRequest, *, at: datetime) -> list[Case]:
    """The ticked cases that this person sees, at most five hundred."""
    ids = [value for value in request.POST.getlist("case")[:MOST] if is_uuid(value)]
    return list(visible_cases(request.user, at=at).filter(public_id__in=ids).order_by("pk"))


def came_from(request: StaffRequest) -> str:
    """The list one came from, with its filters."""
    return inside(request, request.POST.get("next") or request.headers.get("Referer", "")) or reverse("cases:list")


def tell_changed(request: StaffRequest, changed: int, left: Left, *, undo_url: str = "") -> None:
    """Say how many were changed, and which were not and why."""
    text = ngettext("%(count)s changed.", "%(count)s changed.", changed) % {"count": changed}
    _tell(request, text, left, undo_url)


def tell_undone(request: StaffRequest, changed: int, left: Left) -> None:
    text = ngettext("%(count)s is as before.", "%(count)s are as before.", changed) % {"count": changed}
    _tell(request, text, left, "")


def _tell(request: StaffRequest, text: str, left: Left, undo_url: str) -> None:
    named = [_("%(title)s: %(reason)s") % {"title": row.title, "reason": reason} for row, reason in left[:3]]
    more = len(left) - len(named)
    named += [_("and %(count)s more") % {"count": more}] if more else []
    toast(request, " ".join([text, *named]), undo_url=undo_url, tone="warn" if left else "ok")


def is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True
