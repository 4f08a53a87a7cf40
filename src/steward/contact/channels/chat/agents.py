"""What the people who answer do: take the next or a given conversation, write, hand over, end."""

from __future__ import annotations

import contextlib
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases import routing
from steward.core.cases.errors import AlreadyTaken
from steward.core.cases.hooks import LABELS
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.operations.state import lock_case
from steward.core.cases.routing.candidates import weigh_people
from steward.core.cases.routing.errors import DeskFull, NotHere
from steward.core.cases.routing.operations import ROUTER
from steward.core.org.availability import absences
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.policies import policy_for
from steward.ground.files.operations import store_file
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from . import life
from .errors import CannotHandOver, ChatEnded, HandoverGone, NotYours
from .events import ChatHanded
from .models import Conversation, Handover
from .queries import among_live, colleagues_for


def take_next(*, staff: Staff, by: Actor, at: datetime) -> Conversation:
    """The visitor who waits longest becomes theirs; of many who ask at once, each gets another one.

    Raises Forbidden, NotHere, DeskFull, NothingToPull.
    """
    decision = routing.pull_next(staff=staff, by=by, at=at, among=among_live())
    return _whole(decision.case)


@transaction.atomic
def take(*, conversation: Conversation, staff: Staff, by: Actor, at: datetime) -> Conversation:
    """A given one. Raises Forbidden, ChatEnded, AlreadyTaken, NotHere, DeskFull."""
    policy_for(Conversation).require(by, "work", conversation, at=at)
    if conversation.ended_at is not None:
        raise ChatEnded()
    case = lock_case(conversation.case)
    if case.assignee is not None and case.assignee_id != staff.pk:
        raise AlreadyTaken(name=case.assignee.user.name)
    if case.assignee is None:
        _has_room(staff, case, at)
        cases.claim_case(case=case, staff=staff, by=by, at=at)
    return _whole(case)


@transaction.atomic
def answer(*, conversation: Conversation, body: str, key: str, by: Actor, at: datetime, attachment: File[bytes] | None = None) -> Message:
    """Whoever has it writes to the visitor; sent twice, it is stored once. Raises Forbidden, NotYours, ChatEnded, EmptyMessage, KeyReused."""

    def create() -> Message:
        case = _mine(conversation, by, at)
        text = body.strip() or (_("(a file)") if attachment is not None else "")
        message = cases.add_message(case=case, direction=Message.Direction.OUT, channel=Channel.CHAT, body=text, by=by, at=at)
        if attachment is not None:
            store_file(upload=attachment, name=attachment.name or "", unit=case.unit, subject=message, by=by, at=at)
        return message

    file = (attachment.name, attachment.size) if attachment is not None else None
    scope = f"chat:answer:{conversation.pk}:{by.ref}"
    return once(scope=scope, key=key, digest=digest_of([body, file]), at=at, model=Message, create=create)[0]


@transaction.atomic
def finish(*, conversation: Conversation, close: bool, by: Actor, at: datetime) -> str:
    """End it, and close the case as answered if that is wished; in words what keeps the case open, else "". Raises Forbidden, NotYours."""
    case = _mine(conversation, by, at, ended=True)
    life.end(conversation=conversation, how=Conversation.How.AGENT, by=by, at=at)
    if not close or case.is_finished:
        return ""
    try:
        with transaction.atomic():
            cases.close_case(case=case, resolution="answered", by=by, at=at)
    except Refused as refused:
        return str(refused)
    return ""


@transaction.atomic
def ask_to_take(*, conversation: Conversation, taker: Staff, words: str, by: Actor, at: datetime) -> Handover:
    """Ask a colleague to go on with it. It stays where it is until they accept. Raises Forbidden, NotYours, ChatEnded, CannotHandOver."""
    case = _mine(conversation, by, at)
    giver = case.assignee
    assert giver is not None  # it is mine
    if taker.pk not in {staff.pk for staff in colleagues_for(conversation, me=giver, at=at)}:
        raise CannotHandOver(name=taker.user.name)
    life.settle_handovers(conversation, case, by=by, at=at)
    row = Handover.objects.create(conversation=conversation, giver=giver, taker=taker, asked_at=at)
    _note(case, _("To %(name)s: %(words)s") % {"name": taker.user.name, "words": words.strip()} if words.strip() else "", by, at)
    _record(conversation, case, giver, taker, "asked", by, at)
    return row


