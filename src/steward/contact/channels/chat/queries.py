"""What both sides see of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from steward.core.cases.attachments import files_by_message
from steward.core.cases.models import Case, Message
from steward.core.cases.routing.candidates import people_for, weigh_people
from steward.core.cases.routing.queries import waiting_cases
from steward.core.org.availability import WORKING
from steward.core.org.models import Staff
from steward.core.org.queries import presence_now
from steward.ground.access.models import User
from steward.ground.access.policies import access_at
from steward.ground.files.models import FileRef
from steward.ground.rules.queries import NO_REVISION, revision

from ..models import PublicForm
from ..operations.tokens import digest_of_secret
from ..queries import form_of, public_messages
from .models import ChatSite, Conversation, Handover

CHATS = "chats"  # the revision of everything about where visitors can write
AWAY = timedelta(seconds=60)
MOST = 50


def queues_with_chat() -> frozenset[int]:
    """The units whose people visitors reach; every list of cases asks, so it is kept until a chat is set up anew. Before the first there are none."""
    now = revision(CHATS)
    return _queues(now) if now != NO_REVISION else frozenset()


@lru_cache(maxsize=4)
def _queues(_at_revision: UUID) -> frozenset[int]:
    """The revision is only a part of the key."""
    return frozenset(ChatSite.objects.filter(enabled=True).values_list("queue_id", flat=True))


@dataclass(frozen=True)
class Word:
    """One word as the visitor reads it."""

    message: Message
    mine: bool
    who: str
    text: str
    files: Sequence[FileRef]


@dataclass(frozen=True)
class Row:
    """A conversation in an agent's list. away: the visitor's page has not asked for a minute; theirs: the visitor has the last word."""

    conversation: Conversation
    case: Case
    last: str
    theirs: bool
    away: bool


@dataclass(frozen=True)
class Desk:
    """waiting: nobody has them; mine: they go on; over: they ended and the case still waits to be written up."""

    waiting: Sequence[Row]
    mine: Sequence[Row]
    over: Sequence[Row]
    asked: Sequence[Handover]


def site_at(key: str) -> ChatSite | None:
    return ChatSite.objects.select_related("unit", "queue", "service").filter(key=key, unit__closed_at=None).first()


def conversation_of(site: ChatSite, token: str) -> Conversation | None:
    """The conversation behind a token: one look-up by digest, whatever the token."""
    if not token:
        return None
    rows = Conversation.objects.select_related("site", "case__unit", "case__customer", "case__assignee__user")
    return rows.filter(site=site, digest=digest_of_secret(token[:200])).first()


def words_of(conversation: Conversation, case: Case) -> list[Word]:
    messages = list(public_messages(case))
    files = files_by_message(messages)
    form = form_of(case.unit)
    full = form is not None and form.staff_names == PublicForm.StaffNames.FULL
    words = []
    for message in messages:
        mine = message.direction == Message.Direction.IN
        name = message.author.name if full and message.author and not mine else str(case.unit.name)
        text = _("(erased)") if message.blanked_at is not None else message.body
        words.append(Word(message, mine, _("You") if mine else name, text, files.get(message.pk, [])))
    return words


def place_of(conversation: Conversation) -> int:
    """The visitor's place among all who wait in the same queue; 0 for one who does not wait."""
    waiting = in_chat(waiting_cases().filter(unit=conversation.case.unit_id))
    ids = list(waiting.values_list("pk", flat=True))
    return ids.index(conversation.case_id) + 1 if conversation.case_id in ids else 0


def among_live() -> Q:
    """Cases in which a conversation goes on."""
    return Q(pk__in=Conversation.objects.live().values("case"))


def in_chat(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.filter(among_live())


def desk_of(user: User, *, at: datetime) -> Desk:
    """What an agent works from: those who wait where they may work, their own, and what colleagues ask them to go on with."""
    units = access_at(user, at).unit_ids("cases.work")
    seen = Case.objects.visible_to(user, at=at).values("pk")
    waiting = list(in_chat(waiting_cases().filter(unit_id__in=units, pk__in=seen)).values_list("pk", flat=True)[:MOST])
    mine = Conversation.objects.filter(case__assignee__user=user, case__closed_at=None, case__merged_into=None)
    asked = Handover.objects.filter(taker__user=user, settled_at=None)
    rows = {row.conversation.case_id: row for row in _rows(Conversation.objects.live().filter(case__in=waiting), at)}
    return Desk(
        waiting=[rows[pk] for pk in waiting if pk in rows],
        mine=_rows(mine.filter(ended_at=None).order_by("started_at", "pk")[:MOST], at),
        over=_rows(mine.exclude(ended_at=None).order_by("-ended_at", "pk")[:MOST], at),
        asked=list(asked.select_related("conversation__case", "giver__user").order_by("asked_at", "pk")[:MOST]),
    )


def _rows(conversations: QuerySet[Conversation], at: datetime) -> list[Row]:
    last = Message.objects.filter(case=OuterRef("case")).exclude(direction=Message.Direction.NOTE).order_by("-at", "-pk")
    found = conversations.select_related("case__customer", "case__unit").annotate(
        last_body=Subquery(last.values("body")[:1]), last_way=Subquery(last.values("direction")[:1])
    )
    rows = []
    for row in found:
        away = row.ended_at is None and at - row.seen_at > AWAY
        body = " ".join(str(row.last_body or "").split())[:120]
        rows.append(Row(row, row.case, body, row.last_way == Message.Direction.IN, away))
    return rows


def colleagues_for(conversation: Conversation, *, me: Staff | None, at: datetime) -> list[Staff]:
    """Who could go on with it now: at work, allowed, with room for one more."""
    case = conversation.case
    people = [pair for pair in people_for(case, at) if me is None or pair[0].pk != me.pk]
    presences = presence_now([staff.pk for staff, _leads in people], at)
    here = [pair for pair in people if pair[0].pk in presences and presences[pair[0].pk].state in WORKING]
    candidates = weigh_people(case, None, here, at, asked=True)
    return [candidate.staff for candidate in candidates if not set(candidate.refused) - {"had_it"}]
