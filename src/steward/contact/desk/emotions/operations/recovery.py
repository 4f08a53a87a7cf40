"""What hard cases cost those who have them: counted by shift, a break offered as working time, a rotation proposed, a note after it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.cases.operations.state import lock_case, require
from steward.core.org import operations as org
from steward.core.org.models import Presence, Staff
from steward.core.org.queries import heads_of
from steward.core.org.shifts import end_of_day
from steward.ground.access.policies import policy_for
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import today_of

from .. import events
from ..errors import DecidedAlready, NoBreakOffered
from ..kinds import limits_of
from ..models import DebriefNote, EmotionFlag, HardExposure, RecoveryBreak, RotationProposal
from .shared import HOUSE, record, record_of, sentence, staff_among

TASK = "desk.rotation"
States = RotationProposal.State


@transaction.atomic
def note_exposures_of(*, case: Case, at: datetime) -> HardExposure | None:
    """Whoever has a severe case now bears it in this shift. Safe to repeat."""
    flag = EmotionFlag.objects.filter(case=case, level=EmotionFlag.Level.SEVERE, dismissed_at=None).order_by("pk").first()
    if flag is None or case.assignee is None:
        return None
    return note_exposure(staff=case.assignee, flag=flag, at=at)


@transaction.atomic
def note_exposure(*, staff: Staff, flag: EmotionFlag, at: datetime) -> HardExposure | None:
    """Count it once for each case and shift, offer a break, and propose a rotation when the shift has held enough. None if it is counted already."""
    staff = Staff.objects.select_for_update(no_key=True, of=("self",)).select_related("user", "unit").get(pk=staff.pk)
    day = today_of(staff.unit, at)
    row, new = HardExposure.objects.get_or_create(staff=staff, case=flag.case, day=day, defaults={"flag": flag, "at": at})
    if not new:
        return None
    offer_break(staff=staff, case=flag.case, at=at)
    count = HardExposure.objects.filter(staff=staff, day=day, flag__dismissed_at=None).count()
    if count >= limits_of(staff.unit, at).per_shift:
        _propose(staff, day, count, at)
    return row


@transaction.atomic
def offer_break(*, staff: Staff, case: Case, at: datetime) -> RecoveryBreak | None:
    """One offer waits at a time; none while one is on a break."""
    if Presence.objects.filter(staff=staff, ended_at=None, state=Presence.State.RECOVERY).exists():
        return None
    minutes = limits_of(staff.unit, at).break_minutes
    try:
        with transaction.atomic():
            row = RecoveryBreak.objects.create(staff=staff, case=case, minutes=minutes, offered_at=at)
    except IntegrityError:
        return None
    notify(
        users=[staff.user],
        title=in_languages(lambda: _("That was a hard case: %(minutes)s minutes to recover are yours") % {"minutes": minutes}),
        text=in_languages(lambda: _("They are working time; no new work comes meanwhile.")),
        url=reverse("desk:emotions"),
        at=at,
        icon="heart",
        key=f"desk.recovery:{row.public_id}",
    )
    record_of(events.RecoveryOffered(minutes), staff, by=HOUSE, at=at)
    return row


@transaction.atomic
def answer_break(*, recovery: RecoveryBreak, taken: bool, by: Actor, at: datetime) -> RecoveryBreak:
    """The person takes it, and is recovering from now on, or does not want it. Raises Forbidden, NoBreakOffered."""
    row = _locked(recovery)
    policy_for(RecoveryBreak).require(by, "answer", row, at=at)
    if row.taken_at is not None and taken:
        return row
    if row.taken_at is not None or row.declined_at is not None:
        raise NoBreakOffered()
    if taken:
        row.presence = org.set_presence(staff=row.staff, state=Presence.State.RECOVERY, by=by, at=at)
        row.taken_at = at
    else:
        row.declined_at = at
    row.save(update_fields=["presence", "taken_at", "declined_at"])
    record_of(events.RecoveryAnswered(taken), row.staff, by=by, at=at)
    return row


@transaction.atomic
def end_break(*, recovery: RecoveryBreak, by: Actor, at: datetime) -> RecoveryBreak:
    """Back to work. A presence that was changed elsewhere meanwhile stays as it is."""
    row = _locked(recovery)
    policy_for(RecoveryBreak).require(by, "answer", row, at=at)
    if row.presence is None:
        raise NoBreakOffered()
    if row.presence.ended_at is None:
        org.set_presence(staff=row.staff, state=Presence.State.AVAILABLE, by=by, at=at)
        minutes = int((at - row.presence.started_at).total_seconds() // 60)
        record_of(events.RecoveryEnded(minutes), row.staff, by=by, at=at)
        row.presence.refresh_from_db()
    return row


@transaction.atomic
def decide_rotation(*, rotation: RotationProposal, accept: bool, by: Actor, at: datetime, reason: str = "") -> RotationProposal:
    """Whoever leads the person: no more hard cases until the shift ends, or not, with a reason. Raises Forbidden, DecidedAlready."""
    RotationProposal.objects.select_for_update().filter(pk=rotation.pk).values_list("pk").get()
    row = RotationProposal.objects.select_related("staff__user", "staff__unit", "task__unit", "task__owner").get(pk=rotation.pk)
    policy_for(RotationProposal).require(by, "lead", row, at=at)
    if row.state != States.OPEN:
        raise DecidedAlready()
    row.reason = reason.strip()[:500] if accept else sentence(reason)
    row.state = States.ACCEPTED if accept else States.DECLINED
    row.decided_at, row.decided_by = at, by.user
    row.until_at = end_of_day(row.staff.unit, at) if accept else None
    row.save(update_fields=["reason", "state", "decided_at", "decided_by", "until_at"])
    if row.task is not None:
        cases.finish_task(task=row.task, by=HOUSE, at=at)
    record_of(events.RotationDecided(accept), row.staff, by=by, at=at, reason=row.reason)
    return row


@transaction.atomic
def write_debrief(*, case: Case, words: str, by: Actor, at: datetime) -> DebriefNote:
    """For oneself and one's supervisor. Raises Forbidden, NeedsSentence."""
    case = lock_case(case)
    require(by, "note", case, at)
    staff = Staff.objects.select_related("user", "unit").get(user=by.user)
    note = DebriefNote.objects.create(case=case, staff=staff, words=sentence(words, 2000), written_by=by.user, at=at)
    record(events.DebriefWritten(), case, by=by, at=at)
    return note


