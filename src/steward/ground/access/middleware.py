"""Per request: the reader's language and time zone, a request id for the journal, and refusals turned into answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from .errors import Refused
from .models import User


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
        response = self._get_response(request)
        timezone.deactivate()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal is an answer, not a fault: a page that says what to do, or a notice when htmx asked for a part."""
        if not isinstance(exception, Refused):
            return None
        message = str(exception)
        if request.headers.get("HX-Request"):
            response = HttpResponse(message, status=exception.status)
            response["HX-Reswap"] = "none"
            response["HX-Trigger"] = json.dumps({"steward:refused": {"code": exception.code, "message": message}})
            return response
        return render(request, "ui/refused.html", {"message": message, "code": exception.code}, status=exception.status)
