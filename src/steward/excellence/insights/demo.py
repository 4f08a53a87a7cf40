"""A few kept questions, days that explain jumps, and a dashboard for each place."""

from __future__ import annotations

from datetime import timedelta

from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading

from . import operations as insights
from .layouts import LAYOUTS

ANALYSES = [
    ("各单位首响及时率", "m=frt_ontime&span=last28&by=unit&vs=before", "城区网点午间人手不足，三月起错峰排班，四月初复看。"),
    ("每周受理量与重开率", "m=cases_opened&m=reopen_rate&span=last90&grain=week", ""),
    ("各类工单解决时长", "m=resolution_time&m=resolution_ontime&span=last90&by=kind", ""),
]
DAYS = [
    (48, "process", "新版受理流程上线"),
    (20, "outage", "热线中断两小时"),
    (9, "campaign", "开学季宣传"),
]


def tell(demo: Demo) -> None:
    loading.load(at=demo.now)
    for place in demo.places.values():
        lead, manager = Actor.staff(place["people"]["super"].user), Actor.staff(place["people"]["manager"].user)
        branch = place["branches"][0]
        at = demo.now - timedelta(days=3)
        for name, query, note in ANALYSES:
            insights.save_analysis(name=name, query=query, note=note, unit=branch, by=lead, at=at)
        for back, kind, text in DAYS:
            when = demo.now - timedelta(days=back)
            insights.annotate(unit=branch, day=when.astimezone(branch.timezone).date(), kind=kind, text=text, by=lead, at=when)
        cards = [card.data() for card in LAYOUTS["supervisor"].cards]
        insights.make_dashboard(name="大厅大屏", cards=cards, unit=place["root"], by=manager, at=at)
