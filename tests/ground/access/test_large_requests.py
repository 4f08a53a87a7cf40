"""A request larger than anything Steward takes is refused before its body is read, whoever sends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


class Endless:
    """A body that fails the test when somebody reads it."""

    def read(self, size: int = -1) -> bytes:
        raise AssertionError("The body was read.")

    readline = read


def post(client: Client, size: int, **headers: str) -> Any:
    environment = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": Endless()}
    return client.post("/login/", headers=headers, **environment)


def test_too_large_a_request_is_refused_unread(client: Client) -> None:
    response = post(client, 10**10)
    assert response.status_code == 413
    assert "32" in response.content.decode()


def test_htmx_gets_a_notice(client: Client) -> None:
    response = post(client, 10**10, **{"HX-Request": "true"})
    assert (response.status_code, response.headers["HX-Reswap"]) == (413, "none")


def test_what_is_only_too_large_a_file_gets_the_sentence_about_files(world: Any, signed_in: Any, settings: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse
    from tests.cast import AT, SETUP

    from steward.core.cases import operations as cases

    settings.STEWARD_MAX_UPLOAD_BYTES = 1024 * 1024
    case = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="补卡", by=SETUP, at=AT)
    upload = SimpleUploadedFile("a.txt", b"word " * 400_000)
    url = reverse("cases:message", args=[case.public_id])
    response = signed_in("front_line").post(url, {"body": "附件", "direction": "note", "attachment": upload})
    assert response.status_code == 413
    assert "a.txt" in response.content.decode()
