"""Files in access requests and erasures: the subjects say which are whose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from steward.ground.journal import personal
from steward.ground.journal.operations import Person

from .models import FileRef, FileRefQuerySet
from .operations import collect_now
from .subjects import FileSubject, subjects

ERASED_NAME = "—"


def files_of(person: Person) -> FileRefQuerySet:
    """All references, removed ones too, on subjects that belong to the person and that no law retains."""
    rows = FileRef.objects.none()
    for subject in subjects():
        rows = rows | _of(subject, person)
    return rows


def register() -> None:
    personal.register(
        personal.PersonalData(key="files.files", find=_find, export=_export, blank=_blank, retain=_retain, tables=("files_fileref",))
    )


def _of(subject: FileSubject, person: Person) -> FileRefQuerySet:
    return FileRef.objects.filter(subject_type=subject.type, subject_id__in=list(subject.of_person(person)))


def _find(person: Person) -> int:
    return files_of(person).exclude(blob=None).count()


def _export(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "type": row.type,
            "size": row.size,
            "created_at": row.created_at.isoformat(),
            "address": f"/files/{row.public_id}/",
        }
        for row in files_of(person).exclude(blob=None).order_by("pk")
    ]


def _blank(person: Person, at: datetime) -> int:
    """Names and contents go, rows stay. Subjects whose files the law keeps are left alone; their app says why."""
    count = 0
    for subject in subjects():
        if subject.retain is not None and subject.retain(person, at) is not None:
            continue
        rows = _of(subject, person).exclude(blob=None)
        blobs = [pk for pk in rows.values_list("blob", flat=True).distinct() if pk is not None]
        count += rows.update(blob=None, name=ERASED_NAME, removed_at=at)
        transaction.on_commit(lambda blobs=blobs: collect_now(blobs))  # type: ignore[misc]  # mypy does not infer lambda defaults
    return count


def _retain(person: Person, at: datetime) -> personal.Retention | None:
    """Nothing is retained as a whole: each subject decides for its own files."""
    return None
