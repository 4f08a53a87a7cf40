from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.access.models import User
from steward.ground.files.models import FileRef
from steward.ground.files.operations import Upload, store_file
from steward.ground.journal.actors import Actor
from steward.ground.statements import insert_rows

from .. import carrying, events, hooks
from ..errors import AnsweredMeanwhile, EmptyMessage
from ..models import Case, Message, Promise, State
from ..models.case import HoldReason
from .promises import meet
from .state import lock_case, record, require, require_unfinished, save
from .work import start_work


@transaction.atomic
def add_message(
    *,
    case: Case,
    direction: str,
    body: str,
    by: Actor,
    at: datetime,
    channel: str = "",
    automatic: bool = False,
    answers: bool = True,
    author: User | None = None,
    seen: int | None = None,
) -> Message:
    """Add a word to the conversation.

    Sent by a person (or an approved automatic answer that is substantive: answers=True), it is the first response and meets that promise; an
    automatic acknowledgement (automatic=True, answers=False) meets the acknowledgement only. Received while we waited for the
    customer, it ends the waiting. Notes need only the right to see the case, also after it was closed.

    author: in whose name it goes out, where that is not the one who sends it. seen: the last message (pk, 0 for none) on the sender's page.
    """
    case = lock_case(case)
    direction = _may_write(case, direction, body, seen, by, at)
    message = Message(
        case=case,
        direction=direction,
        channel=channel or case.channel,
        author=author or by.user,
        customer=case.customer if direction == Message.Direction.IN else None,
        body=body,
        automatic=automatic,
        at=at,
    )
    hooks.check_message(message, by, at)
    carrying.check_words(message, by, at)
    insert_rows(message)
    save(case, at=at)
    record(events.MessageAdded(message.pk, direction, message.channel, automatic), case, by=by, at=at)
    if direction == Message.Direction.OUT:
        _sent(case, automatic, answers, by=by, at=at)
    elif direction == Message.Direction.IN and case.state == State.ON_HOLD and case.hold_reason == HoldReason.CUSTOMER:
        start_work(case, by=by, at=at)
    hooks.run_on_message(message, by, at)
    return message


@transaction.atomic
def attach_file(*, message: Message, upload: Upload, name: str, by: Actor, at: datetime) -> FileRef:
    """Keep a file on a word of the conversation. Raises the refusals of files, and NotCarried and FileTooHeavy where the answer's way takes none
    such."""
    file = store_file(upload=upload, name=name, unit=message.case.unit, subject=message, by=by, at=at)
    carrying.check_file(message, file, at)
    return file


def _may_write(case: Case, direction: str, body: str, seen: int | None, by: Actor, at: datetime) -> Message.Direction:
    if not body.strip():
        raise EmptyMessage()
    wanted = Message.Direction(direction)
    require(by, "note" if wanted == Message.Direction.NOTE else "work", case, at)
    if wanted != Message.Direction.NOTE:
        require_unfinished(case)
    if wanted == Message.Direction.OUT and seen is not None:
        _nothing_since(case, seen, by)
    return wanted


def _nothing_since(case: Case, seen: int, by: Actor) -> None:
    """Two people who answer at once contradict one another before the customer: the second reads the first one's words before sending."""
    news = Message.objects.filter(case=case, pk__gt=seen, automatic=False).exclude(direction=Message.Direction.NOTE)
    latest = news.exclude(author=by.user).select_related("author", "customer").order_by("-pk").first()
    if latest is None:
        return
    who = latest.author or latest.customer
    raise AnsweredMeanwhile(name=who.name if who is not None and who.name else latest.get_direction_display())


def _sent(case: Case, automatic: bool, answers: bool, *, by: Actor, at: datetime) -> None:
    kinds = {Promise.Kind.FIRST_RESPONSE, Promise.Kind.ACKNOWLEDGEMENT} if answers else {Promise.Kind.ACKNOWLEDGEMENT}
    meet(case, lambda promise: promise.kind in kinds, by=by, at=at)
    if not automatic and case.state == State.NEW:
        start_work(case, by=by, at=at)
