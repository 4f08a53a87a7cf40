"""Every address meets every member of the cast; who is denied changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from .cast import World
from .matrix import LETTERS, ROWS, Row, Scene, build_scene, encoded
from .unchanged import fingerprint, written

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


def test_what_is_written_is_noticed_even_when_it_is_undone(world: World) -> None:
    before, quiet = fingerprint(), written()
    assert fingerprint() == before
    assert written() == quiet
    with transaction.atomic():
        type(world.bank).objects.filter(pk=world.bank.pk).update(code="other")
        assert written() > quiet
        assert fingerprint() != before
        transaction.set_rollback(True)
    assert written() > quiet
    assert fingerprint() == before


def ask(row: Row, scene: Scene, client: Any) -> Any:
    address = reverse(row.url, kwargs=row.kwargs(scene))
    if row.method == "GET":
        return client.get(address, row.posted(scene))
    return client.post(address, encoded(row.posted(scene)), content_type="application/x-www-form-urlencoded")


def was_denied(response: Any) -> bool:
    """Sent to sign in, refused, not there; or 422, when the form does not offer what was asked for (somebody else's unit)."""
    sent_to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/login/")
    return sent_to_sign_in or response.status_code in (401, 403, 404, 422)


def groups() -> dict[str, list[Row]]:
    """The rows by the app that answers; each group meets one scene, and whatever a request did is undone before the next."""
    found: dict[str, list[Row]] = {}
    for row in ROWS:
        found.setdefault(row.url.rpartition(":")[0] or "site", []).append(row)
    return found


GROUPS = groups()


@pytest.mark.django_db
@pytest.mark.parametrize("group", GROUPS)
def test_the_cast_meets_the_addresses(group: str, world: World, signed_in: Any) -> None:
    scene = build_scene(world)
    clients = {letter: signed_in(name) for letter, name in LETTERS.items()}
    before = fingerprint()
    wrong = [
        f"{row.method} {row.url}: {problem}"
        for row in GROUPS[group]
        for letter, name in LETTERS.items()
        if (problem := met(row, scene, clients[letter], name, allowed=letter in row.allowed, before=before))
    ]
    assert wrong == []


def met(row: Row, scene: Scene, client: Any, name: str, *, allowed: bool, before: str) -> str:
    """What is wrong with the answer this member of the cast gets; "" when nothing is."""
    cookies, quiet = deepcopy(client.cookies), written()
    changed = False
    with transaction.atomic():
        response = ask(row, scene, client)
        if not allowed:
            changed = written() != quiet and fingerprint() != before
        transaction.set_rollback(True)
    client.cookies = cookies
    if allowed:
        bad = was_denied(response) or response.status_code >= 500 or response.status_code == 405
        return f"{name} is allowed but got {response.status_code}" if bad else ""
    if changed:
        return f"{name} was denied and yet something changed"
    return "" if was_denied(response) else f"{name} is denied but got {response.status_code}"
