"""Per request: the reader's language and time zone, a request id for the journal, a limit of its size, and refusals turned into answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from steward.ground import clock

from . import sessions
from .errors import Refused, RequestTooLarge
from .fresh import send_to_confirm
from .models import User
from .oidc import did_both_steps
from .second_factor import is_missing

OPEN_BEFORE = ("/password/", "/logout/", "/static/", "/preferences/", "/language/")
# Where the second factor is set up; nothing else answers to somebody whose role needs one and who has none.
OPEN_WITHOUT_CODE = (*OPEN_BEFORE, "/second-step/", "/confirm/")


def _size(request: HttpRequest) -> int:
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _limit() -> int:
    """One file with its form. Up to here the form reads it and names the file; beyond nobody's disk is filled, also not before signing in."""
    return int(settings.STEWARD_MAX_UPLOAD_BYTES) + int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


class StaffMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        user = request.user
        if isinstance(user, User):
            if user.language:
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            if user.organisation:
                timezone.activate(user.organisation.timezone)
        if isinstance(user, User) and user.must_change_password and not request.path.startswith(OPEN_BEFORE):
            # A password that somebody else knows opens nothing but the page to choose one's own.
            return redirect("account_change_password")
        if (
            isinstance(user, User)
            and not request.path.startswith(OPEN_WITHOUT_CODE)
            and is_missing(user)
            and not did_both_steps(request, user)
        ):
            return redirect("mfa_index")
        if isinstance(user, User):
            sessions.touch(request.session, at=clock.now())
        refused = self.process_exception(request, RequestTooLarge(limit=_limit() // 2**20)) if _size(request) > _limit() else None
        response = refused or self._get_response(request)
        timezone.deactivate()
        if isinstance(user, User) and not response.has_header("Cache-Control"):
            # At a shared machine, Back after signing out would show the last page again.
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is an answer, not a fault: a page that says what to do, or a notice when htmx asked for a part."""
        if isinstance(exception, ReauthenticationRequired) and request.headers.get("HX-Request"):
            return send_to_confirm(request)
        if not isinstance(exception, Refused):
            return None
        message = str(exception)
        if request.headers.get("HX-Request"):
            response = HttpResponse(message, status=exception.status)
            response["HX-Reswap"] = "none"
            response["HX-Trigger"] = json.dumps({"steward:refused": {"code": exception.code, "message": message}})
            return response
        return render(request, "ui/refused.html", {"message": message, "code": exception.code}, status=exception.status)
