"""The pages of rules, as the people who use them."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, World

from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.rules import files, operations
from steward.ground.rules.models import RuleVersion

pytestmark = pytest.mark.django_db
LEADERS = {"supervisor", "other_branch", "manager", "administrator", "outsider"}
MANAGERS = {"manager", "administrator"}
EVERYBODY = [
    "front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", "manager", "administrator", "customer", "outsider"
]  # fmt: skip
BODY = {"quiet_hours": {"from": "22:00", "until": "08:00"}, "contact_cap": {"messages": 2, "days": 7}}


@pytest.fixture
def rule(world: World) -> RuleVersion:
    files.load_builtin_rules(AT)
    given: dict[str, Any] = {"kind": "delivery_limits", "key": "default", "unit": world.branch, "source": "支行决定", "at": AT}
    return operations.publish_rule(body=BODY, valid_from=date(2026, 1, 1), by=Actor.system("test"), **given)


def typed(world: World, **changes: Any) -> dict[str, Any]:
    data = {"unit": world.branch.public_id, "key": "default", "body": json.dumps(BODY), "source": "新的决定", "valid_from": "2026-03-01"}
    return {**data, **changes}


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_sees_rules(signed_in: Any, world: World, rule: RuleVersion, name: str) -> None:
    client = signed_in(name)
    denied = 302 if name == "customer" else 404
    seen = 200 if name in LEADERS else denied
    assert client.get(reverse("rules:list")).status_code == seen
    assert client.get(reverse("rules:export")).status_code == seen
    # The supervisor of the other branch and the hotel do not see a rule of this branch.
    inside = 200 if name in {"supervisor", *MANAGERS} else denied
    assert client.get(reverse("rules:detail", args=[rule.public_id])).status_code == inside
    for page in (reverse("rules:new", args=["delivery_limits"]), reverse("rules:import")):
        assert client.get(page).status_code == (200 if name in {*MANAGERS, "outsider"} else denied)


@pytest.mark.parametrize("name", EVERYBODY)
def test_who_changes_rules_and_a_refusal_changes_nothing(signed_in: Any, world: World, rule: RuleVersion, name: str) -> None:
    client, entries, versions = signed_in(name), Entry.objects.count(), RuleVersion.objects.count()
    allowed = name in MANAGERS
    upload = io.BytesIO(json.dumps(files.export_rules([rule])).encode())
    upload.name = "rules.json"
    answers = [
        client.post(reverse("rules:new", args=["delivery_limits"]), typed(world)),
        client.post(reverse("rules:import"), {"unit": world.bank.public_id, "file": upload}),
        client.post(reverse("rules:confirm", args=[rule.public_id]), {"confirm-reason": "核对"}),
        client.post(reverse("rules:withdraw", args=[rule.public_id]), {"withdraw-reason": "停用"}),
    ]
    rule.refresh_from_db()
    if allowed:
        assert [answer.status_code for answer in answers] == [302] * 4
        assert (rule.unverified, rule.withdrawn_at) == (False, AT)
        return
    assert all(answer.status_code in (302, 404, 422) for answer in answers)
    assert (Entry.objects.count(), RuleVersion.objects.count(), rule.unverified, rule.withdrawn_at) == (entries, versions, True, None)


@pytest.mark.parametrize(("language", "text"), [("zh-hans", "最小"), ("en", "is too small")])
def test_the_editor_keeps_what_was_typed_and_names_the_place(signed_in: Any, world: World, language: str, text: str) -> None:
    client = signed_in("manager")
    client.cookies["django_language"] = language
    wrong = {**BODY, "contact_cap": {"messages": 0, "days": 7}}
    answer = client.post(reverse("rules:new", args=["delivery_limits"]), typed(world, body=json.dumps(wrong)))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "contact_cap.messages" in page
    assert text in page
    assert "新的决定" in page
    broken = client.post(reverse("rules:new", args=["delivery_limits"]), typed(world, body='{"a": 1,}'))
    assert broken.status_code == 422
    assert RuleVersion.objects.count() == 0


def test_a_version_is_shown_beside_the_one_before(signed_in: Any, world: World, rule: RuleVersion) -> None:
    client = signed_in("manager")
    changed = {**BODY, "quiet_hours": {"from": "20:30", "until": "08:00"}}
    answer = client.post(f"{reverse('rules:new', args=['delivery_limits'])}?from={rule.public_id}", typed(world, body=json.dumps(changed)))
    page = client.get(answer.url).content.decode()
    assert "<del>22:00</del>" in page
    assert "<ins>20:30</ins>" in page


def test_filters_csv_and_the_file(signed_in: Any, world: World, rule: RuleVersion) -> None:
    client = signed_in("supervisor")
    page = client.get(reverse("rules:list"), {"q": "支行决定"}).content.decode()
    assert page.count("data-row") == 1
    assert client.get(reverse("rules:list"), {"kind": "industry_pack"}).content.decode().count("data-row") == 6
    assert client.get(reverse("rules:list"), {"state": "planned"}).content.decode().count("data-row") == 0
    csv = b"".join(client.get(reverse("rules:list"), {"format": "csv"}).streaming_content).decode()
    assert "支行决定" in csv
    document = json.loads(client.get(reverse("rules:export"), {"kind": "delivery_limits"}).content)
    assert len(document["rules"]) == 2
    assert Entry.objects.filter(code="access.rows_exported").count() == 2
