"""The end of a conversation, whoever or whatever ends it, and what hangs from that."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.cases.operations.state import lock_case
from steward.ground.access.errors import Refused
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor

from ..queries import reach_of
from .events import ChatEnded, ChatHanded
from .models import Conversation, Handover

ACTOR = Actor("system", "chat", on_behalf_of="customer")
How = Conversation.How


def first_answer(case: Case) -> datetime | None:
    """When a person first wrote to the visitor."""
    answers = Message.objects.filter(case=case, direction=Message.Direction.OUT, automatic=False).order_by("at", "pk")
    return answers.values_list("at", flat=True).first()


@transaction.atomic
def end(*, conversation: Conversation, how: str, by: Actor, at: datetime) -> bool:
    """End it, once; False when it had ended. Whoever left before any answer abandoned it, however they left.

    The case goes on: somebody may have to write it up. Only where nobody was answered and nobody can be reached, it is closed as unreachable.
    """
    case = lock_case(conversation.case)
    answered = first_answer(case)
    if answered is None and how != How.AGENT:
        how = How.ABANDONED
    waited = int(((answered or at) - conversation.started_at).total_seconds())
    rows = Conversation.objects.filter(pk=conversation.pk, ended_at=None)
    if not rows.update(ended_at=at, how=how, answered_at=answered, waited_seconds=max(0, waited)):
        return False
    settle_handovers(conversation, case, by=by, at=at)
    event = ChatEnded(conversation.pk, how, answered is not None, max(0, waited))
    journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id, links=[case.customer] if case.customer else [])
    tell(case)
    conversation.refresh_from_db()
    if how == How.ABANDONED and not case.is_finished and not _reachable(case):
        _give_up(case, by=by, at=at)
    return True


@transaction.atomic
def settle(*, conversation: Conversation, at: datetime) -> bool:
    """End it if its time has come: its case was closed, the visitor is gone, or nothing is said any more. Safe to repeat."""
    case, site = conversation.case, conversation.site
    if case.is_finished:
        return end(conversation=conversation, how=How.AGENT, by=ACTOR, at=case.closed_at or at)
    unseen = at - conversation.seen_at
    if first_answer(case) is None:
        gone = unseen >= timedelta(minutes=site.gone_minutes)
        return gone and end(conversation=conversation, how=How.ABANDONED, by=ACTOR, at=at)
    last = Message.objects.filter(case=case).exclude(direction=Message.Direction.NOTE).order_by("-at", "-pk").first()
    idle = timedelta(minutes=site.idle_minutes)
    # Where the visitor has the last word and still looks at the page, we owe an answer.
    ripe = last is not None and at - last.at >= idle and (last.direction == Message.Direction.OUT or unseen >= idle)
    return ripe and end(conversation=conversation, how=How.IDLE, by=ACTOR, at=at)


def settle_handovers(conversation: Conversation, case: Case, *, by: Actor, at: datetime) -> None:
    """What was asked of a colleague is no longer asked."""
    for row in Handover.objects.filter(conversation=conversation, settled_at=None).select_related("taker__user"):
        if Handover.objects.filter(pk=row.pk, settled_at=None).update(settled_at=at, outcome=Handover.Outcome.WITHDRAWN):
            event = ChatHanded(conversation.pk, row.giver_id, row.taker_id, "withdrawn")
            journal.record(event, subject=case, by=by, at=at, unit_id=case.unit_id)
            topics.bump(f"user:{row.taker.user_id}")


def tell(case: Case) -> None:
    """Say to the pages of both sides that something changed which is not a change of the case."""
    topics.bump(f"case:{case.pk}", f"unit:{case.unit_id}:cases")


def _reachable(case: Case) -> bool:
    if reach_of(case)[0]:
        return True
    return case.customer is not None and case.customer.contact_points.filter(ended_at=None).exists()


def _give_up(case: Case, *, by: Actor, at: datetime) -> None:
    try:
        cases.close_case(case=case, resolution="unreachable", by=by, at=at, reason=_("The visitor left the chat and gave no address."))
    except Refused:
        return  # what keeps it open, such as a complaint's file, knows better
