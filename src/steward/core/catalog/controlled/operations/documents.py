"""Documents are opened, written as drafts, withdrawn, closed; people say that they know a version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from ...models import ServiceItem
from ...operations import CodeTaken
from .. import events, kinds
from ..errors import DraftMoved, DraftOpen, NotADraft, NotYetKnown, StillADraft
from ..models import Acknowledgement, ControlledDocument, DocumentVersion
from ..requirements import missing_of


@transaction.atomic
def open_document(
    *,
    unit: Unit,
    kind: str,
    code: str,
    name: LocalizedText,
    by: Actor,
    at: datetime,
    service: ServiceItem | None = None,
    owner: Staff | None = None,
    review_months: int | None = None,
    content: Any = None,
) -> DocumentVersion:
    """A new document with its first draft. content: None for what its kind begins with. Raises Forbidden, CodeTaken, InvalidContent."""
    require(by, "catalog.write", unit, at=at)
    what = kinds.get(kind)
    if ControlledDocument.objects.filter(organisation_id=unit.root_id, kind=kind, code=code).exists():
        raise CodeTaken(code=code)
    document = ControlledDocument.objects.create(
        organisation_id=unit.root_id,
        unit=unit,
        kind=kind,
        code=code,
        name=name,
        service=service,
        owner=owner,
        review_months=review_months,
        opened_at=at,
    )
    draft = DocumentVersion.objects.create(
        document=document,
        number=1,
        content=what.clean(what.empty() if content is None else content),
        written_by=by.user,
        written_at=at,
        changed_at=at,
    )
    journal.record(events.DocumentOpened(kind, code), subject=document, by=by, at=at, unit_id=unit.pk)
    return draft


@transaction.atomic
def begin_draft(*, document: ControlledDocument, by: Actor, at: datetime, based_on: DocumentVersion | None = None) -> DocumentVersion:
    """A draft that begins with what an earlier version says, the newest by default. Raises Forbidden, DraftOpen."""
    policy_for(ControlledDocument).require(by, "write", document, at=at)
    newest = document.versions.order_by("-number").first()
    begun = based_on or document.versions.exclude(sealed_at=None).order_by("-number").first() or newest
    if begun is not None and begun.document_id != document.pk:
        raise Forbidden(action="write")
    try:
        with transaction.atomic():
            draft = DocumentVersion.objects.create(
                document=document,
                number=newest.number + 1 if newest else 1,
                content=begun.content if begun else kinds.get(document.kind).empty(),
                based_on=begun,
                written_by=by.user,
                written_at=at,
                changed_at=at,
            )
    except IntegrityError as error:  # two began at once, or one has been open
        raise DraftOpen() from error
    journal.record(events.DraftSaved(draft.number), subject=document, by=by, at=at, unit_id=document.unit_id)
    return draft


@transaction.atomic
def save_draft(*, draft: DocumentVersion, content: Any, changes: str, seen_at: datetime, by: Actor, at: datetime) -> DocumentVersion:
    """Write a draft. seen_at: its `changed_at` when the writer began. Raises Forbidden, NotADraft, DraftMoved, InvalidContent."""
    document = draft.document
    policy_for(ControlledDocument).require(by, "write", document, at=at)
    clean = kinds.get(document.kind).clean(content)
    mine = DocumentVersion.objects.filter(pk=draft.pk, sealed_at=None, withdrawn_at=None)
    saved_at = max(at, seen_at + timedelta(microseconds=1))  # so that what was seen differs from what was saved, however fast
    if not mine.filter(changed_at=seen_at).update(content=clean, changes=changes.strip(), changed_at=saved_at):
        raise DraftMoved() if mine.exists() else NotADraft()
    journal.record(events.DraftSaved(draft.number), subject=document, by=by, at=at, unit_id=document.unit_id)
    draft.refresh_from_db()
    return draft


@transaction.atomic
def withdraw_draft(*, draft: DocumentVersion, by: Actor, at: datetime, reason: str = "") -> None:
    """It stays readable and its number stays taken. Raises Forbidden, NotADraft."""
    document = draft.document
    policy_for(ControlledDocument).require(by, "write", document, at=at)
    if not DocumentVersion.objects.filter(pk=draft.pk, sealed_at=None, withdrawn_at=None).update(withdrawn_at=at):
        raise NotADraft()
    draft.release_items.all().delete()
    journal.record(events.DraftWithdrawn(draft.number), subject=document, by=by, at=at, unit_id=document.unit_id, reason=reason)


@transaction.atomic
def close_document(*, document: ControlledDocument, by: Actor, at: datetime, reason: str = "") -> None:
    """Nobody writes it any more; where it holds it goes on holding until a release replaces it or rolls it back."""
    policy_for(ControlledDocument).require(by, "close", document, at=at)
    if ControlledDocument.objects.filter(pk=document.pk, closed_at=None).update(closed_at=at):
        journal.record(events.DocumentClosed(document.kind), subject=document, by=by, at=at, unit_id=document.unit_id, reason=reason)


@transaction.atomic
def acknowledge_version(*, version: DocumentVersion, staff: Staff, by: Actor, at: datetime) -> Acknowledgement:
    """Somebody says for themselves that they know a version. Safe to repeat. Raises Forbidden, StillADraft, NotYetKnown."""
    document = version.document
    if by.user is None or by.user.pk != staff.user_id or staff.unit.root_id != document.organisation_id:
        raise Forbidden(action="acknowledge")
    if not DocumentVersion.objects.filter(pk=version.pk, sealed_at__isnull=False).exists():
        raise StillADraft()
    missing = missing_of(version, [staff], at, knowing=True).get(staff.pk)
    if missing:
        raise NotYetKnown(missing="; ".join(missing))
    row, new = Acknowledgement.objects.get_or_create(version=version, staff=staff, defaults={"at": at})
    if new:
        event = events.VersionAcknowledged(version.number, staff.pk)
        journal.record(event, subject=document, by=by, at=at, unit_id=staff.unit_id)
    return row
