"""The picture at the head of a unit's public pages. Whoever has the address of the page may see it, so nothing else is ever kept there."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.core.files.base import File
from django.db import transaction

from steward.ground.access.policies import policy_for
from steward.ground.files.models import FileRef
from steward.ground.files.operations import remove_file, store_file
from steward.ground.journal.actors import Actor

from ..errors import LogoTooLarge, NotAPicture
from ..models import PublicForm

LOGO_BYTES = 1024 * 1024
Upload = File[bytes] | BinaryIO | bytes


@transaction.atomic
def set_logo(*, form: PublicForm, upload: Upload, name: str, by: Actor, at: datetime) -> FileRef:
    """Put a picture in the place of the one before. Raises Forbidden, NotAPicture, LogoTooLarge and the refusals of files."""
    policy_for(PublicForm).require(by, "manage", form, at=at)
    before = list(FileRef.objects.of(form))
    logo = store_file(upload=upload, name=name, unit=form.unit, subject=form, by=by, at=at)
    if not logo.is_image:
        raise NotAPicture()
    if logo.size > LOGO_BYTES:
        raise LogoTooLarge()
    for file in before:
        remove_file(file=file, by=by, at=at)
    return logo


@transaction.atomic
def remove_logo(*, form: PublicForm, by: Actor, at: datetime) -> None:
    policy_for(PublicForm).require(by, "manage", form, at=at)
    for file in FileRef.objects.of(form):
        remove_file(file=file, by=by, at=at)
