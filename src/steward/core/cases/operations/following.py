"""Somebody comes back to a closed case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.journal.actors import Actor

from ..errors import TooLateToReopen
from ..models import Case, CaseLink, Message, State
from .conversation import add_message
from .linking import link_cases
from .opening import open_case
from .state import lock_case
from .work import reopen_case


@transaction.atomic
def take_answer(*, case: Case, body: str, channel: str, by: Actor, at: datetime, reason: str) -> Message:
    """A person's word on a case, whatever its state: it is added, opens the case again, or begins a case that follows it (returning.py).

    by: whoever may open cases in the unit, such as the machine of a channel. Raises what add_message and reopen_case raise otherwise.
    """
    case = lock_case(case)
    if case.state == State.CLOSED:
        try:
            with transaction.atomic():
                reopen_case(case=case, by=by, at=at, reason=reason)
        except TooLateToReopen:
            if case.confidential:  # who may know of the new case is for somebody to decide
                raise
            return _first_word(follow_case(case=case, body=body, channel=channel, by=by, at=at))
    return add_message(case=case, direction=Message.Direction.IN, channel=channel, body=body, by=by, at=at)


def follow_case(*, case: Case, body: str, channel: str, by: Actor, at: datetime) -> Case:
    """A new case about the same thing, for the same person, linked to the one before."""
    found = open_case(
        unit=case.unit,
        kind=case.kind,
        channel=channel,
        title=case.title or body,
        body=body,
        customer=case.customer,
        service=case.service,
        category=case.category,
        by=by,
        at=at,
    )
    link_cases(source=found, target=case, kind=CaseLink.Kind.FOLLOWS, by=by, at=at)
    return found


def _first_word(case: Case) -> Message:
    return case.messages.order_by("pk")[0]
