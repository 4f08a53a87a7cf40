"""The counter's quick entry: a case in one go, once however often it is sent, from when it was said, closed where it was solved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.channels.walkin.errors import NeedsResult, WhoIsThis
from steward.contact.channels.walkin.operations import Entry, Taken, take_walkin
from steward.core.cases import hooks
from steward.core.cases.models import Case
from steward.core.customers.models import Customer
from steward.core.encounters.models import Interaction
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.journal.repeats import KeyReused

pytestmark = pytest.mark.django_db


def take(world: World, *, key: str = "k1", by: str = "front_line", at: Any = AT, **more: Any) -> Taken:
    entry = Entry(**{"kind": "enquiry", "words": "存折怎么换成卡", **more})
    return take_walkin(unit=world.counter_team, entry=entry, key=key, staff=world.staff(by), by=world.actor(by), at=at)


def test_x10_words_alone_make_a_case_of_the_clerk_with_its_clocks(world: World) -> None:
    case = take(world).case
    assert (case.channel, case.title, case.state, case.assignee) == ("counter", "存折怎么换成卡", "open", world.staff("front_line"))
    assert case.next_due_at is not None
    contact = Interaction.objects.get()
    assert (contact.channel, contact.staff, contact.source) == ("counter", world.staff("front_line"), "walkin")


def test_r044_sent_twice_it_is_one_case_and_other_words_are_refused(world: World) -> None:
    first, again = take(world), take(world)
    assert (first.case, first.new, again.new) == (again.case, True, False)
    with pytest.raises(KeyReused):
        take(world, words="别的事")
    assert (Case.objects.count(), Interaction.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_sent_twice_at_one_instant_it_is_one_case(committed_world: World) -> None:
    outcomes = at_once([lambda: take(committed_world), lambda: take(committed_world)])
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert Case.objects.count() == 1


def test_what_waited_for_the_network_counts_from_when_it_was_written(world: World) -> None:
    said = AT - timedelta(hours=3)
    assert take(world, written_at=said).case.opened_at == said
    for nonsense in (AT + timedelta(hours=1), AT - timedelta(days=3)):
        assert take(world, key=str(nonsense), written_at=nonsense).case.opened_at == AT


def test_done_on_the_spot_answers_and_closes(world: World) -> None:
    case = take(world, kind="request", result="已换好", solved=True).case
    assert (case.state, case.resolution, case.messages.get(direction="out").body) == ("closed", "fulfilled", "已换好")
    with pytest.raises(NeedsResult):
        take(world, key="k2", solved=True, result=" ")
    assert Case.objects.count() == 1


def test_a_guard_that_refuses_the_closure_keeps_the_case_and_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise Refused()

    guard = hooks.Guard("test", frozenset({"close"}), refuse)
    monkeypatch.setitem(hooks._guards, "test", guard)
    taken = take(world, kind="complaint", result="已道歉", solved=True)
    assert (taken.case.state, bool(taken.kept_open)) == ("open", True)
    assert taken.case.messages.get(direction="note").body == "已道歉"
    assert not taken.case.messages.filter(direction="out").exists()


def test_who_it_is_by_choice_number_or_name(world: World) -> None:
    assert take(world, customer=world.customer).case.customer == world.customer
    assert take(world, key="2", who="138 0013 8000").case.customer == world.customer
    new = take(world, key="3", who="13711112222").case.customer
    assert new is not None
    assert new.contact_points.get().normalised == "+8613711112222"
    assert str(take(world, key="4", who="赵新").case.customer) == "赵新"
    with pytest.raises(WhoIsThis):
        take(world, key="5", who="8000")
    assert Case.objects.count() == 4


def test_somebody_without_the_right_here_leaves_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        take(world, by="other_branch")
    assert (Case.objects.count(), Interaction.objects.count()) == (0, 0)


def test_the_search_finds_by_tail_name_and_whole_number_only_whom_one_may_see(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("front_line")

    def found(words: str) -> str:
        return str(client.get("/walkin/people/", {"who": words}).content.decode())

    assert "陈晓明" in found("8000")
    assert "陈晓明" in found("晓明")
    assert "欧阳娜娜" not in found("9000")
    assert "欧阳娜娜" not in found("欧阳")
    assert "欧阳娜娜" in found("13900139000")  # by exact number anywhere in the organisation, and recorded


def test_the_page_answers_in_place_and_keeps_what_was_typed(world: World, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("front_line")
    fields = {"kind": "enquiry", "words": "换卡", "unit": world.counter_team.public_id, "key": "x", "who": "8000"}
    refused = client.post("/walkin/", fields)
    assert (refused.status_code, "换卡" in refused.content.decode(), Case.objects.count()) == (422, True, 0)
    fields["customer"] = Customer.objects.get(name="陈晓明").public_id
    taken = client.post("/walkin/", fields, headers={"X-Walkin": "1"})
    case = Case.objects.get()
    assert (taken.status_code, case.number in taken.content.decode(), "<html" in taken.content.decode()) == (200, True, False)


def test_an_outsider_cannot_name_our_people(world: World, signed_in: Callable[[str], Client]) -> None:
    fields = {"kind": "enquiry", "words": "换卡", "unit": world.hotel.public_id, "key": "x", "customer": world.customer.public_id}
    assert signed_in("outsider").post("/walkin/", fields).status_code == 422
    assert not Case.objects.exists()
    assert SETUP.is_machine
