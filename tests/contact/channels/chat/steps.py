"""Short words for what visitors and agents do in these tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.cast import AT, World

from steward.contact.channels.chat import agents, talking
from steward.contact.channels.chat.models import ChatSite, Conversation


def token(number: int = 0) -> str:
    return f"token-{number}".ljust(43, "x")


def begin(site: ChatSite, body: str = "我的卡被吞了", *, number: int = 0, at: datetime = AT, **who: object) -> Conversation:
    opening = talking.Opening(body=body, **who)  # type: ignore[arg-type]  # names of its fields
    row, _new = talking.start(site=site, opening=opening, token=token(number), at=at)
    return again(row)


def again(row: Conversation) -> Conversation:
    return Conversation.objects.select_related("site", "case__unit", "case__customer", "case__assignee__user").get(pk=row.pk)


def taken(world: World, row: Conversation, name: str = "front_line", at: datetime = AT) -> Conversation:
    return agents.take(conversation=row, staff=world.staff(name), by=world.actor(name), at=at)


def answered(world: World, row: Conversation, body: str = "您好，请稍等。", *, minutes: int = 1, key: str = "answer-1") -> Conversation:
    """Taken and answered by the front line."""
    row = taken(world, again(row), at=AT + timedelta(minutes=minutes)) if row.case.assignee_id is None else again(row)
    agents.answer(conversation=row, body=body, key=key, by=world.actor("front_line"), at=AT + timedelta(minutes=minutes))
    return again(row)
