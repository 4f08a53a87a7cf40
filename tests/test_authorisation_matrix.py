"""Every address meets every member of the cast; who is denied changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from steward.console.portable import exported_models
from steward.ground.journal.models import Topic

from .cast import World
from .matrix import LETTERS, ROWS, Row, Scene, build_scene, encoded

# Pages anybody's browser may ask for whatever happens; they tell nothing.
WITHOUT_ROW: dict[str, str] = {}


def addresses(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_has_a_row() -> None:
    known = {row.url for row in ROWS} | set(WITHOUT_ROW)
    assert sorted(set(addresses(get_resolver())) - known) == []


def test_no_row_is_about_an_address_that_is_gone() -> None:
    assert sorted({row.url for row in ROWS} - set(addresses(get_resolver()))) == []


def fingerprint() -> str:
    """A digest of every row of every table, without the versions that live pages poll."""
    digest = hashlib.sha256()
    for model in exported_models():
        if model is not Topic:
            digest.update(repr((model._meta.db_table, list(model._base_manager.order_by("pk").values_list()))).encode())
    return digest.hexdigest()


def ask(row: Row, scene: Scene, client: Any) -> Any:
    address = reverse(row.url, kwargs=row.kwargs(scene))
    if row.method == "GET":
        return client.get(address, row.posted(scene))
    return client.post(address, encoded(row.posted(scene)), content_type="application/x-www-form-urlencoded")


def was_denied(response: Any) -> bool:
    """Sent to sign in, refused, not there; or 422, when the form does not offer what was asked for (somebody else's unit)."""
    sent_to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/login/")
    return sent_to_sign_in or response.status_code in (401, 403, 404, 422)


def row_id(row: Row) -> str:
    return f"{row.method} {row.url}"


@pytest.mark.django_db
@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_the_cast_meets_the_address(row: Row, world: World, signed_in: Any) -> None:
    scene = build_scene(world)
    clients = {letter: signed_in(name) for letter, name in LETTERS.items()}
    before = fingerprint()
    wrong = []
    for letter, name in LETTERS.items():
        if letter in row.allowed:
            with transaction.atomic():
                response = ask(row, scene, clients[letter])
                transaction.set_rollback(True)
            if was_denied(response) or response.status_code >= 500 or response.status_code == 405:
                wrong.append(f"{name} is allowed but got {response.status_code}")
        else:
            response = ask(row, scene, clients[letter])
            if not was_denied(response):
                wrong.append(f"{name} is denied but got {response.status_code}")
            if fingerprint() != before:
                wrong.append(f"{name} was denied and yet something changed")
                break
    assert wrong == []
