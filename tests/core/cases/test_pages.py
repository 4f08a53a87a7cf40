"""The pages of a case, as the people who use them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.journal.subscribers import pump_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team,
        kind="complaint",
        channel="counter",
        title="排队四十分钟没人理",
        customer=world.customer,
        by=world.actor("front_line"),
        at=AT,
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", ["list", "due", "todo", "open"])
def test_pages_render(signed_in: Any, case: Case, world: World, name: str, language: str) -> None:
    client = signed_in("supervisor")
    client.cookies["django_language"] = language
    response = client.get(reverse(f"cases:{name}"))
    assert response.status_code == 200
    if name in ("list", "due"):
        assert "排队四十分钟没人理" in response.content.decode() or name == "due"


def test_the_file_shows_words_clocks_and_history(signed_in: Any, case: Case) -> None:
    page = signed_in("front_line").get(reverse("cases:detail", args=[case.public_id])).content.decode()
    assert "排队四十分钟没人理" in page
    assert case.number in page
    assert page.count("clock-link") == 3
    assert "13800138000" not in page


def test_a_case_is_taken_answered_and_closed_through_the_pages(signed_in: Any, case: Case) -> None:
    client = signed_in("front_line")
    client.post(reverse("cases:claim", args=[case.public_id]))
    client.post(reverse("cases:message", args=[case.public_id]), {"body": "对不起，马上为您办理。", "direction": "out"})
    client.post(reverse("cases:close", args=[case.public_id]), {"resolution": "answered"})
    case.refresh_from_db()
    assert (case.state, case.resolution) == ("closed", "answered")
    assert case.assignee is not None
    assert case.promises.filter(met_at=None).count() == 0


def test_closing_without_an_answer_says_what_to_do(signed_in: Any, case: Case) -> None:
    client = signed_in("front_line")
    response = client.post(reverse("cases:close", args=[case.public_id]), {"resolution": "answered"})
    assert response.status_code == 409
    case.refresh_from_db()
    assert case.state == "new"


def test_opening_a_case_registers_or_finds_the_person(signed_in: Any, world: World) -> None:
    client = signed_in("front_line")
    data = {
        "unit": world.counter_team.public_id,
        "kind": "request",
        "channel": "counter",
        "title": "补办银行卡",
        "body": "",
        "priority": "normal",
        "customer_name": "陈晓明",
        "customer_phone": "+86 138-0013-8000",
        "key": "once",
    }
    for _ in range(2):
        assert client.post(reverse("cases:open"), data).status_code == 302
    case = Case.objects.get(title="补办银行卡")
    assert case.customer_id == world.customer.pk


def test_why_is_this_red(signed_in: Any, case: Case) -> None:
    for promise in case.promises.all():
        page = signed_in("supervisor").get(reverse("cases:clock", args=[case.public_id, promise.public_id]))
        assert page.status_code == 200


def test_digits_find_a_case_by_the_end_of_its_number_and_by_what_was_written(signed_in: Any, case: Case, world: World) -> None:
    other = cases.open_case(
        unit=world.counter_team, kind="request", channel="phone", title="拨打 95588 没有人接", by=world.actor("front_line"), at=AT
    )
    pump_all(at=AT, holder="test")
    client = signed_in("supervisor")

    def found(words: str) -> set[str]:
        page = client.get(reverse("cases:list"), {"q": words}).content.decode()
        return {number for number in (case.number, other.number) if f">{number}<" in page}

    assert found(str(int(case.number.rpartition("-")[2]))) == {case.number}
    assert found(case.number) == {case.number}
    assert found("95588") == {other.number}
    assert found("没有人接") == {other.number}


def test_the_file_is_read_in_few_queries_and_the_rest_when_it_is_wanted(
    signed_in: Any, case: Case, django_assert_max_num_queries: Any
) -> None:
    """The budget of a page is twelve; dialogs, history and what stands beside the conversation are asked for on their own."""
    client = signed_in("front_line")
    client.get(f"/cases/{case.public_id}/")  # what a process reads once is read
    with django_assert_max_num_queries(12):
        page = client.get(f"/cases/{case.public_id}/").content.decode()
    assert 'id="assign-form"' not in page
    assert "138****8000" in client.get(f"/cases/{case.public_id}/beside/").content.decode()
    assert "timeline" in client.get(f"/cases/{case.public_id}/history/").content.decode()
    assert 'id="close-case"' in client.get(f"/cases/{case.public_id}/dialogs/").content.decode()


def test_dialogs_decide_on_what_the_page_showed(signed_in: Any, case: Case, world: World) -> None:
    """They are fetched when they are opened, but carry the version of the page: what came since is not decided on unseen."""
    shown = case.version
    cases.assign_case(case=case, to=world.staff("front_line"), by=SETUP, at=AT)
    client, other = signed_in("supervisor"), world.staff("supervisor")
    dialogs = client.get(f"/cases/{case.public_id}/dialogs/?version={shown}").content.decode()
    assert dialogs.count(f'name="version" value="{shown}"') == 2  # hand over, close
    for address, form in (("assignment", {"to": other.public_id}), ("closure", {"resolution": "withdrawn", "reason": "不需要了"})):
        answer = client.post(f"/cases/{case.public_id}/{address}/", form | {"version": shown}, headers={"HX-Request": "true"})
        assert json.loads(answer.headers["HX-Trigger"])["steward:refused"]["code"] == "stale"
    case.refresh_from_db()
    assert (case.assignee, case.closed_at) == (world.staff("front_line"), None)
    client.post(f"/cases/{case.public_id}/assignment/", {"to": other.public_id, "version": case.version})
    case.refresh_from_db()
    assert case.assignee == other
