"""Two people act on one text at the same instant, on real connections."""

from __future__ import annotations

import pytest
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.writing import operations as writing
from steward.contact.writing.errors import DraftChanged, NotNow, TextChanged
from steward.contact.writing.models import Draft, SharedDraft
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def opened(world: World) -> Case:
    return cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", customer=world.customer, by=SETUP, at=AT)


def test_two_windows_save_and_two_reviewers_change_and_send(committed_world: World) -> None:
    world, case = committed_world, opened(committed_world)
    by = world.actor("front_line")
    writing.save_draft(case=case, direction="out", body="一", version=0, by=by, at=AT)
    saves = at_once(
        [lambda text=text: writing.save_draft(case=case, direction="out", body=text, version=1, by=by, at=AT) for text in ("一二", "一三")]
    )
    assert [type(outcome.error) for outcome in saves if outcome.error] == [DraftChanged]
    assert Draft.objects.get().version == 2
    shared = writing.ask_review(
        case=case, author=world.staff("front_line"), reviewer=world.staff("supervisor"), body="您好", why="", by=by, at=AT
    )
    readers = [world.actor("supervisor"), world.actor("manager")]
    edits = at_once(
        [lambda a=actor, t=f"改{i}": writing.edit_shared(shared=shared, body=t, version=1, by=a, at=AT) for i, actor in enumerate(readers)]
    )
    assert [type(outcome.error) for outcome in edits if outcome.error] == [TextChanged]
    sends = at_once([lambda a=actor: writing.send_shared(shared=shared, version=2, as_author=True, by=a, at=AT) for actor in readers])
    refused = [type(outcome.error) for outcome in sends if outcome.error]
    assert len(refused) == 1
    assert Message.objects.filter(case=case, direction="out").count() == 1
    assert SharedDraft.objects.get().state == "sent"
    assert issubclass(refused[0], NotNow) or refused[0].__name__ == "Forbidden"


def test_two_hand_over_at_once(committed_world: World) -> None:
    world, case = committed_world, opened(committed_world)
    outcomes = at_once(
        [
            lambda name=name: writing.ask_review(
                case=case,
                author=world.staff("front_line"),
                reviewer=world.staff(name),
                body="您好",
                why="",
                by=world.actor("front_line"),
                at=AT,
            )
            for name in ("supervisor", "manager")
        ]
    )
    assert len([outcome for outcome in outcomes if outcome.error]) == 1
    assert SharedDraft.objects.count() == 1