@transaction.atomic
def accept(*, handover: Handover, by: Actor, at: datetime) -> Conversation:
    """Whoever was asked has it from now on. Raises Forbidden, HandoverGone, ChatEnded, NotHere, DeskFull."""
    case = _asked(handover, by, at)
    if case.assignee_id != handover.giver_id:
        raise HandoverGone()
    _has_room(handover.taker, case, at)
    _settled(handover, Handover.Outcome.ACCEPTED, at)
    cases.unassign_case(case=case, by=by, at=at)
    cases.claim_case(case=case, staff=handover.taker, by=by, at=at)
    _record(handover.conversation, case, handover.giver, handover.taker, "accepted", by, at)
    return _whole(case)


@transaction.atomic
def decline(*, handover: Handover, by: Actor, at: datetime) -> None:
    """It stays with whoever asked. Raises Forbidden, HandoverGone."""
    case = _asked(handover, by, at)
    _settled(handover, Handover.Outcome.DECLINED, at)
    _record(handover.conversation, case, handover.giver, handover.taker, "declined", by, at)


@transaction.atomic
def put_back(*, conversation: Conversation, words: str, by: Actor, at: datetime) -> Conversation:
    """Somebody else shall go on, whoever a rule names or takes it first. Raises Forbidden, NotYours, ChatEnded."""
    case = _mine(conversation, by, at)
    giver = case.assignee
    life.settle_handovers(conversation, case, by=by, at=at)
    _note(case, words.strip(), by, at)
    case = cases.unassign_case(case=case, by=by, at=at)
    _record(conversation, case, giver, None, "returned", by, at)
    with contextlib.suppress(Refused):  # then it waits for whoever takes it
        routing.route_case(case=case, by=ROUTER, at=at)
    return _whole(case)


def _has_room(staff: Staff, case: Case, at: datetime) -> None:
    """Here, and able to hold one more, under a lock on the person: two at once cannot both fill the last place."""
    Staff.objects.select_for_update(no_key=True).filter(pk=staff.pk).values_list("pk").get()
    if away := absences(staff, at):
        raise NotHere(state=LABELS.get(away[0].code, away[0].code))
    (candidate,) = weigh_people(case, None, [(staff, False)], at, asked=True)
    if "full" in candidate.refused:
        raise DeskFull()


def _mine(conversation: Conversation, by: Actor, at: datetime, *, ended: bool = False) -> Case:
    """Its case under the lock, held by whoever acts. ended: also after it ended."""
    policy_for(Conversation).require(by, "work", conversation, at=at)
    case = lock_case(conversation.case)
    if case.assignee is None or by.user is None or case.assignee.user_id != by.user.pk:
        raise NotYours()
    if not ended and (case.is_finished or not Conversation.objects.live().filter(pk=conversation.pk).exists()):
        raise ChatEnded()
    return case


def _asked(handover: Handover, by: Actor, at: datetime) -> Case:
    policy_for(Handover).require(by, "settle", handover, at=at)
    case = lock_case(handover.conversation.case)
    if not Handover.objects.filter(pk=handover.pk, settled_at=None).exists():
        raise HandoverGone()
    return case


def _settled(handover: Handover, outcome: str, at: datetime) -> None:
    if not Handover.objects.filter(pk=handover.pk, settled_at=None).update(settled_at=at, outcome=outcome):
        raise HandoverGone()


def _note(case: Case, words: str, by: Actor, at: datetime) -> None:
    if words:
        cases.add_message(case=case, direction=Message.Direction.NOTE, body=words[:2000], by=by, at=at)


def _record(
    conversation: Conversation, case: Case, giver: Staff | None, taker: Staff | None, outcome: str, by: Actor, at: datetime
) -> None:
    event = ChatHanded(conversation.pk, giver.pk if giver else None, taker.pk if taker else None, outcome)
    links = [staff.user for staff in (giver, taker) if staff is not None]
    journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id, links=links)
    life.tell(case)
    topics.bump(*(f"user:{staff.user_id}" for staff in (giver, taker) if staff is not None))


def _whole(case: Case) -> Conversation:
    return Conversation.objects.select_related("site", "case__unit", "case__customer", "case__assignee__user").get(case=case.pk)
