"""From shift to shift: given by one, each item accepted or disputed by the next, and then taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.hooks import objections
from steward.core.cases.models import Task
from steward.core.org.handovers import source_of
from steward.core.org.models import Staff
from steward.core.org.queries import heads_of
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..composing import Draft, drafts_of
from ..errors import HandoverWaits, ItemsUndecided, NeedsShiftReason, NothingToSettle, NotOfStaff, OwnHandover, TakenByOther
from ..models import Handover, HandoverItem
from ..models.handovers import NOTE
from ..policy import may_hand_over
from .runs import announce

HOUSE = Actor.policy("shift_handover")  # its rule puts a disputed item back on the giver's list
TASK = "floor.disputed"
States = HandoverItem.State


@transaction.atomic
def give_handover(*, unit: Unit, by: Actor, at: datetime, notes: Sequence[str] = ()) -> Handover:
    """Hand over what is open in the unit, with one's own notes. Raises Forbidden, NotOfStaff, HandoverWaits while one waits already."""
    giver = _staff_of(by)
    if not may_hand_over(giver.user, unit, at):
        raise Forbidden(action="floor.work")
    if giver.unit.root_id != unit.root_id:
        raise NotOfStaff()
    try:
        with transaction.atomic():
            handover = Handover.objects.create(unit=unit, given_by=giver, given_at=at)
    except IntegrityError:
        raise HandoverWaits(unit=str(unit)) from None
    drafts = drafts_of(unit, at, except_for=handover)
    drafts += [Draft(NOTE, words.strip()[:300], at) for words in notes if words.strip()]
    HandoverItem.objects.bulk_create(_item(handover, number, draft) for number, draft in enumerate(drafts, 1))
    carried = sum(draft.carried > 0 for draft in drafts)
    journal.record(events.HandoverGiven(len(drafts), carried), subject=handover, by=by, at=at, unit_id=unit.pk)
    announce(unit.pk)
    return handover


@transaction.atomic
def accept_item(*, item: HandoverItem, by: Actor, at: datetime) -> HandoverItem:
    """The next shift has it now. Of two who decide, the last word before it is taken counts; the journal keeps both."""
    row = _deciding(item, by, at)
    return _decide(row, States.ACCEPTED, "", by=by, at=at)


@transaction.atomic
def dispute_item(*, item: HandoverItem, reason: str, by: Actor, at: datetime) -> HandoverItem:
    """It is not as it was handed over, or not ours: back to the giver, with a reason. Raises NeedsShiftReason."""
    row = _deciding(item, by, at)
    if not reason.strip():
        raise NeedsShiftReason()
    return _decide(row, States.DISPUTED, reason.strip()[:500], by=by, at=at)


@transaction.atomic
def take_handover(*, handover: Handover, by: Actor, at: datetime) -> Handover:
    """Take it, once each item is decided. Of two who take it, the second reads who has it. Disputed items go back to the giver.

    Raises Forbidden, OwnHandover, TakenByOther, ItemsUndecided.
    """
    found = _locked(handover)
    policy_for(Handover).require(by, "work", found, at=at)
    taker = _staff_of(by)
    if found.taken_by is not None:
        if found.taken_by_id == taker.pk:
            return found
        raise TakenByOther(name=found.taken_by.user.name)
    if found.given_by_id == taker.pk:
        raise OwnHandover()
    items = list(HandoverItem.objects.filter(handover=found).order_by("position"))
    counts = Counter(item.state for item in items)
    if counts[States.WAITING]:
        raise ItemsUndecided(count=counts[States.WAITING])
    found.taken_by, found.taken_at = taker, at
    found.save(update_fields=["taken_by", "taken_at"])
    for item in items:
        if item.state == States.DISPUTED:
            _send_back(item, found, at)
    event = events.HandoverTaken(counts[States.ACCEPTED], counts[States.DISPUTED])
    journal.record(event, subject=found, by=by, at=at, unit_id=found.unit_id)
    announce(found.unit_id)
    return found


