"""What `steward up` and `steward web` say about an installation that nobody has taken yet."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError

from .codes import place, prepare_code
from .plans import is_empty

ANYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on


def setup_words(*, host: str, port: int) -> str:
    """Where to set up an empty installation, with its code; empty for any other, and for a database without tables."""
    try:
        if not is_empty():
            return ""
    except DatabaseError:
        return ""
    code = prepare_code()
    return (
        f"This installation is empty. Set it up in the browser:\n\n  {_address(host, port)}/setup/?code={code}\n\n"
        f"The code is in {place()} too, for you alone; it is void once the first organisation exists."
    )


def _address(host: str, port: int) -> str:
    if settings.PRODUCTION and settings.ALLOWED_HOSTS:
        return f"{'https' if settings.SESSION_COOKIE_SECURE else 'http'}://{settings.ALLOWED_HOSTS[0].lstrip('.')}"
    return f"http://{'127.0.0.1' if host in ANYWHERE else f'[{host}]' if ':' in host else host}:{port}"
