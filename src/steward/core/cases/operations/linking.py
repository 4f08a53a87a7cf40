from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.journal.actors import Actor

from .. import events
from ..errors import CannotMerge, OtherOrganisation
from ..models import Case, CaseLink
from .state import lock_cases, record, require


@transaction.atomic
def link_cases(*, source: Case, target: Case, kind: str, by: Actor, at: datetime) -> CaseLink:
    """Say that two cases belong together; both pages show it. The actor must be able to work on both."""
    if source.pk == target.pk:
        raise CannotMerge()
    source, target = lock_cases(source, target)
    require(by, "work", source, at)
    require(by, "work", target, at)
    if source.organisation_id != target.organisation_id:
        raise OtherOrganisation()
    link, created = CaseLink.objects.get_or_create(source=source, target=target, kind=kind, ended_at=None, defaults={"linked_at": at})
    if created:
        record(events.CaseLinked(target.pk, kind), source, by=by, at=at, links=[target])
    return link


@transaction.atomic
def end_link(*, link: CaseLink, by: Actor, at: datetime) -> None:
    require(by, "work", link.source, at)
    if CaseLink.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
        record(events.LinkEnded(link.target_id, link.kind), link.source, by=by, at=at, links=[link.target])
