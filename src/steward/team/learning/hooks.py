"""Certificates gate work, courses gate versions, and new versions end certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.core.cases import hooks
from steward.core.cases.hooks import Objection, Work
from steward.core.cases.models import Case
from steward.core.catalog.controlled import requirements
from steward.core.catalog.models import ControlledDocument
from steward.core.org.models import Staff
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from . import operations
from .models import Certificate, CertificateKind
from .queries import kinds_that_gate, latest_certificates, missing


def objections(staff: Staff, work: Work, at: datetime) -> list[Objection]:
    """Nothing is asked of the database where no kind of certificate is needed for such work."""
    case = work if isinstance(work, Case) else work.case
    needed = [kind for kind in kinds_that_gate() if _fits(kind, case)] if case is not None else []
    if not needed:
        return []
    found = latest_certificates(staff, needed)
    return [
        Objection("certificate", hard=True, words=_words(kind, found.get(kind.pk)))
        for kind in needed
        if kind.pk not in found or not found[kind.pk].holds(at)
    ]


def _fits(kind: CertificateKind, case: Case) -> bool:
    if kind.service_id is not None and kind.service_id != case.service_id:
        return False
    return kind.case_kind in ("", case.kind) and kind.unit_id in case.unit.ancestor_ids


def _words(kind: CertificateKind, row: Certificate | None) -> str:
    if row is None:
        return _("has no certificate “%(name)s”") % {"name": kind}
    ended = min(row.ended_at, row.expires_at) if row.ended_at else row.expires_at
    day = ended.astimezone(row.staff.unit.timezone).date().isoformat()
    return _("certificate “%(name)s” ended on %(day)s") % {"name": kind, "day": day}


def follow_versions(entries: Sequence[Entry]) -> None:
    """A second delivery finds the certificates ended."""
    for entry in entries:
        operations.end_outdated(document=ControlledDocument.objects.get(pk=entry.subject_id), at=entry.occurred_at)


def register() -> None:
    hooks.register(hooks.Eligibility("certificates", objections))
    requirements.register(requirements.Requirement("course", gettext_lazy("Course passed"), missing))
    subscribe(Subscriber("learning.versions", follow_versions, codes=frozenset({"catalog.version_in_force"})))
