"""The contact centre hands its cases out by rules: skills, three rules, and what is waiting on the morning of the demo."""

from __future__ import annotations

from datetime import timedelta

from steward.core.org import operations as org
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import publish_rule

from ..models import RoutingRule
from .jobs import route_waiting
from .kinds import KIND
from .rules import Terms, WantedSkill, save_rule

SETUP = Actor.system("demo")
SKILLS = [("english", "英语", "English"), ("billing", "账单核对", "Billing")]
LEVELS = [("english", 0, 4), ("english", 1, 2), ("billing", 1, 3), ("billing", 3, 4)]  # who of the workers has which, how well
CAPACITY = {"capacity": 400, "weights": {"phone": 50, "counter": 50, "chat": 33, "wechat": 20, "app": 20}, "other": 10}


def tell(demo: Demo) -> None:
    place = demo.places["centre"]
    site, at = place["branches"][0], demo.start + timedelta(days=1)
    skills = {
        code: org.define_skill(organisation=place["root"], code=code, name=localized(zh, en=en), by=SETUP, at=at) for code, zh, en in SKILLS
    }
    for code, index, level in LEVELS:
        org.judge_skill(staff=place["workers"][index], skill=skills[code], level=level, by=SETUP, at=at)
    publish_rule(
        kind=KIND, key="default", unit=place["root"], body=CAPACITY, source="示例：本中心估计", valid_from=at.date(), by=SETUP, at=at
    )
    turn, least = RoutingRule.Strategy.ROUND_ROBIN, RoutingRule.Strategy.LEAST_LOAD
    rules = [
        Terms("英文来件", languages=["en"], strategy=least, skills=[WantedSkill(skills["english"], 3, relax_after_minutes=60)]),
        Terms("在线渠道轮流接", channels=["chat", "wechat", "app", "web"], strategy=turn, take_back_minutes=30),
        Terms("其余按负荷", strategy=least, continuity_days=30, take_back_minutes=120),
    ]
    for terms in rules:
        save_rule(unit=site, terms=terms, by=SETUP, at=at)
    route_waiting(demo.now)
