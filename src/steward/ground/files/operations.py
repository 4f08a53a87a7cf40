"""Keeping files, taking them away, and clearing up what nothing refers to."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, models, transaction

from steward.ground.access.models import Unit
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import events, store
from .errors import CannotAttach, FileEmpty, FileRefused, FileTooLarge
from .images import reencode
from .models import Blob, FileRef
from .names import clean_name, extension
from .subjects import subject_of
from .types import ACTIVE_TEXT, Kind, recognise

KEEP_REMOVED = timedelta(days=1)
KEEP_ORPHANS = timedelta(hours=6)
Upload = File[bytes] | BinaryIO | bytes


def store_file(
    *, upload: Upload, name: str, unit: Unit | None, subject: models.Model, by: Actor, at: datetime, retention: str = "standard"
) -> FileRef:
    """Keep an upload on a subject. What it is is read from its bytes; pictures are written again without metadata.

    Raises CannotAttach and the refusals of errors.py. The bytes are written before the commit; what a rollback leaves is cleared up later.
    """
    if not subject_of(subject._meta.label_lower).may_attach(by, subject.pk, at):
        raise CannotAttach()
    with store.incoming() as path:
        kind, size = _taken(upload, path, clean_name(name))
        return _filed(
            path, kind, size, name=_final_name(clean_name(name), kind), unit=unit, subject=subject, by=by, at=at, retention=retention
        )


def _taken(upload: Upload, path: Path, shown: str) -> tuple[Kind, int]:
    """Write an upload to the path as it may be kept, and say what it is. Raises the refusals of errors.py."""
    limit = int(settings.STEWARD_MAX_UPLOAD_BYTES)
    source = io.BytesIO(upload) if isinstance(upload, bytes) else upload
    size = store.write(source, path, limit=limit)
    if size > limit:
        raise FileTooLarge(name=shown, limit=limit // (1024 * 1024))
    if not size:
        raise FileEmpty(name=shown)
    kind = recognise(path, shown)
    if kind.handling == "image":
        size = store.write_bytes(reencode(path, kind.mime, shown), path)
    return kind, size


@transaction.atomic
def _filed(
    path: Path, kind: Kind, size: int, *, name: str, unit: Unit | None, subject: models.Model, by: Actor, at: datetime, retention: str
) -> FileRef:
    blob = _keep(path, size, kind, at)
    row = FileRef.objects.create(
        blob=blob,
        name=name,
        type=kind.mime,
        size=size,
        owner=by.user,
        unit=unit,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        retention=retention,
        created_at=at,
    )
    event = events.FileStored(blob.sha256, kind.mime.replace("+", "."), size)
    journal.record(event, subject=row, by=by, at=at, unit_id=unit.pk if unit else None, links=[subject])
    return row


def refusal_of(*, content: bytes, name: str) -> FileRefused | None:
    """Why `store_file` would not take these bytes, without keeping them; None when it would."""
    with store.incoming() as path:
        try:
            _taken(content, path, clean_name(name))
        except FileRefused as refused:
            return refused
    return None


def keep_original(
    *, content: bytes, name: str, mime: str, unit: Unit | None, subject: models.Model, by: Actor, at: datetime, retention: str = "standard"
) -> FileRef:
    """Keep bytes exactly as they came, whatever they are, for a machine that must be able to read them again. Served only as a download.

    Raises CannotAttach. People's uploads go through `store_file`, which looks at what they are.
    """
    if not by.is_machine or not subject_of(subject._meta.label_lower).may_attach(by, subject.pk, at):
        raise CannotAttach()
    shown = clean_name(name)
    with store.incoming() as path:
        store.write_bytes(content, path)
        kind = Kind(mime, (extension(shown),))
        return _filed(path, kind, len(content), name=shown, unit=unit, subject=subject, by=by, at=at, retention=retention)


def content_of(*, file: FileRef) -> bytes | None:
    """The bytes of a file for the house's own work; None when they are gone. The caller has checked the right."""
    if file.blob is None or file.removed_at is not None:
        return None
    try:
        return store.path_of(file.blob.sha256).read_bytes()
    except FileNotFoundError:
        return None


