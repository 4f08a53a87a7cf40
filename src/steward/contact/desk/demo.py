"""Templates, shared views, and a morning on which one clerk of each place is ill."""

from __future__ import annotations

from datetime import date, time, timedelta

from steward.core.org import operations as org
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations as desk
from .recurring import operations as recurring

TEMPLATES = [
    ("收到，正在办理", "{customer}您好，您反映的事情（编号 {number}）我们已经收到，由我（{me}）跟进，今天下班前给您回音。", "Dear {customer}, we have received your matter ({number}). I, {me}, am looking after it and will come back to you today."),
    ("请补充材料", "{customer}您好，办理 {number} 还需要您补充材料：\n1. \n请直接回复本消息，或到{unit}交给任一柜台。", "Dear {customer}, for {number} we still need:\n1. \nPlease reply to this message."),
    ("办结回访", "{customer}您好，{number} 已经办完。如有不满意的地方，请直接告诉我，我是{me}。", "Dear {customer}, {number} is done. If anything is not as it should be, tell me. {me}"),
]  # fmt: skip
VIEWS = [("未分派的投诉", "assignee=nobody&kind=complaint"), ("已超时", "due=over"), ("紧急", "priority=urgent")]
WEEKLY = {
    "title": "每周一检查等候区和自助设备",
    "body": "逐台试用，坏的当场报修；把结果写在这张工单里。",
    "every": "week",
    "weekdays": [0],
    "at_time": time(9, 0),
    "starts_date": date(2025, 12, 1),
    "skip_rest": True,
}


def tell(demo: Demo) -> None:
    at = demo.start + timedelta(days=1)
    for place in demo.places.values():
        manager = Actor.staff(place["people"]["manager"].user)
        for name, zh, en in TEMPLATES:
            desk.save_template(unit=place["root"], name=name, body=localized(zh, en=en), by=manager, at=at)
        recurring.save_recurring(unit=place["branches"][0], content=WEEKLY, by=manager, at=demo.now - timedelta(days=15))
        for name, query in VIEWS:
            lead = Actor.staff(place["people"]["super"].user)
            desk.save_view(name=name, query=query, unit=place["branches"][0], by=lead, at=at)
        lead = Actor.staff(place["people"]["super"].user)
        org.set_presence(staff=place["workers"][2], state="sick", by=lead, at=demo.now - timedelta(minutes=70))
    for weeks in (2, 1, 0):
        recurring.open_due(at=demo.now - timedelta(weeks=weeks))
