"""A text in every language of the interface at once, for what is frozen today and read by others later."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.utils.translation import get_language, override

from steward.ground.fields import LocalizedText

Texts = dict[str, str]


def everywhere(say: Callable[[], object]) -> Texts:
    """What `say` says in each language: `everywhere(lambda: _("Week"))`."""
    found = {}
    for code, _label in settings.LANGUAGES:
        with override(code):
            found[code] = str(say())
    return found


def here(texts: Mapping[str, str] | None) -> str:
    """The text in the language that is active."""
    return LocalizedText(texts or {}).in_language(get_language() or str(settings.LANGUAGE_CODE))
