"""The settings of services, categories and time limits, for everybody of the standing cast."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation
from tests.cast import World

from steward.core.cases.models import Case
from steward.core.cases.models.case import HoldReason, Kind, Priority
from steward.core.catalog import words
from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
STEER = {"manager", "administrator"}
BANK = {"front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", *STEER}
CAST = sorted({*BANK, "customer", "outsider"})
LIMIT = {
    "promise_kind": "resolution",
    "clock": "statutory",
    "case_kind": "complaint",
    "amount": 10,
    "time_unit": "calendar_days",
    "source": "某办法第三条",
}


def statutory() -> PromisePolicy:
    return PromisePolicy.objects.get(clock="statutory", ended_at=None)


def changes(world: World) -> list[tuple[str, dict[str, Any]]]:
    policy = statutory()
    return [
        (reverse("catalog:service_open"), {"unit": world.bank.public_id, "code": "loan", "name_zh": "贷款"}),
        (reverse("catalog:service_close", args=[world.service.public_id]), {}),
        (reverse("catalog:category_open"), {"unit": world.bank.public_id, "code": "wait", "name_zh": "等候"}),
        (reverse("catalog:promise_confirm", args=[policy.public_id]), {"confirm-reason": "与原文核对"}),
        (reverse("catalog:promise_end", args=[policy.public_id]), {"end-reason": "停用"}),
        (reverse("catalog:publish"), {**LIMIT, "unit": world.bank.public_id, "publish": "1"}),
    ]


def state() -> list[Any]:
    return [list(table.objects.order_by("pk").values_list()) for table in (ServiceItem, Category, PromisePolicy, Entry)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", CAST)
def test_who_opens_which_page(signed_in: Any, world: World, name: str, language: str) -> None:
    client, policy = signed_in(name), statutory()
    client.cookies["django_language"] = language
    denied = 302 if name == "customer" else 404
    for page in ("services", "categories", "promises"):
        assert client.get(reverse(f"catalog:{page}")).status_code == (denied if name == "customer" else 200)
    assert client.get(reverse("catalog:promise", args=[policy.public_id])).status_code == (200 if name in BANK else denied)
    for page in ("service_open", "category_open", "publish"):
        assert client.get(reverse(f"catalog:{page}")).status_code == (200 if name in {*STEER, "outsider"} else denied)


@pytest.mark.parametrize("name", CAST)
def test_who_changes_what_and_a_refusal_changes_nothing(signed_in: Any, world: World, name: str) -> None:
    client = signed_in(name)
    for address, data in changes(world):
        before = state()
        answer = client.post(address, data)
        if name in STEER:
            assert answer.status_code == 302, address
            assert state() != before
        else:
            assert answer.status_code in (302, 404, 422)
            assert state() == before, address


def test_a_version_is_previewed_as_a_sentence_then_published_with_its_history(signed_in: Any, world: World) -> None:
    client, old = signed_in("manager"), statutory()
    count = PromisePolicy.objects.count()
    data = {**LIMIT, "unit": world.bank.public_id}
    page = client.post(reverse("catalog:publish"), {**data, "preview": "1"}).content.decode()
    assert "投诉在收到后 10 个自然日内" in page
    assert "任何等待都不暂停" in page
    assert PromisePolicy.objects.count() == count
    answer = client.post(reverse("catalog:publish"), {**data, "publish": "1"})
    page = client.get(answer.url).content.decode()
    assert f"{old.amount} 个自然日" in page
    assert "10 个自然日" in page
    old.refresh_from_db()
    assert old.ended_at is not None
    assert statutory().unverified


def test_a_statutory_limit_cannot_be_paused(signed_in: Any, world: World) -> None:
    data = {**LIMIT, "unit": world.bank.public_id, "publish": "1", "pauses": ["on_hold:awaiting_customer"]}
    before = state()
    assert signed_in("manager").post(reverse("catalog:publish"), data).status_code == 422
    assert state() == before


def test_lists_filter_search_and_export_with_an_entry(signed_in: Any, world: World) -> None:
    client = signed_in("front_line")
    assert client.get(reverse("catalog:services"), {"q": "开户"}).content.decode().count("data-row") == 1
    assert client.get(reverse("catalog:services"), {"q": "nothing"}).content.decode().count("data-row") == 0
    assert client.get(reverse("catalog:promises"), {"state": "unverified"}).content.decode().count("data-row") == 1
    for page in ("services", "categories", "promises"):
        assert b"".join(client.get(reverse(f"catalog:{page}"), {"format": "csv"}).streaming_content)
    assert Entry.objects.filter(code="access.rows_exported").count() == 3


def test_a_taken_code_is_said_beside_its_field(signed_in: Any, world: World) -> None:
    data = {"unit": world.bank.public_id, "code": "account", "name_zh": "又一个"}
    answer = signed_in("manager").post(reverse("catalog:service_open"), data)
    assert answer.status_code == 422
    assert "account" in answer.content.decode()


def test_the_words_know_every_kind_priority_and_pause_of_cases() -> None:
    assert set(words.CASE_KINDS) == set(Kind.values) == set(dict(Case._meta.get_field("kind").choices))
    assert set(words.PRIORITIES) == set(Priority.values)
    assert {code.split(":")[1] for code in words.PAUSES} == set(HoldReason.values)


def test_whole_hours_of_working_time_are_said_in_hours() -> None:
    with translation.override("en"):
        said = [words.span_words(minutes, "working_minutes") for minutes in (60, 240, 90)]
    assert said == ["1 working hour", "4 working hours", "90 minutes of working time"]


def test_the_sentence_in_english() -> None:
    given: dict[str, Any] = {"promise_kind": "first_response", "clock": "operational", "amount": 1, "time_unit": "working_days"}
    with translation.override("en"):
        said = words.promise_sentence(**given, case_kind="", priority="urgent", service="", pauses=["on_hold:scheduled"])
    assert said == (
        "Every case (Urgent): answered for the first time within 1 working day of receipt "
        "(Operational time limit; pauses while: Waiting for an agreed date)"
    )