@transaction.atomic
def settle_item(*, item: HandoverItem, outcome: str, by: Actor, at: datetime) -> HandoverItem:
    """Say how a disputed item was settled (the giver, or whoever leads the unit), or that a note or a missed check is done with (the shift).

    Raises Forbidden, NeedsShiftReason, NothingToSettle.
    """
    handover = _locked(Handover(pk=item.handover_id))
    row = HandoverItem.objects.select_related("task__unit", "task__owner").get(pk=item.pk)
    row.handover = handover
    disputed = row.state == States.DISPUTED
    policy = policy_for(HandoverItem)
    giver = by.user is not None and handover.given_by.user_id == by.user.pk
    if not (disputed and giver):
        policy.require(by, "lead" if disputed else "work", row, at=at)
    source = source_of(row.source)
    ends_here = row.is_note or (source is not None and source.settles)
    if row.state not in (States.DISPUTED, States.ACCEPTED) or not (disputed or ends_here) or handover.taken_at is None:
        raise NothingToSettle()
    if not outcome.strip():
        raise NeedsShiftReason()
    row.state, row.outcome, row.settled_at, row.settled_by = States.SETTLED, outcome.strip()[:500], at, by.user
    row.save(update_fields=["state", "outcome", "settled_at", "settled_by"])
    if row.task is not None:
        cases.finish_task(task=row.task, by=HOUSE, at=at)
    journal.record(events.HandoverItemSettled(row.pk, disputed), subject=handover, by=by, at=at, unit_id=handover.unit_id)
    announce(handover.unit_id)
    return row


def _deciding(item: HandoverItem, by: Actor, at: datetime) -> HandoverItem:
    handover = _locked(Handover(pk=item.handover_id))
    row = HandoverItem.objects.get(pk=item.pk)
    row.handover = handover
    policy_for(HandoverItem).require(by, "work", row, at=at)
    if handover.taken_by is not None:
        raise TakenByOther(name=handover.taken_by.user.name)
    if by.user is not None and handover.given_by.user_id == by.user.pk:
        raise OwnHandover()
    return row


def _decide(row: HandoverItem, state: str, reason: str, *, by: Actor, at: datetime) -> HandoverItem:
    if row.state == state and row.dispute == reason:
        return row
    before, row.state, row.dispute = row.state, States(state), reason
    row.decided_at, row.decided_by = at, _staff_of(by)
    row.save(update_fields=["state", "dispute", "decided_at", "decided_by"])
    unit_id = row.handover.unit_id
    journal.record(events.HandoverItemDecided(row.pk, before, state), subject=row.handover, by=by, at=at, unit_id=unit_id)
    announce(unit_id)
    return row


def _send_back(item: HandoverItem, handover: Handover, at: datetime) -> None:
    """Onto the giver's list, and told to whoever leads the unit. A giver who may not work any more gets nothing: the lead has it."""
    giver = handover.given_by
    kept_away = any(objection.hard for objection in objections(giver, Task(case=None), at))
    source = source_of(item.source)
    # Words about a person stay with the item, where they can be erased.
    words = {"item": str(source.label) if source is not None and item.person_id is not None else item.title, "unit": str(handover.unit)}
    item.task = cases.add_task(
        unit=handover.unit, subject=item, kind=TASK, title=_("Disputed at the handover: %(item)s") % words,
        owner=None if kept_away else giver, by=HOUSE, at=at, reason=item.dispute,
    )  # fmt: skip
    item.save(update_fields=["task"])
    notify(
        users=[giver.user, *heads_of(handover.unit, at)],
        title=in_languages(lambda: _("Disputed at the handover: %(item)s") % words),
        text=in_languages(lambda: _("%(unit)s: settle it with the next shift.") % words),
        url=reverse("floor:handover", args=[handover.public_id]),
        at=at,
        icon="alert-triangle",
        key=f"floor.disputed:{item.public_id}",
    )


def _item(handover: Handover, position: int, draft: Draft) -> HandoverItem:
    person_type, person_id = draft.person
    return HandoverItem(
        handover=handover, position=position, source=draft.source, subject_id=draft.subject_id, title=draft.title[:300], urgent=draft.urgent,
        due_at=draft.due_at, since_at=draft.since_at, carried=draft.carried, before=draft.before, person_type=person_type, person_id=person_id,
        first_raised_at=draft.before.first_raised_at if draft.before else handover.given_at,
    )  # fmt: skip


def _locked(handover: Handover) -> Handover:
    """Lock first, join after: PostgreSQL reads the row again once it has waited, but not the rows joined to it."""
    Handover.objects.select_for_update().filter(pk=handover.pk).values_list("pk").get()
    return Handover.objects.select_related("unit", "given_by__user", "given_by__unit", "taken_by__user").get(pk=handover.pk)


def _staff_of(by: Actor) -> Staff:
    staff = Staff.objects.select_related("user", "unit").filter(user=by.user).first() if by.user is not None else None
    if staff is None:
        raise NotOfStaff()
    return staff
