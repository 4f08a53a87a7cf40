"""Routing on the screen: rules written, tried and explained; the next case for me; a waiting case's place."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.cast import AT, SETUP, World
from tests.core.cases.routing_people import capacity, opened, rule, skill, team

from steward.core.cases import operations as cases
from steward.core.cases import routing
from steward.core.cases.models import Case, RoutingDecision, RoutingRule
from steward.core.cases.routing.operations import ROUTER
from steward.core.org import operations as org
from steward.core.org.models import Skill
from steward.ground.access.errors import Forbidden
from steward.ground.fields import localized


def body(client: Any, name: str, *args: Any, **query: Any) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    found: str = response.content.decode()
    return found


def lines(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = {"skills-TOTAL_FORMS": len(rows), "skills-INITIAL_FORMS": initial}
    for index, row in enumerate(rows):
        found |= {f"skills-{index}-{key}": value for key, value in row.items()}
    return found


def test_a_rule_is_written_changed_as_a_new_version_and_put_away(world: World, signed_in: Any) -> None:
    lead = signed_in("supervisor")
    english = skill(world, "english")
    data = {
        "unit": world.branch.public_id, "name": "英文邮件", "kinds": ["request", "complaint"], "channels": ["email"], "languages": ["en"],
        "services": [world.service.public_id], "strategy": "round_robin", "continuity_days": 14, "take_back_minutes": 45, "active": "on",
    }  # fmt: skip
    twice = lines(*[{"skill": english.public_id, "level": 3}] * 2)
    refused = lead.post(reverse("desk:routing_new"), data | twice)
    assert refused.status_code == 422
    assert "同一技能写了两次" in refused.content.decode()
    answer = lead.post(
        reverse("desk:routing_new"), data | lines({"skill": english.public_id, "level": 3, "relax_after_minutes": 20}, {"level": 3})
    )
    assert answer.status_code == 302, answer.content.decode()
    made = RoutingRule.objects.get()
    assert (made.kinds, made.channels, made.languages, made.services) == (["request", "complaint"], ["email"], ["en"], [world.service.pk])
    assert [(row.skill, row.level, row.relax_after_minutes) for row in made.skills.all()] == [(english, 3, 20)]
    listed = body(lead, "desk:routing")
    assert "英文邮件" in listed
    assert "开户" in listed
    assert "english ≥ 3" in listed
    assert 'value="45"' in body(lead, "desk:routing_rule", made.public_id)
    address = reverse("desk:routing_rule", args=[made.public_id])
    lead.post(address, {"name": "英文", "strategy": "least_load", "active": "on", **lines()})
    newer = RoutingRule.objects.get(replaced_at=None)
    assert (newer.name, newer.version, newer.unit) == ("英文", 2, world.branch)
    assert lead.post(address, {"name": "晚了", "strategy": "least_load", **lines()}).status_code == 404, "an earlier version is not changed"
    assert "第 1 版" in body(lead, "desk:routing_rule", newer.public_id)
    lead.post(reverse("desk:routing_close", args=[newer.public_id]))
    assert not RoutingRule.objects.filter(replaced_at=None).exists()
    assert "英文邮件" in body(lead, "desk:routing", state="old")


def test_trying_a_case_names_the_rule_and_everybody_and_assigns_nothing(world: World, signed_in: Any) -> None:
    first, _second = team(world, 2)
    capacity(world, 100)
    rule(world, name="轮流接单", channels=["email"])
    case = opened(world)
    cases.name_concerned(case=case, staff=first, by=SETUP, at=AT)
    lead = signed_in("supervisor")
    page = body(lead, "desk:routing_try", number=case.number)
    assert all(words in page for words in ("轮流接单", "手上负荷最小", first.user.name, "工单涉及", "负责派单"))
    assert not RoutingDecision.objects.exists()
    assert Case.objects.get(pk=case.pk).assignee is None
    assert "没有您可分派的工单" in body(lead, "desk:routing_try", number="2026-999999")
    assert "没有规则适用" in body(lead, "desk:routing_try", number=opened(world, channel="phone").number)
    assert "没有您可分派的工单" in body(signed_in("other_branch"), "desk:routing_try", number=case.number)


def test_the_case_answers_why_me_and_why_not_them(world: World, signed_in: Any) -> None:
    first, second = team(world, 2)
    away = team(world, 1, state="sick")[0]
    rule(world, strategy="round_robin")
    case = opened(world)
    routing.route_case(case=case, by=ROUTER, at=AT)
    lead = signed_in("supervisor")
    beside = body(lead, "cases:beside", case.public_id)
    assert reverse("desk:routing_case", args=[case.public_id]) in beside
    assert reverse("desk:routing_case", args=[case.public_id]) not in body(signed_in("front_line"), "cases:beside", case.public_id)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = body(lead, "desk:routing_case", case.public_id)
    assert len(asked) <= 12, "\n".join(query["sql"][:120] for query in asked.captured_queries)
    for words in ("轮到此人", "可以接，但有人排在前面", "病假", first.user.name, second.user.name, away.user.name):
        assert words in page
    assert f"选定 {first.user.name}：轮到此人" in body(lead, "cases:history", case.public_id)


def test_next_case_for_me_and_the_waiting_place(world: World, signed_in: Any) -> None:
    front = signed_in("front_line")
    assert reverse("desk:pull") in body(front, "cases:list")
    assert reverse("desk:pull") not in body(signed_in("quality_reviewer"), "cases:list")
    normal, urgent = opened(world), opened(world, priority="urgent")
    assert "排第 2 位，共 2 张" in body(front, "cases:beside", normal.public_id)
    assert front.post(reverse("desk:pull")).headers["Location"] == reverse("cases:detail", args=[urgent.public_id])
    assert Case.objects.get(pk=urgent.pk).assignee == world.staff("front_line")
    org.set_presence(staff=world.staff("front_line"), state="break", by=SETUP, at=AT)
    answer = front.post(reverse("desk:pull"), follow=True)
    assert "请先改为空闲" in answer.content.decode()
    assert Case.objects.get(pk=normal.pk).assignee is None


@pytest.mark.parametrize("name", ["desk:routing", "desk:presence"])
def test_the_lists_ask_few_questions(name: str, world: World, signed_in: Any) -> None:
    team(world, 5)
    for index in range(4):
        rule(world, name=f"规则{index}", services=[world.service])
    lead = signed_in("supervisor")
    with CaptureQueriesContext(connection) as asked:
        body(lead, name)
    assert len(asked) <= 12, "\n".join(query["sql"][:120] for query in asked.captured_queries)


def test_a_skill_is_defined_once_and_can_be_asked_for(world: World, signed_in: Any) -> None:
    manager = signed_in("manager")
    address = reverse("desk:routing_skills")
    assert manager.post(address, {"code": "english", "name_zh": "英语"}).status_code == 302
    refused = manager.post(address, {"code": "english", "name_zh": "又一个"})
    assert refused.status_code == 422
    assert "代码 english 已有技能使用" in refused.content.decode()
    assert [(row.code, str(row)) for row in Skill.objects.all()] == [("english", "英语")]
    assert "英语" in body(signed_in("supervisor"), "desk:routing_new")
    with pytest.raises(Forbidden):
        org.define_skill(organisation=world.bank, code="x", name=localized("x"), by=world.actor("supervisor"), at=AT)
    assert Skill.objects.count() == 1
