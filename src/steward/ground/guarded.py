"""A session of `requests` for libraries that insist on one: every call goes through the house's guard for what goes out (`outbound`).

Nothing is followed, no proxy or password of the surroundings is used, no cookie and no connection is kept.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from . import outbound


def anywhere(host: str) -> bool:
    return True


class _Transport(BaseAdapter):
    def __init__(self, limit: int, allowed: Callable[[str], bool], wrapped: bool, told_as: str) -> None:
        super().__init__()
        self._limit, self._allowed, self._wrapped, self._told_as = limit, allowed, wrapped, told_as

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        url = str(request.url)
        if not self._allowed(urlsplit(url).hostname or ""):
            raise outbound.Unreachable("bad_host")
        body = request.body.encode() if isinstance(request.body, str) else cast(bytes | None, request.body)
        headers = {str(name): str(value) for name, value in request.headers.items() if name.lower() != "content-length"}
        try:
            status, told = outbound.ask(str(request.method), url, body, headers, limit=self._limit)
        except (outbound.Unreachable, OSError, http.client.HTTPException) as fault:
            if not self._wrapped:
                raise
            raise requests.ConnectionError(str(fault)) from fault
        answer = requests.Response()
        answer.status_code, answer._content, answer.url, answer.request, answer.encoding = status, told, url, request, "utf-8"
        if self._told_as:
            answer.headers["content-type"] = self._told_as
        return answer

    def close(self) -> None:
        """Nothing is kept open."""


def session(*, limit: int, allowed: Callable[[str], bool] = anywhere, wrapped: bool = False, told_as: str = "") -> requests.Session:
    """limit: the longest answer in bytes; allowed: host names that may be asked, besides what the guard allows.

    wrapped: what cannot be reached is raised as requests.ConnectionError, for libraries that look for it; else as `outbound.ask` raises it.
    told_as: the content type that answers are taken for, where a library looks at it; what the other machine calls them is not kept.
    """
    made = requests.Session()
    made.trust_env = False
    made.headers.clear()
    made.headers["Accept-Encoding"] = "identity"
    made.adapters.clear()
    for scheme in ("https://", "http://"):
        made.mount(scheme, _Transport(limit, allowed, wrapped, told_as))
    return made
