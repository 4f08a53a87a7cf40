from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.journal.actors import Actor
from steward.ground.statements import insert_rows

from .. import events
from ..errors import EmptyMessage
from ..models import Case, Message, Promise, State
from ..models.case import HoldReason
from .promises import meet
from .state import lock_case, record, require, require_unfinished, save
from .work import start_work


@transaction.atomic
def add_message(
    *, case: Case, direction: str, body: str, by: Actor, at: datetime, channel: str = "", automatic: bool = False, answers: bool = True
) -> Message:
    """Add a word to the conversation.

    Sent by a person (or an approved automatic answer that is substantive: answers=True), it is the first response and meets that promise; an
    automatic acknowledgement (automatic=True, answers=False) meets the acknowledgement only. Received while we waited for the
    customer, it ends the waiting. Notes need only the right to see the case, also after it was closed.
    """
    case = lock_case(case)
    if not body.strip():
        raise EmptyMessage()
    direction = Message.Direction(direction)
    require(by, "note" if direction == Message.Direction.NOTE else "work", case, at)
    if direction != Message.Direction.NOTE:
        require_unfinished(case)
    message = Message(
        case=case,
        direction=direction,
        channel=channel or case.channel,
        author=by.user,
        customer=case.customer if direction == Message.Direction.IN else None,
        body=body,
        automatic=automatic,
        at=at,
    )
    insert_rows(message)
    save(case, at=at)
    record(events.MessageAdded(message.pk, direction, message.channel, automatic), case, by=by, at=at)
    if direction == Message.Direction.OUT:
        _sent(case, automatic, answers, by=by, at=at)
    elif direction == Message.Direction.IN and case.state == State.ON_HOLD and case.hold_reason == HoldReason.CUSTOMER:
        start_work(case, by=by, at=at)
    return message


def _sent(case: Case, automatic: bool, answers: bool, *, by: Actor, at: datetime) -> None:
    kinds = {Promise.Kind.FIRST_RESPONSE, Promise.Kind.ACKNOWLEDGEMENT} if answers else {Promise.Kind.ACKNOWLEDGEMENT}
    meet(case, lambda promise: promise.kind in kinds, by=by, at=at)
    if not automatic and case.state == State.NEW:
        start_work(case, by=by, at=at)
