"""The contact centre's chat: conversations that go on, that wait, that ended, and one whose visitor left."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.org.availability import absences
from steward.core.org.demo import SETUP
from steward.core.org.models import Staff
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import agents, life, talking
from .models import ChatSite, Conversation
from .sites import save_site

GREETING = localized("您好，请问有什么可以帮您？", en="Hello. How can we help you?")
# The visitor's words, then to and fro: > is ours. The last word of the title says what becomes of it.
TALKS = {
    "ended": ["想问一下，套餐可以下个月再换吗", "> 可以的，下个月一号起都能换，费用不变。", "好的，谢谢", "> 不客气，祝您生活愉快。"],
    "wrapping": ["发票寄到哪里了", "> 已经寄到您登记的地址，单号我发到您的邮箱。", "收到了"],
    "mine": ["宽带从昨晚开始一直断", "> 您好，请问光猫上有没有红灯？", "有一个红灯在闪"],
    "waiting": ["Can I change my billing address here?"],
    "waiting2": ["老人不会用手机交费，有没有别的办法"],
    "left": ["有人吗"],
}
VISITORS = {"ended": "沈红", "wrapping": "汪洋", "mine": "曹阳", "waiting": "Grace Miller", "waiting2": "", "left": ""}


def tell(demo: Demo) -> None:
    place = demo.places["centre"]
    unit, team, since = place["branches"][0], place["teams"][1], demo.start + timedelta(days=2)
    # Nobody's page asks in a demo, so its visitors are given half a day until they count as gone.
    values = {"enabled": True, "greeting": GREETING, "queue": team, "gone_minutes": 720, "idle_minutes": 720}
    site = save_site(unit=unit, values=values, origins=["https://www.farvoice.example"], by=SETUP, at=since)
    agent: Staff = next(staff for staff in place["workers"] if staff.unit_id == team.pk and not absences(staff, demo.now))
    for number, (fate, lines) in enumerate(TALKS.items()):
        at = demo.now - timedelta(minutes=70 - 11 * number + demo.rng.randrange(5))
        with override("zh-hans"):
            _talk(site, number, fate, lines, agent, at)


def _talk(site: ChatSite, number: int, fate: str, lines: list[str], agent: Staff, at: datetime) -> None:
    name = VISITORS[fate]
    opening = talking.Opening(body=lines[0], name=name, language="en" if lines[0].isascii() else "zh-hans")
    row, _new = talking.start(site=site, opening=opening, token=f"demo-{number}".ljust(43, "0"), at=at)
    by = Actor.staff(agent.user)
    if fate.startswith("waiting"):
        return
    if fate == "left":
        talking.leave(conversation=row, at=at + timedelta(minutes=4))
        return
    cases.assign_case(case=row.case, to=agent, by=SETUP, at=at + timedelta(seconds=40))
    row = _whole(row)
    for index, line in enumerate(lines[1:], start=1):
        moment, key = at + timedelta(seconds=40 + 45 * index), f"demo-{number}-{index}"
        if line.startswith("> "):
            agents.answer(conversation=row, body=line[2:], key=key, by=by, at=moment)
        else:
            talking.say(conversation=row, body=line, key=key, at=moment)
    if fate == "ended":
        agents.finish(conversation=row, close=True, by=by, at=at + timedelta(minutes=6))
    elif fate == "wrapping":
        life.end(conversation=row, how=Conversation.How.VISITOR, by=talking.visitor(row), at=at + timedelta(minutes=6))


def _whole(row: Conversation) -> Conversation:
    return Conversation.objects.select_related("site", "case__unit", "case__customer", "case__assignee__user").get(pk=row.pk)