def remove_file(*, file: FileRef, by: Actor, at: datetime, reason: str = "") -> None:
    """Take a file away from its subject; its content goes a day later, when nothing else refers to it. `restore_file` takes this back."""
    if not subject_of(file.subject_type).may_attach(by, file.subject_id, at):
        raise CannotAttach()
    with transaction.atomic():
        if FileRef.objects.filter(pk=file.pk, removed_at=None).update(removed_at=at):
            event = events.FileRemoved(file.blob.sha256 if file.blob else "")
            journal.record(event, subject=file, by=by, at=at, unit_id=file.unit_id, reason=reason)


def restore_file(*, file: FileRef, by: Actor, at: datetime) -> bool:
    """Take a removal back while the content is still there; False when it is gone."""
    if not subject_of(file.subject_type).may_attach(by, file.subject_id, at):
        raise CannotAttach()
    with transaction.atomic():
        found = FileRef.objects.filter(pk=file.pk, removed_at__isnull=False, blob__isnull=False).update(removed_at=None)
        if found and file.blob:
            event = events.FileStored(file.blob.sha256, file.type.replace("+", "."), file.size)
            journal.record(event, subject=file, by=by, at=at, unit_id=file.unit_id)
    return bool(found)


def record_view(*, file: FileRef, by: Actor, at: datetime) -> None:
    """Note a look at a sensitive file."""
    with transaction.atomic():
        journal.record(events.FileViewed(file.pk), subject=file, by=by, at=at, unit_id=file.unit_id)


def collect_blobs(*, at: datetime) -> int:
    """Delete contents that nothing refers to; return how many. Safe beside uploads: both hold the row while they touch the file."""
    gone = FileRef.objects.filter(removed_at__lt=at - KEEP_REMOVED, blob__isnull=False)
    gone.update(blob=None)
    return sum(_collect(pk) for pk in _unreferenced().filter(stored_at__lt=at - KEEP_ORPHANS).values_list("pk", flat=True))


def collect_now(blob_ids: list[int]) -> int:
    """Delete these contents at once where nothing else refers to them; for erasure."""
    return sum(_collect(pk) for pk in blob_ids)


def collect_strays(*, real_now: datetime) -> int:
    """Delete contents that no row knows, left by a rollback or a crash. By the age of the file itself, so in real time."""
    count = 0
    before = (real_now - KEEP_ORPHANS).timestamp()
    for path in [*store.contents(), *(store.root() / "incoming").glob("*")]:
        if path.stat().st_mtime < before and not Blob.objects.filter(sha256=path.name).exists():
            path.unlink(missing_ok=True)
            count += 1
    return count


def _unreferenced() -> models.QuerySet[Blob]:
    return Blob.objects.filter(references=None)


def _collect(pk: int) -> bool:
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(pk=pk).first()
        if blob is None or FileRef.objects.filter(blob=blob).exists():
            return False
        # The file goes while the row is held: an upload of the same content waits, finds no row and writes both again.
        store.discard(blob.sha256)
        blob.delete()
    return True


def _keep(path: Path, size: int, kind: Kind, at: datetime) -> Blob:
    """The row of this content, held until the commit, with the content in its place."""
    sha256 = store.digest(path)
    blob = Blob.objects.select_for_update().filter(sha256=sha256).first()
    if blob is None:
        try:
            with transaction.atomic():
                blob = Blob.objects.create(sha256=sha256, size=size, type=kind.mime, stored_at=at)
        except IntegrityError:
            blob = Blob.objects.select_for_update().get(sha256=sha256)
    store.place(path, sha256)
    return blob


def _final_name(name: str, kind: Kind) -> str:
    """A missing ending is added; text that a browser would run gets one that it does not run."""
    ending = extension(name)
    if ending in ACTIVE_TEXT:
        return f"{name}.txt"
    return name if ending else f"{name}{kind.extensions[0]}"