def _propose(staff: Staff, day: date, count: int, at: datetime) -> RotationProposal | None:
    row, new = RotationProposal.objects.get_or_create(staff=staff, day=day, defaults={"count": count, "proposed_at": at})
    if not new:
        return None
    heads = [head for head in heads_of(staff.unit, at) if head.pk != staff.user_id]
    words = {"name": staff.user.name, "count": count}
    row.task = cases.add_task(
        unit=staff.unit, subject=row, kind=TASK, title=_("Decide on a rotation for %(name)s") % words, owner=staff_among(heads), by=HOUSE,
        at=at, reason="proposed",
    )  # fmt: skip
    row.save(update_fields=["task"])
    notify(
        users=heads,
        title=in_languages(lambda: _("%(name)s has had %(count)s severe cases in this shift: rotate?") % words),
        url=reverse("desk:emotions"),
        at=at,
        icon="arrows-exchange",
        key=f"desk.rotation:{row.public_id}",
    )
    record_of(events.RotationProposed(count), staff, by=HOUSE, at=at)
    return row


def _locked(recovery: RecoveryBreak) -> RecoveryBreak:
    RecoveryBreak.objects.select_for_update().filter(pk=recovery.pk).values_list("pk").get()
    return RecoveryBreak.objects.select_related("staff__user", "staff__unit", "presence").get(pk=recovery.pk)
