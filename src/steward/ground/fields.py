"""What every model and form shares: public identifiers that leave the house, text for people in several languages, choices of rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import uuid6
from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import get_language, override


def new_public_id() -> uuid.UUID:
    """A time-ordered UUIDv7 (RFC 9562) as a standard UUID."""
    return uuid.UUID(int=uuid6.uuid7().int)


def offer(form: forms.BaseForm, name: str, rows: models.QuerySet[Any]) -> None:
    """The rows that this reader may choose in a field of a form; the field is made without any."""
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class PublicIdModel(models.Model):
    """A row that may be named outside the house: bigint inside, UUIDv7 outside."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)

    class Meta:
        abstract = True


class LocalizedText(dict[str, str]):
    """Text keyed by language code. `str()` gives the active language, then Chinese, then English, then any."""

    def __str__(self) -> str:
        return self.in_language(get_language() or "zh-hans")

    def in_language(self, language: str) -> str:
        for code in (language, "zh-hans", "en", *self):
            if self.get(code):
                return self[code]
        return ""

    def __hash__(self) -> int:  # type: ignore[override]  # dict removes it; values are replaced, never changed in place
        return hash(tuple(sorted(self.items())))


class LocalizedTextField(models.JSONField):
    """A JSON object of language code → text. A plain string is taken as Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", LocalizedText)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> LocalizedText:
        return LocalizedText(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value: Any) -> LocalizedText:
        return localized(value)

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(dict(localized(value)))


def localized(value: str | Mapping[str, str] | None = None, **languages: str) -> LocalizedText:
    """Build a LocalizedText: `localized("开户", en="Account opening")`. Keyword `zh` means zh-hans."""
    if isinstance(value, str):
        value = {"zh-hans": value}
    text = LocalizedText(value or {})
    for code, words in languages.items():
        text["zh-hans" if code == "zh" else code] = words
    return text


def in_languages(say: Callable[[], str]) -> LocalizedText:
    """What a sentence says in every language of the installation, for notices whose reader is not known yet."""
    text = LocalizedText()
    for language, _name in settings.LANGUAGES:
        with override(language):
            text[language] = say()
    return text
