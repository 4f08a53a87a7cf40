"""Threats and insults: noted with evidence, warned, and a contact ended only by a supervisor. The matter and the right to complain stay."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.cases.operations.state import lock_case, require
from steward.core.org.models import Staff
from steward.core.org.queries import heads_of
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import DecidedAlready, OtherCase, WarnFirst
from ..models import AbuseRecord
from .recovery import offer_break
from .shared import HOUSE, page_of, record, sentence, staff_among

TASK = "desk.abuse"
Decision = AbuseRecord.Decision


@transaction.atomic
def record_abuse(*, case: Case, kind: str, words: str, by: Actor, at: datetime, message: Message | None = None) -> AbuseRecord:
    """Somebody was threatened or insulted: what was said, and the message that shows it. A break is offered to them. Raises OtherCase."""
    case = lock_case(case)
    require(by, "work", case, at)
    if message is not None and message.case_id != case.pk:
        raise OtherCase()
    row = AbuseRecord.objects.create(
        case=case, kind=AbuseRecord.Kind(kind), message=message, words=sentence(words), recorded_by=by.user, at=at
    )
    record(events.AbuseRecorded(kind), case, by=by, at=at)
    person = Staff.objects.select_related("user", "unit").filter(user=by.user).first() if by.user is not None else None
    if person is not None:
        offer_break(staff=person, case=case, at=at)
    return row


@transaction.atomic
def warn_abuse(*, abuse: AbuseRecord, by: Actor, at: datetime) -> AbuseRecord:
    """The person was told that the contact ends if it goes on. The supervisor is asked to decide."""
    case = lock_case(abuse.case)
    require(by, "work", case, at)
    row = AbuseRecord.objects.get(pk=abuse.pk)
    if row.warned_at is not None or row.decision:
        return row
    heads = heads_of(case.unit, at)
    words = {"number": case.number}
    row.warned_at, row.warned_by = at, by.user
    row.task = cases.add_task(
        unit=case.unit, subject=row, kind=TASK, title=_("Decide whether the contact of case %(number)s is ended") % words,
        owner=staff_among(heads), by=HOUSE, at=at, reason="warned",
    )  # fmt: skip
    row.save(update_fields=["warned_at", "warned_by", "task"])
    notify(
        users=heads,
        title=in_languages(lambda: _("Decide whether the contact of case %(number)s is ended") % words),
        url=page_of(case),
        at=at,
        icon="alert-triangle",
        key=f"desk.abuse:{row.public_id}",
    )
    record(events.AbuseWarned(), case, by=by, at=at)
    return row


@transaction.atomic
def decide_abuse(*, abuse: AbuseRecord, decision: str, reason: str, by: Actor, at: datetime) -> AbuseRecord:
    """The supervisor ends this contact or lets it go on. The case stays open as it was. Raises Forbidden, WarnFirst, DecidedAlready."""
    case = lock_case(abuse.case)
    require(by, "assign", case, at)
    row = AbuseRecord.objects.select_related("task__unit", "task__owner").get(pk=abuse.pk)
    if row.decision:
        raise DecidedAlready()
    if Decision(decision) == Decision.ENDED and row.warned_at is None:
        raise WarnFirst()
    row.decision, row.reason, row.decided_by, row.decided_at = Decision(decision), sentence(reason), by.user, at
    row.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    if row.task is not None:
        cases.finish_task(task=row.task, by=HOUSE, at=at)
    record(events.AbuseDecided(decision), case, by=by, at=at, reason=row.reason)
    return row
