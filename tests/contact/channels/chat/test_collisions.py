"""Two people act on one conversation at the same instant, on real connections."""

from __future__ import annotations

import pytest
from tests.cast import AT, World
from tests.contact.channels.chat.conftest import make_site
from tests.contact.channels.chat.steps import again, begin, taken
from tests.core.cases.routing_people import capacity
from tests.threads import at_once

from steward.contact.channels.chat import agents, life, talking
from steward.contact.channels.chat.models import Conversation
from steward.core.cases.errors import AlreadyTaken
from steward.core.cases.models import Assignment
from steward.core.cases.routing.errors import DeskFull, NothingToPull
from steward.ground.journal.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]
PEOPLE = ("front_line", "supervisor")


def test_two_agents_take_one_visitor(committed_world: World) -> None:
    world = committed_world
    row = begin(make_site(world))
    who = [(world.staff(name), world.actor(name)) for name in PEOPLE]
    taken_by = at_once([lambda s=staff, a=actor: agents.take(conversation=row, staff=s, by=a, at=AT) for staff, actor in who])
    assert [type(outcome.error) for outcome in taken_by if outcome.error] == [AlreadyTaken]
    assert Assignment.objects.filter(case=row.case, ended_at=None).count() == 1


def test_two_agents_ask_for_the_next_of_one_and_of_two(committed_world: World) -> None:
    world = committed_world
    site = make_site(world)
    begin(site)
    who = [(world.staff(name), world.actor(name)) for name in PEOPLE]
    first = at_once([lambda s=staff, a=actor: agents.take_next(staff=s, by=a, at=AT) for staff, actor in who])
    assert [type(outcome.error) for outcome in first if outcome.error] == [NothingToPull]
    for number in (1, 2):
        begin(site, number=number)
    second = at_once([lambda s=staff, a=actor: agents.take_next(staff=s, by=a, at=AT) for staff, actor in who])
    assert all(outcome.error is None for outcome in second), second
    assert len({outcome.value.pk for outcome in second}) == 2


def test_one_agent_does_not_fill_the_last_place_twice(committed_world: World) -> None:
    world = committed_world
    capacity(world, 40, {"chat": 33})
    site = make_site(world)
    rows = [begin(site, number=number) for number in range(2)]
    staff, by = world.staff("front_line"), [world.actor("front_line") for _row in rows]
    outcomes = at_once(
        [lambda r=row, a=actor: agents.take(conversation=r, staff=staff, by=a, at=AT) for row, actor in zip(rows, by, strict=True)]
    )
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [DeskFull]


def test_one_word_sent_by_two_requests_is_stored_once(committed_world: World) -> None:
    row = taken(committed_world, begin(make_site(committed_world)))
    sent = at_once([lambda: talking.say(conversation=row, body="在吗", key="same-key-1", at=AT) for _turn in range(3)])
    assert all(outcome.error is None for outcome in sent), sent
    assert row.case.messages.filter(body="在吗").count() == 1


def test_both_sides_end_it_at_once(committed_world: World) -> None:
    row = taken(committed_world, begin(make_site(committed_world)))
    agents.answer(conversation=row, body="您好", key="answer-1", by=committed_world.actor("front_line"), at=AT)
    ends = at_once(
        [
            lambda: talking.leave(conversation=again(row), at=AT),
            lambda: agents.finish(conversation=again(row), close=False, by=committed_world.actor("front_line"), at=AT),
            lambda: life.settle(conversation=again(row), at=AT),
        ]
    )
    assert all(outcome.error is None for outcome in ends), ends
    assert Entry.objects.filter(code="channels.chat_ended").count() == 1
    assert Conversation.objects.get(pk=row.pk).how in ("visitor", "agent")
