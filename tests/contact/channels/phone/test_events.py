"""Signatures, order, repeats, callers and missed calls, through the address a telephone system posts to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from tests.cast import AT, SETUP, World

from steward.contact.channels.phone.models import Call, CallEvent, CallSpan, PhoneSystem
from steward.contact.channels.phone.queries import ringing_for
from steward.contact.channels.phone.taking import topic_of
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Promise, Task
from steward.core.customers.operations import register_customer
from steward.core.encounters.models import Interaction
from steward.ground.journal import topics

pytestmark = pytest.mark.django_db
Make = Callable[..., dict[str, Any]]


def test_r044_a_signature_that_is_missing_wrong_or_old_changes_nothing(exchange: Any, event: Make) -> None:
    for answer in (
        exchange.post(event("ringing"), header=""),
        exchange.post(event("ringing"), header="t=1,v1=zz"),
        exchange.post(event("ringing"), secret="another"),
        exchange.post(event("ringing"), at=AT - timedelta(seconds=301)),
        exchange.post(event("ringing"), at=AT + timedelta(seconds=301)),
    ):
        assert answer.status_code == 401
        assert answer.json()["code"].startswith("signature_")
    assert (Call.objects.count(), CallEvent.objects.count()) == (0, 0)
    assert PhoneSystem.objects.get().last_error == "signature_old"
    assert exchange.post(event("ringing"), at=AT - timedelta(seconds=299)).status_code == 202
    assert PhoneSystem.objects.get().last_error == ""


def test_a_system_that_is_unknown_or_switched_off_gets_one_and_the_same_answer(exchange: Any, event: Make) -> None:
    PhoneSystem.objects.update(enabled=False)
    off = exchange.post(event("ringing"))
    exchange.system.key = "0" * 24
    unknown = exchange.post(event("ringing"))
    assert (off.status_code, off.content) == (unknown.status_code, unknown.content) == (401, off.content)
    assert Call.objects.count() == 0


def test_r044_the_same_event_twice_counts_once_and_another_with_its_id_is_refused(exchange: Any, event: Make) -> None:
    first, again = exchange.post(event("ringing")), exchange.post(event("ringing"))
    assert [answer.json()["events"][0]["new"] for answer in (first, again)] == [True, False]
    assert CallEvent.objects.count() == 1
    other = exchange.post(event("ringing") | {"extension": "8002"})
    assert (other.status_code, other.json()["code"]) == (409, "event_id_reused")
    assert CallEvent.objects.count() == 1


def test_r044_events_in_any_order_make_the_same_call(exchange: Any, event: Make) -> None:
    told = [event("ringing", 0), event("answered", 10), event("held", 30), event("answered", 50), event("ended", 90)]
    found = set()
    for number, order in enumerate(permutations(told)):
        if number % 10:
            continue  # every tenth of the 120 orders
        name = f"c{number}"
        for one in order:
            assert exchange.post(one | {"call": name, "id": f"{name}-{one['id']}"}).status_code == 202
        call = Call.objects.get(ref=name)
        spans = call.spans.order_by("started_at", "pk").values_list("state", "extension", "started_at", "ended_at")
        found.add((call.state, call.staff_id, call.started_at, call.answered_at, call.ended_at, tuple(spans)))
    assert len(found) == 1
    state, staff, _started, _answered, _ended, spans_of = found.pop()
    assert (state, staff) == ("ended", exchange.system.extensions.get(number="8001").staff_id)
    assert [(span[0], (span[3] - span[2]).seconds) for span in spans_of if span[3]] == [
        ("ringing", 10),
        ("answered", 20),
        ("held", 20),
        ("answered", 40),
    ]


def test_a_call_that_is_put_through_rings_on_the_other_desk(exchange: Any, event: Make, world: World) -> None:
    exchange.post(event("ringing", 0), event("answered", 5), event("transferred", 20, extension="8002"))
    front, lead = world.staff("front_line"), world.staff("supervisor")
    assert ringing_for(front.pk, front.user, at=AT) == []
    assert [item.call.ref for item in ringing_for(lead.pk, lead.user, at=AT)] == ["c1"]
    exchange.post(event("answered", 25, extension="8002"), event("ended", 60, extension="8002"))
    call = Call.objects.get()
    assert (call.state, call.staff) == ("ended", lead)


def test_a_group_rings_on_every_desk_until_one_takes_it(exchange: Any, event: Make, world: World) -> None:
    exchange.post(event("ringing", 0), event("ringing", 1, extension="8002"))
    assert CallSpan.objects.filter(ended_at=None).count() == 2
    exchange.post(event("answered", 5, extension="8002"))
    assert [span.staff for span in CallSpan.objects.filter(ended_at=None)] == [world.staff("supervisor")]


def test_r044_who_is_calling_is_told_to_the_desk_at_once(
    exchange: Any, event: Make, world: World, django_capture_on_commit_callbacks: Any
) -> None:
    front = world.staff("front_line")
    case = cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", customer=world.customer, by=SETUP, at=AT)
    key = topic_of(front.pk)
    before = topics.versions([key])[key]
    with django_capture_on_commit_callbacks(execute=True):  # PostgreSQL raises topics after the commit
        exchange.post(event("ringing"))
    assert topics.versions([key])[key] > before
    (ringing,) = ringing_for(front.pk, front.user, at=AT)
    assert ringing.only is not None
    assert (ringing.only.customer, ringing.only.cases) == (world.customer, [case])


def test_several_people_with_one_number_are_all_shown_and_nobody_is_guessed(exchange: Any, event: Make, world: World) -> None:
    other = register_customer(unit=world.counter_team, name="陈晓华", contacts=[("phone", "13800138000")], by=SETUP, at=AT)
    exchange.post(event("ringing"))
    front = world.staff("front_line")
    (ringing,) = ringing_for(front.pk, front.user, at=AT)
    assert {caller.customer for caller in ringing.callers} == {world.customer, other}
    assert (ringing.only, Call.objects.get().customer) == (None, None)


def test_an_unknown_and_a_hidden_number_name_nobody(exchange: Any, event: Make) -> None:
    exchange.post(event("ringing", number="13711112222"))
    exchange.post(event("ringing", call="c2", number="", id="x"))
    assert [(call.number, call.customer) for call in Call.objects.order_by("pk")] == [("+8613711112222", None), ("", None)]


def test_r045_a_missed_call_becomes_a_case_with_a_task_and_a_clock(exchange: Any, event: Make) -> None:
    exchange.post(event("ringing", 0, number="13711112222"), event("missed", 25, number="13711112222"))
    case, task, call = Case.objects.get(), Task.objects.get(), Call.objects.get()
    assert (call.state, call.case, call.callback, task.state) == ("missed", case, task, "open")
    assert (case.channel, "137****2222" in case.title or "+86" in case.title) == ("phone", True)
    assert "13711112222" not in case.title
    promise = Promise.objects.get(case=case, kind="call_back")
    assert promise.due_at == task.due_at == AT + timedelta(minutes=30)  # working minutes: at 08:50 nobody works yet
    exchange.post(event("ringing", 60, call="c2", number="13711112222"), event("missed", 70, call="c2", number="13711112222"))
    assert (Case.objects.count(), Task.objects.count()) == (1, 1)
    assert case.messages.filter(direction="note").count() == 1


def test_a_number_that_was_reached_needs_no_calling_back(exchange: Any, event: Make) -> None:
    exchange.post(event("ringing", 0), event("missed", 25))
    out = {"call": "c2", "direction": "out"}
    exchange.post(event("ringing", 100, **out), event("answered", 110, **out), event("ended", 200, **out))
    assert Task.objects.get().state == "done"
    assert Promise.objects.get(kind="call_back").met_at == AT


def test_an_answer_that_is_told_late_undoes_the_missed_call(exchange: Any, event: Make) -> None:
    exchange.post(event("ringing", 0), event("ended", 60))
    assert (Call.objects.get().state, Task.objects.get().state) == ("missed", "open")
    exchange.post(event("answered", 10))
    assert (Call.objects.get().state, Task.objects.get().state) == ("ended", "done")
    assert Interaction.objects.filter(source="telephone").count() == 1


def test_the_callers_one_unfinished_case_learns_of_the_missed_call(exchange: Any, event: Make, world: World) -> None:
    case = cases.open_case(unit=world.counter_team, kind="request", channel="web", title="查账", customer=world.customer, by=SETUP, at=AT)
    exchange.post(event("ringing", 0), event("missed", 25))
    assert (Case.objects.count(), Task.objects.get().case) == (1, case)


def test_a_call_that_was_answered_is_one_contact(exchange: Any, event: Make, world: World) -> None:
    exchange.post(event("ringing", 0), event("answered", 5), event("ended", 65))
    exchange.post(event("ended", 66, id="again"))
    contact = Interaction.objects.get()
    assert (contact.channel, contact.staff, contact.customer) == ("phone", world.staff("front_line"), world.customer)
    assert contact.ended_at is not None
    assert (contact.ended_at - contact.started_at).seconds == 60


def test_a_batch_with_a_mistake_changes_nothing_and_says_which_field(exchange: Any, event: Make) -> None:
    answer = exchange.post(event("ringing"), event("answered") | {"type": "dancing"})
    assert (answer.status_code, "type" in answer.json()["detail"]) == (422, True)
    future = exchange.post(event("ringing") | {"at": (AT + timedelta(hours=1)).isoformat()})
    assert (future.status_code, Call.objects.count()) == (422, 0)


def test_a_test_event_makes_no_call(exchange: Any, event: Make) -> None:
    assert exchange.post(event("test")).status_code == 202
    assert (Call.objects.count(), PhoneSystem.objects.get().last_event_at) == (0, AT)
