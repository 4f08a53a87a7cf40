"""Before a word of a case goes out: is it to be read by a colleague first, and may those who are named in it know? Afterwards: it is no draft."""

from __future__ import annotations

from datetime import datetime

from steward.core.cases import hooks
from steward.core.cases.models import Message
from steward.ground.journal.actors import Actor

from .errors import NeedsReview
from .operations.demands import demands_on
from .operations.drafts import clear_draft
from .operations.mentions import check_mentions, tell_mentioned
from .operations.reviews import approved_for, mark_sent


def check_review(message: Message, by: Actor, at: datetime) -> None:
    """Only words that a person sends to the customer, and only of whom or on what a unit demands it. Raises NeedsReview."""
    if message.direction != Message.Direction.OUT or message.automatic or by.user is None or by.kind != "staff":
        return
    demands = demands_on(by.user, message.case, at)
    if demands and not approved_for(message):
        raise NeedsReview(reason=demands[0].reason)


def check(message: Message, by: Actor, at: datetime) -> None:
    check_review(message, by, at)
    check_mentions(message, by, at)


def run(message: Message, by: Actor, at: datetime) -> None:
    clear_draft(message, by, at)
    mark_sent(message, by, at)
    tell_mentioned(message, by, at)


def register_guards() -> None:
    hooks.register(hooks.OnMessage("writing", check, run))
