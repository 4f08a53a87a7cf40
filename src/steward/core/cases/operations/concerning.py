"""Whom of the staff a case is about. They do not work on it, whoever asks (回避)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.core.org.models import Staff
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import OtherOrganisation
from ..models import Assignment, Case, Concern
from .state import announce, lock_case, record, require, save


@transaction.atomic
def name_concerned(*, case: Case, staff: Staff, by: Actor, at: datetime) -> Concern:
    """Say that the case is about this person. If it is with them, it is free for somebody else at once."""
    case = lock_case(case)
    require(by, "work", case, at)
    if staff.unit.root_id != case.organisation_id:
        raise OtherOrganisation()
    concern, created = Concern.objects.get_or_create(case=case, staff=staff, ended_at=None, defaults={"since_at": at, "named_by": by.user})
    if not created:
        return concern
    record(events.StaffConcerned(staff.pk, True), case, by=by, at=at, links=[staff.user])
    if case.assignee_id == staff.pk:
        Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
        announce(case)
        case.assignee = None
        record(events.CaseAssigned(staff.pk, None, ["concerned"]), case, by=by, at=at, links=[staff.user])
    save(case, "assignee", at=at)
    return concern


@transaction.atomic
def clear_concerned(*, case: Case, staff: Staff, by: Actor, at: datetime, reason: str) -> None:
    """It was somebody else after all. Only those who steer may say so, with the reason."""
    case = lock_case(case)
    require(by, "steer", case, at)
    if not reason.strip():
        raise NeedsReason()
    if Concern.objects.filter(case=case, staff=staff, ended_at=None).update(ended_at=at):
        record(events.StaffConcerned(staff.pk, False), case, by=by, at=at, reason=reason, links=[staff.user])
        save(case, at=at)
