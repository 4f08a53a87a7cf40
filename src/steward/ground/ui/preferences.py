"""Language, theme and text size: of the signed-in user, else of this browser's cookies, else the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

THEMES = ("auto", "light", "dark")
TEXT_SIZES = ("normal", "large")
THEME_COOKIE = "steward_theme"
TEXT_COOKIE = "steward_text"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    theme: str = "auto"
    text_size: str = "normal"
    language: str = ""


def preferences_of(request: HttpRequest) -> Preferences:
    """What the person chose. A page may fix them for itself (the gallery does) by setting `request.page_preferences`."""
    fixed = getattr(request, "page_preferences", None)
    if isinstance(fixed, Preferences):
        return fixed
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return Preferences(
            theme=_one_of(getattr(user, "theme", ""), THEMES),
            text_size=_one_of(getattr(user, "text_size", ""), TEXT_SIZES),
            language=str(getattr(user, "language", "") or ""),
        )
    return Preferences(
        theme=_one_of(request.COOKIES.get(THEME_COOKIE, ""), THEMES),
        text_size=_one_of(request.COOKIES.get(TEXT_COOKIE, ""), TEXT_SIZES),
        language=request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""),
    )


def save_preferences(request: HttpRequest, response: HttpResponse, chosen: Preferences) -> None:
    """Keep the choice with the user and in cookies, so that the login page of this browser looks the same."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        user.theme, user.text_size, user.language = chosen.theme, chosen.text_size, chosen.language
        user.save(update_fields=["theme", "text_size", "language"])
    _keep(response, THEME_COOKIE, chosen.theme)
    _keep(response, TEXT_COOKIE, chosen.text_size)
    _keep(response, settings.LANGUAGE_COOKIE_NAME, chosen.language)


def _keep(response: HttpResponse, name: str, value: str) -> None:
    if value:
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True)
    else:
        response.delete_cookie(name)


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]
