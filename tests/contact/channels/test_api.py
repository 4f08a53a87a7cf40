"""The interface: what it does through the operations, how it says no, and what it never does twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.contact.channels.keys import ALL, Api, token_for
from tests.contact.fields.making import define

from steward.contact.channels import operations as channels
from steward.contact.channels.errors import BadExpiry, UnknownScope
from steward.contact.channels.models import ApiToken
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.customers.models import Customer
from steward.ground.access.errors import Forbidden
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(world: World) -> Api:
    return Api(token_for(world, "supervisor")[1])


@pytest.fixture
def case(world: World) -> Case:
    return cases.open_case(
        unit=world.counter_team,
        kind="request",
        channel="counter",
        title="补卡",
        customer=world.customer,
        by=SETUP,
        at=AT - timedelta(hours=1),
    )


def problem_of(response: Any) -> dict[str, Any]:
    assert response.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert set(found) == {"type", "title", "status", "detail", "code", "errors"}
    assert found["status"] == response.status_code
    return found


def test_a_case_goes_from_opening_to_reopening(lead: Api, world: World) -> None:
    body = {
        "title": "换零钱",
        "body": "需要一百个硬币。",
        "kind": "enquiry",
        "unit": str(world.counter_team.public_id),
        "service": str(world.service.public_id),
        "customer": {"name": "新来的", "phone": "13700137000"},
    }
    opened = lead.post("cases", body, Idempotency_Key="a1")
    assert opened.status_code == 201, opened.content
    row = opened.json()
    assert (row["number"], row["state"], row["channel"], row["customer"]["name"]) == ("2026-000001", "new", "api", "新来的")
    assert row["service"]["name"] == "开户"
    assert any(promise["kind"] == "first_response" for promise in row["promises"])
    place = f"cases/{row['id']}"
    front = str(world.staff("front_line").public_id)
    assert lead.post(f"{place}/assignment", {"to": front}).json()["assignee"]["name"] == "林一"
    assert lead.post(f"{place}/hold", {"reason_code": "awaiting_customer"}).json()["state"] == "on_hold"
    assert lead.post(f"{place}/messages", {"direction": "in", "body": "我还要二十个。"}).status_code == 201
    assert lead.get(place).json()["state"] == "open"
    assert lead.post(f"{place}/messages", {"direction": "out", "body": "您好，已备好。"}).status_code == 201
    assert lead.post(f"{place}/messages", {"direction": "note", "body": "金库已取。"}).status_code == 201
    changed = lead.ask("PATCH", place, {"priority": "high", "kind": "request", "title": "换硬币"}).json()
    assert (changed["priority"], changed["kind"], changed["title"]) == ("high", "request", "换硬币")
    closed = lead.post(f"{place}/closure", {"resolution": "fulfilled"}).json()
    assert (closed["state"], closed["resolution"]) == ("closed", "fulfilled")
    assert lead.post(f"{place}/reopening", {"reason": "少了两个"}).json()["state"] == "open"
    words = lead.get(f"{place}/messages").json()
    assert [item["direction"] for item in words["items"]] == ["in", "in", "out", "note"]
    assert words["items"][2]["author"] == "王主管"


def test_entries_name_the_person_and_the_token(lead: Api, world: World, case: Case) -> None:
    lead.post(f"cases/{case.public_id}/messages", {"direction": "out", "body": "您好。"})
    entry = Entry.objects.get(code="cases.message_added")
    token = ApiToken.objects.get()
    assert (entry.actor_kind, entry.actor_ref) == ("staff", str(world.cast.supervisor.public_id))
    assert entry.request.startswith(f"api:{token.prefix}:")


def test_an_integration_acts_under_its_own_name(world: World, case: Case) -> None:
    token, secret = token_for(world)
    Api(secret).post(f"cases/{case.public_id}/messages", {"direction": "out", "body": "您好。"})
    entry = Entry.objects.get(code="cases.message_added")
    assert (entry.actor_kind, entry.actor_ref) == ("system", f"api:{token.public_id}")
    assert Message.objects.get(direction="out").author is None


def test_the_same_key_opens_one_case_and_one_person(lead: Api, world: World) -> None:
    body = {"title": "补卡", "unit": str(world.counter_team.public_id), "customer": {"name": "没有电话的人"}}
    first, second = lead.post("cases", body, Idempotency_Key="k"), lead.post("cases", body, Idempotency_Key="k")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert Customer.objects.filter(name="没有电话的人").count() == 1
    other = lead.post("cases", body | {"title": "销户"}, Idempotency_Key="k")
    assert problem_of(other)["code"] == "idempotency_key_reused"
    place = f"cases/{first.json()['id']}/messages"
    words = [lead.post(place, {"direction": "note", "body": "一次"}, Idempotency_Key="m") for _ in range(2)]
    assert [answer.status_code for answer in words] == [201, 200]
    assert Message.objects.filter(direction="note").count() == 1


def test_fields_that_a_case_needs_are_needed_by_the_interface_too(lead: Api, world: World) -> None:
    define(world.branch, "room", "房号", "Room", required="opening")
    body = {"title": "漏水", "unit": str(world.counter_team.public_id)}
    refused = lead.post("cases", body, Idempotency_Key="f1")
    assert (refused.status_code, problem_of(refused)["code"]) == (422, "details_missing")
    misspelt = lead.post("cases", body | {"details": {"roon": "1203"}}, Idempotency_Key="f2")
    assert problem_of(misspelt)["code"] == "unknown_field"
    assert not Case.objects.filter(title="漏水").exists()
    assert lead.post("cases", body | {"details": {"room": "1203"}}, Idempotency_Key="f3").status_code == 201
    assert Case.objects.get(title="漏水").field_values.get().value == "1203"


def test_keys_of_two_tokens_never_meet(world: World) -> None:
    body = {"title": "补卡", "unit": str(world.counter_team.public_id)}
    one, two = Api(token_for(world, "supervisor")[1]), Api(token_for(world, "manager")[1])
    assert one.post("cases", body, Idempotency_Key="same").json()["id"] != two.post("cases", body, Idempotency_Key="same").json()["id"]


def test_pages_hold_every_case_once(lead: Api, world: World) -> None:
    for number in range(7):
        cases.open_case(unit=world.counter_team, kind="request", channel="counter", title=f"第{number}件", by=SETUP, at=AT)
    for sort in ("newest", "due", "changed"):
        seen, after = [], ""
        while True:
            page = lead.get(f"cases?limit=3&sort={sort}" + (f"&after={after}" if after else "")).json()
            seen += [row["number"] for row in page["items"]]
            after = page["next"]
            if not after:
                break
        assert len(seen) == len(set(seen)) == 7


def test_a_cursor_that_was_not_issued_is_refused(lead: Api, case: Case) -> None:
    assert problem_of(lead.get("cases?after=W10:forged"))["errors"][0]["field"] == "after"
    assert lead.get("cases?limit=201").status_code == 422
    assert lead.get("cases?limit=0").status_code == 422


def test_filters_are_those_of_the_list_page(lead: Api, world: World, case: Case) -> None:
    cases.close_case(case=case, resolution="withdrawn", reason="不要了", by=SETUP, at=AT)
    cases.open_case(unit=world.lobby_team, kind="complaint", channel="phone", title="等太久", by=SETUP, at=AT)

    def numbers(query: str) -> list[str]:
        return [row["title"] for row in lead.get(f"cases?{query}").json()["items"]]

    assert numbers("") == ["等太久"]
    assert numbers("state=closed") == ["补卡"]
    assert numbers("state=any&kind=complaint") == ["等太久"]
    assert numbers(f"state=any&unit={world.counter_team.public_id}") == ["补卡"]
    assert numbers("assignee=nobody&channel=phone") == ["等太久"]
    assert numbers(f"assignee={world.staff('front_line').public_id}") == []
    assert problem_of(lead.get("cases?colour=red"))["errors"][0]["field"].endswith("colour")


@pytest.mark.parametrize(
    ("raw", "media", "status", "code"),
    [
        (b'{"title": NaN}', "application/json", 400, "malformed_json"),
        (b'{"title": "a", "title": "b"}', "application/json", 400, "malformed_json"),
        (b"[" * 100_000, "application/json", 400, "malformed_json"),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "application/json", 400, "malformed_json"),
        (b'{"title": 1' + b"0" * 5000 + b"}", "application/json", 400, "malformed_json"),
        (b'{"title": "\xff"}', "application/json", 400, "malformed_json"),
        (b'{"title": "\\ud800"}', "application/json", 400, "malformed_json"),
        (b'{"title": "a\\u0000b"}', "application/json", 422, "invalid"),
        (b"{", "application/json", 400, "malformed_json"),
        (b'"text"', "application/json", 422, "invalid"),
        (b"[]", "application/json", 422, "invalid"),
        (b"null", "application/json", 422, "invalid"),
        (b'{"title": 7}', "application/json", 422, "invalid"),
        (b'{"title": "   "}', "application/json", 422, "invalid"),
        (b'{"title": "a", "extra": 1}', "application/json", 422, "invalid"),
        (b'{"title": "' + b"a" * 300_000 + b'"}', "application/json", 413, "request_too_large"),
        (b"title=a", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b'{"title": "a"}', "text/plain", 415, "unsupported_media_type"),
        (b'{"title": "a"}', "application/json; charset=gbk", 415, "unsupported_media_type"),
    ],
)
def test_a_bad_body_is_a_clear_problem(lead: Api, raw: bytes, media: str, status: int, code: str) -> None:
    answer = lead.ask("POST", "cases", raw=raw, media=media)
    assert (answer.status_code, problem_of(answer)["code"]) == (status, code), answer.content[:300]
    assert Case.objects.count() == 0


def test_problems_speak_the_language_asked_for(world: World) -> None:
    secret = token_for(world, "supervisor")[1]
    chinese, english = Api(secret).get("nowhere"), Api(secret, "en").get("nowhere")
    assert problem_of(english)["title"] == "Not found"
    assert problem_of(chinese)["title"] == "没有找到"
    assert problem_of(Api(secret).post("cases", {}))["errors"][0]["detail"] == "这一项必须填写。"


def test_every_error_is_a_problem(lead: Api, case: Case) -> None:
    assert problem_of(lead.ask("DELETE", f"cases/{case.public_id}"))["code"] == "method_not_allowed"
    assert lead.ask("DELETE", f"cases/{case.public_id}").headers["Allow"]
    assert problem_of(lead.get("/api/v2/cases"))["status"] == 404
    assert problem_of(lead.get("/api/"))["status"] == 404
    assert problem_of(lead.get("cases/not-a-uuid"))["status"] == 404
    assert problem_of(lead.get("cases/00000000-0000-7000-8000-000000000000"))["status"] == 404
    huge = lead.client.generic(
        "POST", "/api/v1/cases", b"{}", content_type="application/json", headers=lead.headers, CONTENT_LENGTH=str(10**12)
    )
    assert problem_of(huge)["status"] == 413


def test_an_unknown_address_asks_for_no_csrf_token(world: World) -> None:
    """Found by schemathesis: a POST to an address with a malformed id was answered 403 by the check that is made for browsers."""
    for method in ("POST", "PATCH"):
        answer = Client(enforce_csrf_checks=True).generic(method, "/api/v1/cases/null", b"{}", content_type="application/json")
        assert answer.status_code == 404


def test_a_refusal_of_an_operation_keeps_its_code(lead: Api, case: Case) -> None:
    place = f"cases/{case.public_id}"
    assert problem_of(lead.post(f"{place}/closure", {"resolution": "answered"}))["code"] == "cannot_close"
    assert problem_of(lead.post(f"{place}/closure", {"resolution": "withdrawn"}))["code"] == "needs_reason"
    assert problem_of(lead.post(f"{place}/resumption", {}))["code"] == "not_open"
    stale = lead.ask("PATCH", place, {"title": "改", "version": 99})
    assert (stale.status_code, problem_of(stale)["code"]) == (409, "stale")
    assert problem_of(lead.post("cases", {"title": "a", "customer": {"phone": "12"}}))["status"] == 422


def test_a_fault_is_a_problem_and_tells_nothing(lead: Api, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("steward.contact.channels.api.endpoints.writing.hold", fail)
    answer = lead.post(f"cases/{case.public_id}/hold", {"reason_code": "scheduled"})
    assert problem_of(answer)["status"] == 500
    assert b"secret" not in answer.content


def test_a_session_opens_nothing(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    assert client.get("/api/v1/cases").status_code == 401
    assert client.get("/api/v1/openapi.json").status_code == 401


def test_the_limit_of_a_token_is_kept(world: World) -> None:
    api = Api(token_for(world, "supervisor", per_minute=5)[1])
    answers = [api.get("me") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert problem_of(answers[-1])["code"] == "too_many"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert Api(token_for(world, "manager")[1]).get("me").status_code == 200


def test_a_token_keeps_only_its_digest(world: World) -> None:
    token, secret = token_for(world, "supervisor")
    assert secret.startswith(f"stw_{token.prefix}_")
    assert len(secret) > 50
    assert secret not in str(ApiToken.objects.values().get())
    assert Api(secret).get("me").json()["acts_as"] == "staff"
    assert ApiToken.objects.get().last_used_at == AT
    channels.revoke_token(token=token, by=world.actor("manager"), at=AT)
    assert Api(secret).get("me").status_code == 401


def test_what_a_token_may_is_decided_when_it_is_issued(world: World) -> None:
    until = AT + timedelta(days=30)
    issue = channels.issue_token
    with pytest.raises(Forbidden):
        issue(unit=world.bank, name="x", scopes=ALL, expires_at=until, by=world.actor("supervisor"), at=AT)
    with pytest.raises(Forbidden):
        issue(unit=world.hotel, name="x", scopes=ALL, expires_at=until, by=world.actor("manager"), at=AT)
    with pytest.raises(Forbidden):  # in the name of somebody else
        issue(unit=world.bank, name="x", scopes=ALL, user=world.cast.front_line, expires_at=until, by=world.actor("manager"), at=AT)
    with pytest.raises(UnknownScope):
        issue(unit=world.bank, name="x", scopes=["cases:eat"], expires_at=until, by=world.actor("manager"), at=AT)
    with pytest.raises(BadExpiry):
        issue(unit=world.bank, name="x", scopes=ALL, expires_at=AT + timedelta(days=4000), by=world.actor("manager"), at=AT)


def test_somebody_who_left_takes_their_token_along(world: World) -> None:
    api = Api(token_for(world, "supervisor")[1])
    world.cast.supervisor.is_active = False
    world.cast.supervisor.save(update_fields=["is_active"])
    assert api.get("me").status_code == 401


def test_people_are_found_by_identity_and_the_look_up_is_recorded(world: World) -> None:
    api = Api(token_for(world, "front_line")[1])
    found = api.post("customers/look-up", {"kind": "phone", "value": "139 0013 9000", "purpose": "serve_case"})
    # She belongs to another branch: known by an exact identity, but not to be named by id here.
    assert found.json()["items"] == [{"id": str(world.other_customer.public_id), "name": "欧阳娜娜", "kept": False}]
    entry = Entry.objects.get(code="customers.customer_looked_up")
    assert entry.purpose == "serve_case"
    body = {"title": "a", "unit": str(world.counter_team.public_id), "customer": {"id": str(world.other_customer.public_id)}}
    assert problem_of(api.post("cases", body))["errors"][0]["field"] == "customer.id"
    body["customer"] = {"id": str(world.customer.public_id)}
    assert api.post("cases", body).status_code == 201


def test_names_are_shown_only_with_their_scope(world: World, case: Case) -> None:
    api = Api(token_for(world, "supervisor", scopes=("cases:read",))[1])
    assert api.get(f"cases/{case.public_id}").json()["customer"] == {"id": str(world.customer.public_id), "name": None}
    assert problem_of(api.post(f"cases/{case.public_id}/hold", {"reason_code": "scheduled"}))["code"] == "needs_scope"


def test_notes_are_read_only_with_their_scope(world: World, case: Case) -> None:
    cases.add_message(case=case, direction="note", body="内部", by=SETUP, at=AT)

    def count(*scopes: str) -> int:
        return len(Api(token_for(world, scopes=scopes)[1]).get(f"cases/{case.public_id}/messages").json()["items"])

    assert (count("cases:read"), count("cases:read", "cases:notes")) == (1, 2)


def test_no_token_sees_what_is_confidential(world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="phone", title="举报", confidential=True, by=SETUP, at=AT)
    for api in (Api(token_for(world)[1]), Api(token_for(world, "manager")[1])):
        assert api.get("cases?state=any").json()["items"] == []
        assert api.get(f"cases/{case.public_id}").status_code == 404
        assert api.post(f"cases/{case.public_id}/hold", {"reason_code": "scheduled"}).status_code == 404


def test_an_integration_finds_by_number_and_staff_by_words(world: World, case: Case) -> None:
    integration = Api(token_for(world)[1])
    assert [row["id"] for row in integration.get("cases?q=000001").json()["items"]] == [str(case.public_id)]
    assert problem_of(integration.get("cases?q=%E8%A1%A5%E5%8D%A1"))["errors"][0]["field"] == "q"
    assert problem_of(integration.get("cases?assignee=me"))["errors"][0]["field"] == "assignee"


def test_catalogue_and_units_end_at_the_token(world: World) -> None:
    api = Api(token_for(world, unit=world.branch)[1])
    assert {row["name"] for row in api.get("units").json()["items"]} == {"滨江支行", "柜面组", "大堂组"}
    assert api.get("services").json()["items"][0]["code"] == "account"
    assert api.get(f"services?unit={world.other_branch.public_id}").status_code == 422
    assert api.get("categories").json() == {"items": []}
