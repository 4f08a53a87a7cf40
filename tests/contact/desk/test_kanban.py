"""The board of cases: columns are states, and a card moves by the operation behind the move or not at all."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.desk import operations as desk
from steward.contact.desk.errors import CannotMove
from steward.contact.desk.kanban import CARDS, columns
from steward.core.cases import operations as cases
from steward.core.cases.errors import AlreadyTaken, CannotClose
from steward.core.cases.models import Case, StateSpan
from steward.ground.access.errors import Forbidden, Stale
from steward.ground.access.models import User

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=10)


def opened(world: World, title: str = "查账") -> Case:
    return cases.open_case(unit=world.counter_team, kind="request", channel="phone", title=title, customer=world.customer, by=SETUP, at=AT)


def move(world: World, case: Case, to: str, who: str = "front_line", **more: Any) -> Case:
    return desk.move_case(case=case, to=to, staff=world.staff(who), by=world.actor(who), at=LATER, **more)


def test_every_move_is_the_operation_behind_it(world: World) -> None:
    case = opened(world)
    assert move(world, case, "open").assignee == world.staff("front_line")
    held = move(world, case, "on_hold", reason_code="awaiting_customer")
    assert (held.state, held.hold_reason) == ("on_hold", "awaiting_customer")
    assert move(world, case, "open").state == "open"
    with pytest.raises(CannotClose):
        move(world, case, "closed", resolution="fulfilled")
    cases.add_message(case=case, direction="out", body="已办。", by=world.actor("front_line"), at=LATER)
    assert move(world, case, "closed", resolution="fulfilled").resolution == "fulfilled"
    assert move(world, case, "open", reason="又来问").state == "open"
    assert list(StateSpan.objects.filter(case=case).order_by("pk").values_list("state", flat=True)) == [
        "new", "open", "on_hold", "open", "closed", "open",
    ]  # fmt: skip


@pytest.mark.parametrize("to", ["new", "merged"])
def test_moves_that_mean_nothing_are_refused(world: World, to: str) -> None:
    case = opened(world)
    move(world, case, "open")
    with pytest.raises(CannotMove):
        move(world, case, to)
    assert Case.objects.get(pk=case.pk).state == "open"


def test_a_card_that_was_seen_before_somebody_changed_it_does_not_move(world: World) -> None:
    case = opened(world)
    cases.change_case(case=case, changes={"priority": "urgent"}, by=world.actor("supervisor"), at=LATER)
    with pytest.raises(Stale):
        move(world, case, "on_hold", reason_code="scheduled", expected_version=case.version)
    with pytest.raises(Forbidden):
        move(world, case, "on_hold", "other_branch", reason_code="scheduled")
    assert Case.objects.get(pk=case.pk).state == "new"


def test_columns_follow_the_filters_of_the_list_and_say_when_there_is_more(world: World) -> None:
    for number in range(CARDS + 1):
        opened(world, f"第 {number} 件")
    held = opened(world, "等材料")
    move(world, held, "on_hold", reason_code="awaiting_customer")
    user = User.objects.get(pk=world.cast.front_line.pk)
    new, active, waiting, closed = columns(user, {}, at=LATER, may_work=True)
    assert (len(new.cards), new.more, new.count) == (CARDS, True, f"{CARDS}+")
    assert [card.case for card in waiting.cards] == [held]
    assert not active.cards
    assert not closed.cards
    wide = columns(user, {}, at=LATER, widened="new", may_work=True)[0]
    assert (len(wide.cards), wide.more) == (CARDS + 1, False)
    only = columns(user, {"state": "on_hold"}, at=LATER, may_work=True)
    assert [column.left_out for column in only] == [True, True, False, True]
    assert only[2].cards
    outsider = User.objects.get(pk=world.cast.outsider.pk)
    assert not any(column.cards for column in columns(outsider, {}, at=LATER, may_work=True))


def test_without_a_script_a_move_is_a_page_with_its_form(world: World, client: Client) -> None:
    case = opened(world)
    client.force_login(world.cast.front_line, backend="steward.ground.access.backends.StaffBackend")
    address = f"/cases/board/{case.public_id}/to/on_hold/"
    back = "/cases/board/?kind=request"
    assert 'name="reason_code"' in client.get(address).content.decode()
    assert client.post(address, {"next": back}).status_code == 302  # says what is missing on the next page
    assert Case.objects.get().state == "new"
    answer = client.post(address, {"reason_code": "scheduled", "version": case.version, "next": back})
    assert (answer.status_code, answer.headers["Location"]) == (302, back)
    assert Case.objects.get().state == "on_hold"
    away = client.post(f"/cases/board/{case.public_id}/to/open/", {"next": "//evil.example/cases/board/"})
    assert away.headers["Location"] == "/cases/board/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.collision
def test_two_people_move_one_card_and_one_of_them_hears_why_not(committed_world: World) -> None:
    world = committed_world
    case = opened(world)
    given: dict[str, Any] = {"case": case, "to": "open", "at": LATER, "expected_version": case.version}
    movers = [(world.staff(name), world.actor(name)) for name in ("front_line", "supervisor")]
    outcomes = at_once([partial(desk.move_case, staff=staff, by=by, **given) for staff, by in movers])
    errors = [type(outcome.error) for outcome in outcomes if outcome.error]
    assert len(errors) == 1
    assert errors[0] in (Stale, AlreadyTaken)
    assert StateSpan.objects.filter(case=case, state="open").count() == 1
