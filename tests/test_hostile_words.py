"""Words that would be markup, template code, terms or attributes, wherever people may write: every page shows them as words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from steward.ground.fields import LocalizedTextField

from .cast import World
from .matrix import LETTERS, ROWS, build_scene

MARKUP = "<img src=x onerror=boom>"
HOSTILE = f"\"'>{MARKUP}{{{{ request.user.username|add:'-LEAK' }}}}{{customer}}</textarea><c-card />"
WRITTEN = {"title", "name", "body", "words", "needs", "subject", "text", "reason", "number", "source", "error", "username", "value"}
READERS = "FMA"


def fill_with_hostile_words() -> None:
    """Behind the operations' backs, because some of them would refuse it; the journal alone cannot be written."""
    for model in apps.get_models():
        if not model.__module__.startswith("steward.") or model._meta.app_label in ("journal", "search"):
            continue
        for field in model._meta.concrete_fields:
            words: Any = HOSTILE[: getattr(field, "max_length", None)]
            if isinstance(field, LocalizedTextField):
                words = {"zh-hans": HOSTILE, "en": HOSTILE}
            elif field.name not in WRITTEN or not isinstance(field, models.CharField | models.TextField):
                continue
            try:
                with transaction.atomic():
                    model._base_manager.update(**{field.attname: words})
            except IntegrityError:  # names that must differ
                continue


def faults(html: str) -> list[str]:
    """Markup that is markup, or template code that was run."""
    return [html[max(0, hit.start() - 100) : hit.end()] for hit in re.finditer(re.escape(MARKUP) + r"|[a-z]-LEAK|<c-card", html)]


@pytest.mark.django_db
def test_no_page_runs_what_people_wrote(world: World, signed_in: Any) -> None:
    scene, wrong, shown = build_scene(world), [], 0
    rows = [row for row in ROWS if row.method == "GET"]
    addresses = [(row, reverse(row.url, kwargs=row.kwargs(scene)), row.posted(scene)) for row in rows]
    fill_with_hostile_words()
    for letter in READERS:
        client = signed_in(LETTERS[letter])
        for row, address, query in addresses:
            if letter not in row.allowed:
                continue
            response = client.get(address, {"q": HOSTILE, **query} if letter == "M" else query)
            html = b"".join(response.streaming_content if response.streaming else [response.content]).decode(errors="replace")
            shown += "&lt;img src=x" in html
            if response.status_code >= 500:
                wrong.append(f"{row.url} for {LETTERS[letter]}: {response.status_code}")
            if "html" in response.headers.get("Content-Type", ""):
                wrong += [f"{row.url} for {LETTERS[letter]}: {fault}" for fault in faults(html)]
    assert wrong == []
    assert shown > 40, "hardly any page showed the words, so nothing was tried"
