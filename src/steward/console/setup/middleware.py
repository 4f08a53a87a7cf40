"""While nobody has taken the installation, every page leads to the set-up."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .plans import is_empty

OPEN_BEFORE = ("/setup/", "/static/", "/language/", "/preferences/")


class Taken:
    """Once an organisation was seen, it is not asked for again: none is ever removed while the server runs."""

    seen = False


class SetupMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not Taken.seen and not request.path.startswith(OPEN_BEFORE):
            Taken.seen = not is_empty()
            if not Taken.seen:
                return redirect("console:setup")
        return self._get_response(request)
