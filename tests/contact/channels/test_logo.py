"""The logo on public pages: set by those who steer the form, seen by everybody, and never anything but a picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.contact.channels import operations as channels
from steward.contact.channels.models import PublicForm
from steward.ground.access.errors import Forbidden
from steward.ground.files.models import FileRef

pytestmark = pytest.mark.django_db
SAVED = {"slug": "riverside", "enabled": "on", "staff_names": "unit"}


def picture(colour: str = "red", size: tuple[int, int] = (60, 20), **more: Any) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG", **more)
    return data.getvalue()


def upload(content: bytes, name: str = "标志.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


@pytest.fixture
def form(world: World) -> PublicForm:
    return channels.save_form(unit=world.counter_team, slug="riverside", enabled=True, by=SETUP, at=AT)


def edit(client: Any, world: World, **more: Any) -> Any:
    return client.post(f"/settings/forms/{world.counter_team.public_id}/", {**SAVED, **more})


def address_on(page: str) -> str:
    return page.split('class="public-brand"')[1].split('src="')[1].split('"')[0]


def test_a_logo_is_uploaded_shown_replaced_and_taken_away(form: PublicForm, world: World, signed_in: Any) -> None:
    steering, visitor = signed_in("manager"), Client()
    assert "mark.svg" in address_on(visitor.get("/at/riverside/").content.decode())
    assert edit(steering, world, logo=upload(picture())).status_code == 302
    first = address_on(visitor.get("/at/riverside/").content.decode())
    answer = visitor.get(first)
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (200, "image/png", "nosniff")
    assert answer.headers["Cache-Control"].startswith("public")
    assert edit(steering, world, logo=upload(picture("blue"))).status_code == 302
    second = address_on(visitor.get("/at/riverside/").content.decode())
    assert second != first
    assert visitor.get(first).status_code == 404
    assert edit(steering, world).status_code == 302  # saved without a new one: it stays
    assert visitor.get(second).status_code == 200
    assert edit(steering, world, no_logo="on").status_code == 302
    assert visitor.get(second).status_code == 404
    assert "mark.svg" in address_on(visitor.get("/at/riverside/").content.decode())


def test_a_unit_without_a_logo_has_that_of_the_house(form: PublicForm, world: World) -> None:
    house = channels.save_form(unit=world.bank, slug="bank", enabled=False, by=SETUP, at=AT)
    logo = channels.set_logo(form=house, upload=picture(), name="a.png", by=SETUP, at=AT)
    assert str(logo.public_id) in address_on(Client().get("/at/riverside/").content.decode())


def test_what_travels_in_a_picture_stays_behind(form: PublicForm) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    logo = channels.set_logo(form=form, upload=picture(exif=exif), name="a.png", by=SETUP, at=AT)
    content = b"".join(Client().get(f"/at/logo/{logo.public_id}/"))
    assert b"secret place" not in content


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"words"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
        ("a.png", b"<?php"),
        ("a.pdf", b"%PDF-1.7\n"),
    ],
)
def test_nothing_but_a_picture_is_taken_and_nothing_is_saved_halfway(
    form: PublicForm, world: World, signed_in: Any, name: str, content: bytes
) -> None:
    answer = edit(signed_in("manager"), world, logo=upload(content, name), colour="#123456")
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    form.refresh_from_db()
    assert form.colour == ""
    assert not FileRef.objects.exists()


def test_a_heavy_logo_is_refused(form: PublicForm, world: World, signed_in: Any) -> None:
    noise = io.BytesIO()
    Image.effect_noise((1400, 1400), 120).save(noise, "PNG")
    answer = edit(signed_in("manager"), world, logo=upload(noise.getvalue()))
    assert answer.status_code == 422
    assert not FileRef.objects.exists()


def test_other_files_are_no_logos(form: PublicForm, world: World) -> None:
    from steward.core.cases import operations as cases
    from steward.ground.files.operations import store_file

    case = cases.open_case(unit=world.counter_team, kind="enquiry", channel="web", title="a", body="b", by=SETUP, at=AT)
    row = store_file(upload=picture(), name="a.png", unit=case.unit, subject=case.messages.get(), by=SETUP, at=AT)
    assert Client().get(f"/at/logo/{row.public_id}/").status_code == 404


@pytest.mark.parametrize("who", ["front_line", "outsider"])
def test_who_does_not_steer_the_form_does_not_change_its_logo(form: PublicForm, world: World, who: str) -> None:
    with pytest.raises(Forbidden):
        channels.set_logo(form=form, upload=picture(), name="a.png", by=world.actor(who), at=AT)
    with pytest.raises(Forbidden):
        channels.remove_logo(form=form, by=world.actor(who), at=AT)
