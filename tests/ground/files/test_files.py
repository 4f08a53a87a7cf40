"""Uploads: what is taken, what is refused, who gets it back, and what leaves with a person."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.cast import AT, SETUP, World

from steward.ground.files import errors, images, operations, store, subjects
from steward.ground.files.models import Blob, FileRef
from steward.ground.files.names import clean_name, extension
from steward.ground.files.operations import collect_blobs, collect_strays, remove_file, restore_file, store_file
from steward.ground.jobs import registry
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal import personal
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **options)
    return out.getvalue()


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return out.getvalue()


DOCX = archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


def put(world: World, content: bytes, name: str, by: Actor = SETUP) -> FileRef:
    return store_file(upload=content, name=name, unit=world.branch, subject=world.branch, by=by, at=AT)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "告知书.pdf", "application/pdf"),
        (DOCX, "说明.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (archive({"a.txt": b"a"}), "bundle.zip", "application/zip"),
        (archive({"OFD.xml": b"<ofd/>"}), "发票.ofd", "application/ofd"),
        ("姓名,电话\n陈,138\n".encode("gb18030"), "名单.csv", "text/plain"),
        ("姓名".encode("utf-16"), "名单.txt", "text/plain"),
        (b"MZ is how this text begins", "note.txt", "text/plain"),
        (b"#!AMR\n" + b"\x3c" * 40, "录音.amr", "audio/amr"),
        (b"ID3\x04" + b"\0" * 300, "voice.mp3", "audio/mpeg"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧表.xls", "application/x-ole-storage"),
    ],
)
def test_kinds_are_read_from_the_bytes(world: World, content: bytes, name: str, kind: str) -> None:
    row = put(world, content, name)
    assert (row.type, row.name, row.size) == (kind, name, len(content))
    assert row.blob is not None
    assert store.path_of(row.blob.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "a.txt", errors.FileEmpty),
        (b"MZ\x90\x00\x03\x00\x00\x00", "photo.jpg", errors.FileDangerous),
        (b"\x7fELF\x02\x01", "list.txt", errors.FileDangerous),
        (b"#!/bin/sh\nrm -rf /\n", "run.txt", errors.FileDangerous),
        (b"echo hello", "run.bat", errors.FileDangerous),
        (picture(), "macro.docm", errors.FileDangerous),
        (archive({"word/document.xml": b"", "word/vbaProject.bin": b""}), "plan.docx", errors.FileDangerous),
        (archive({"invoice.pdf.exe": b"MZ"}), "invoice.zip", errors.FileDangerous),
        (picture("PNG"), "letter.pdf", errors.FileDisguised),
        (PDF, "photo.png", errors.FileDisguised),
        (b"<script>alert(1)</script>", "photo.jpg", errors.FileDisguised),
        (archive({"a.txt": b"a"}), "sheet.xlsx", errors.FileDisguised),
        (b"\x00\x01\x02\x03" * 40, "data.txt", errors.FileNotAccepted),
        (b"hello", "a.xyz", errors.FileNotAccepted),
        (b"PK\x03\x04 not a zip", "a.zip", errors.FileBroken),
        (picture()[:200], "torn.jpg", errors.FileBroken),
    ],
)
def test_what_is_refused_says_why(world: World, content: bytes, name: str, error: type[errors.FileRefused]) -> None:
    with pytest.raises(error) as caught:
        put(world, content, name)
    assert "%(" not in str(caught.value)
    assert FileRef.objects.count() == Blob.objects.count() == 0
    assert list(store.contents()) == []
    assert list((store.root() / "incoming").glob("*")) == []


def test_too_large_is_refused_while_reading(world: World, settings: Any) -> None:
    settings.STEWARD_MAX_UPLOAD_BYTES = 1024 * 1024
    with pytest.raises(errors.FileTooLarge, match="1 MB"):
        put(world, b"a" * (1024 * 1024 + 1), "a.txt")
    assert put(world, b"a" * (1024 * 1024), "a.txt").size == 1024 * 1024


def test_archives_that_explode_are_refused(world: World) -> None:
    with pytest.raises(errors.ArchiveTooLarge):
        put(world, archive({"zeros": b"\0" * 30_000_000}), "bomb.zip")
    with pytest.raises(errors.ArchiveTooLarge):
        put(world, archive({f"{number}.txt": b"" for number in range(10_001)}, zipfile.ZIP_STORED), "many.zip")


def test_pictures_lose_their_metadata(world: World) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6
    row = put(world, picture(exif=exif, comment=b"hidden words"), "现场.jpg")
    assert row.blob is not None
    kept = store.path_of(row.blob.sha256).read_bytes()
    assert b"SecretCamera" not in kept
    assert b"hidden words" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (20, 40), "turned upright before the orientation was dropped"
        assert not image.getexif()


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp")])
def test_other_pictures_are_written_again_too(world: World, kind: str, ending: str) -> None:
    row = put(world, picture(kind) + b"<script>trailing payload</script>", f"a.{ending}")
    assert row.blob is not None
    assert b"payload" not in store.path_of(row.blob.sha256).read_bytes()


def test_a_transparent_palette_and_an_animation_survive(world: World) -> None:
    out = io.BytesIO()
    frames = [Image.new("RGBA", (8, 8), (shade, 0, 0, 128)) for shade in (0, 120, 240)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=50, loop=0)
    row = put(world, out.getvalue(), "a.gif")
    assert row.blob is not None
    with Image.open(store.path_of(row.blob.sha256)) as image:
        assert getattr(image, "n_frames", 1) == 3


def test_too_many_pixels_are_refused_before_decoding(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", 100)
    with pytest.raises(errors.ImageTooLarge):
        put(world, picture(size=(11, 10)), "big.jpg")


def test_html_and_svg_become_text_that_no_browser_runs(world: World, signed_in: Any) -> None:
    for name in ("page.html", "drawing.svg"):
        row = put(world, b"<svg onload='alert(1)'></svg>", name)
        assert (row.type, row.name) == ("text/plain", f"{name}.txt")
        answer = signed_in("supervisor").get(f"/files/{row.public_id}/")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_same_content_lies_there_once(world: World) -> None:
    first, second = put(world, PDF, "a.pdf"), put(world, PDF, "b.pdf")
    assert first.blob == second.blob
    assert len(list(store.contents())) == 1


def test_the_store_is_readable_by_the_server_alone(world: World) -> None:
    put(world, PDF, "a.pdf")
    [path] = store.contents()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.relative_to(store.root()).parts[:2] == (path.name[:2], path.name[2:4])


def test_serving_follows_the_subjects_policy(world: World, signed_in: Any) -> None:
    row = put(world, PDF, "告知书.pdf")
    assert signed_in("front_line").get(f"/files/{row.public_id}/").status_code == 200
    assert signed_in("outsider").get(f"/files/{row.public_id}/").status_code == 404
    assert signed_in("customer").get(f"/files/{row.public_id}/").status_code == 302
    with pytest.raises(errors.CannotAttach):
        put(world, PDF, "a.pdf", by=world.actor("outsider"))
    with pytest.raises(errors.CannotAttach):
        put(world, PDF, "a.pdf", by=Actor.customer("somebody"))


def test_headers_keep_the_browser_from_guessing_and_running(world: World, signed_in: Any) -> None:
    client = signed_in("supervisor")
    shown = client.get(f"/files/{put(world, picture('PNG'), '现场.png').public_id}/")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "private, no-store"
    saved = client.get(f"/files/{put(world, DOCX, '说明.docx').public_id}/")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    asked = client.get(f"/files/{put(world, PDF, 'a.pdf').public_id}/?download=1")
    assert asked.headers["Content-Disposition"].startswith("attachment")


def test_a_header_cannot_be_smuggled_in_by_a_name(world: World, signed_in: Any) -> None:
    row = put(world, PDF, 'a\r\nSet-Cookie: x=1";.pdf')
    answer = signed_in("supervisor").get(f"/files/{row.public_id}/")
    assert "Set-Cookie: x" not in answer.headers
    assert "\n" not in answer.headers["Content-Disposition"]


def test_sensitive_looks_are_recorded(world: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put(world, PDF, "a.pdf")
    signed_in("supervisor").get(f"/files/{row.public_id}/")
    assert not Entry.objects.filter(code="files.file_viewed").exists()
    careful = replace(subjects.subject_of("access.unit"), sensitive=lambda pk: True)
    monkeypatch.setitem(subjects._subjects, "access.unit", careful)
    signed_in("supervisor").get(f"/files/{row.public_id}/")
    entry = Entry.objects.get(code="files.file_viewed")
    assert entry.actor_ref == str(world.cast.supervisor.public_id)


def test_removing_taking_back_and_clearing_up(world: World, signed_in: Any) -> None:
    row, twin = put(world, PDF, "a.pdf"), put(world, PDF, "b.pdf")
    by = world.actor("supervisor")
    remove_file(file=row, by=by, at=AT)
    assert signed_in("supervisor").get(f"/files/{row.public_id}/").status_code == 404
    assert restore_file(file=row, by=by, at=AT)
    assert signed_in("supervisor").get(f"/files/{row.public_id}/").status_code == 200
    remove_file(file=row, by=by, at=AT)
    assert collect_blobs(at=AT + timedelta(days=2)) == 0, "the twin still needs it"
    remove_file(file=twin, by=by, at=AT)
    assert collect_blobs(at=AT + timedelta(hours=12)) == 0, "a day to take it back"
    assert collect_blobs(at=AT + timedelta(days=2)) == 1
    assert list(store.contents()) == []
    row.refresh_from_db()
    assert not restore_file(file=row, by=by, at=AT)
    assert signed_in("supervisor").get(f"/files/{twin.public_id}/").status_code == 404


def test_what_a_rollback_leaves_is_cleared_up(world: World) -> None:
    class StopError(Exception):
        pass

    def fail() -> None:
        with transaction.atomic():
            put(world, PDF, "a.pdf")
            raise StopError

    with pytest.raises(StopError):
        fail()
    assert len(list(store.contents())) == 1
    assert collect_strays(real_now=real_now()) == 0
    assert collect_strays(real_now=real_now() + timedelta(days=1)) == 1


def test_the_collector_is_scheduled(world: World) -> None:
    operations.remove_file(file=put(world, PDF, "a.pdf"), by=SETUP, at=AT - timedelta(days=9))
    Blob.objects.update(stored_at=AT - timedelta(days=9))
    assert registry.schedule_of("files.collect_blobs") is not None
    enqueue("files.collect_blobs", at=AT)
    run_waiting(AT)
    assert Blob.objects.count() == 0


def test_a_lost_content_is_a_404_and_not_a_fault(world: World, signed_in: Any) -> None:
    row = put(world, PDF, "a.pdf")
    for path in store.contents():
        path.unlink()
    assert signed_in("supervisor").get(f"/files/{row.public_id}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_erased_person_takes_the_files_along(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = committed_world
    person = Person("access.unit", world.branch.pk, str(world.branch.public_id))
    mine = replace(subjects.by_policy(type(world.branch)), of_person=lambda asked: [asked.id] if asked.type == "access.unit" else [])
    monkeypatch.setitem(subjects._subjects, "access.unit", mine)
    row = put(world, PDF, "陈晓明的身份证.pdf")
    assert personal.export_person(person)["files.files"][0]["name"] == "陈晓明的身份证.pdf"
    personal.erase_person(person, at=AT)
    row.refresh_from_db()
    assert (row.blob, row.name) == (None, "—")
    assert list(store.contents()) == []


def test_what_the_law_keeps_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = personal.Retention("complaint file", "law")
    base = subjects.by_policy(type(world.branch))
    mine = replace(base, of_person=lambda asked: [world.branch.pk], retain=lambda person, at: kept)
    monkeypatch.setitem(subjects._subjects, "access.unit", mine)
    row = put(world, PDF, "a.pdf")
    personal.erase_person(Person("access.unit", world.branch.pk, "x"), at=AT)
    row.refresh_from_db()
    assert row.blob is not None


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\收据.pdf", "收据.pdf"),
        ("fa\u200bke\u202egpj.exe", "fakegpj.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("con.txt", "_con.txt"),
        ("...", "file"),
        ("", "file"),
        (" 空 格 .pdf ", "空 格.pdf"),
        ('a<b>"c|d?.pdf', "a_b__c_d_.pdf"),
    ],
)
def test_names_are_cleaned(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=400))
def test_every_name_becomes_a_safe_one(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned) <= 120
    assert len(cleaned.encode()) <= 200
    assert not set(cleaned) & set('/\\\0\r\n<>:"|?*\u200b\u202e')
    assert cleaned not in (".", "..")
    assert clean_name(cleaned) == cleaned


def test_long_names_keep_their_ending() -> None:
    assert extension(clean_name("长" * 300 + ".pdf")) == ".pdf"
    assert Path(clean_name("a" * 300 + ".JPEG")).suffix == ".JPEG"
