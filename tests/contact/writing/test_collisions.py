"""Two people act on one text at the same instant, on real connections."""

from __future__ import annotations

from functools import partial

import pytest
from tests.cast import AT, SETUP, World
from tests.threads import at_once

from steward.contact.writing import operations as writing
from steward.contact.writing.errors import DraftChanged, NotNow, ReviewOpen, TextChanged
from steward.contact.writing.models import Draft, SharedDraft
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.ground.access.errors import Forbidden

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.collision]


def opened(world: World) -> Case:
    return cases.open_case(unit=world.counter_team, kind="request", channel="phone", title="查账", customer=world.customer, by=SETUP, at=AT)


def test_two_windows_save_and_two_reviewers_change_and_send(committed_world: World) -> None:
    world, case = committed_world, opened(committed_world)
    by = world.actor("front_line")
    save = partial(writing.save_draft, case=case, direction="out", by=by, at=AT)
    save(body="一", version=0)
    saves = at_once([partial(save, body=text, version=1) for text in ("一二", "一三")])
    assert [type(outcome.error) for outcome in saves if outcome.error] == [DraftChanged]
    assert Draft.objects.get().version == 2
    shared = writing.ask_review(
        case=case, author=world.staff("front_line"), reviewer=world.staff("supervisor"), body="您好", why="", by=by, at=AT
    )
    readers = [world.actor("supervisor"), world.actor("manager")]
    edit = partial(writing.edit_shared, shared=shared, version=1, at=AT)
    edits = at_once([partial(edit, body=f"改{actor.user.name}", by=actor) for actor in readers])
    assert [type(outcome.error) for outcome in edits if outcome.error] == [TextChanged]
    send = partial(writing.send_shared, shared=shared, version=2, as_author=True, at=AT)
    sends = at_once([partial(send, by=actor) for actor in readers])
    refused = [type(outcome.error) for outcome in sends if outcome.error]
    assert refused in ([NotNow], [Forbidden])  # sent already: it is nobody's to review any more
    assert Message.objects.filter(case=case, direction="out").count() == 1
    assert SharedDraft.objects.get().state == "sent"


def test_two_hand_over_at_once(committed_world: World) -> None:
    world, case = committed_world, opened(committed_world)
    ask = partial(writing.ask_review, case=case, author=world.staff("front_line"), body="您好", why="", by=world.actor("front_line"), at=AT)
    outcomes = at_once([partial(ask, reviewer=world.staff(name)) for name in ("supervisor", "manager")])
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [ReviewOpen]
    assert SharedDraft.objects.count() == 1
