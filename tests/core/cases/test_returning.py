"""When somebody comes back to a closed case: one window for every way in, and a new linked case after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.cast import AT, SETUP, World

from steward.core.cases import operations as cases
from steward.core.cases import returning
from steward.core.cases.errors import TooLateToReopen
from steward.core.cases.models import Case, CaseLink
from steward.ground.access.models import Unit
from steward.ground.access.operations import NeedsReason
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import publish_rule

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MAIL = Actor.system("mail")


def window(unit: Unit, days: int) -> None:
    publish_rule(
        kind=returning.KIND,
        key="default",
        unit=unit,
        body={"days": days},
        valid_from=date(2020, 1, 1),
        source="试行",
        by=SETUP,
        at=AT - DAY,
    )


def closed(world: World) -> Case:
    case = cases.open_case(
        unit=world.counter_team, kind="complaint", channel="email", title="还没退款", customer=world.customer, by=SETUP, at=AT
    )
    return cases.close_case(case=case, resolution="withdrawn", reason="来电撤回", by=SETUP, at=AT)


def answer(case: Case, at: object, body: str = "还是没收到") -> Case:
    return cases.take_answer(case=case, body=body, channel="email", by=MAIL, at=at, reason="来信").case  # type: ignore[arg-type]


def test_within_the_window_the_case_goes_on_and_after_it_a_new_one_follows(world: World) -> None:
    window(world.branch, 7)
    case = closed(world)
    assert answer(case, AT + 7 * DAY) == case
    case.refresh_from_db()
    assert case.state == "open"
    cases.close_case(case=case, resolution="withdrawn", reason="好了", by=SETUP, at=AT + 8 * DAY)
    follows = answer(case, AT + 15 * DAY + timedelta(seconds=1))
    assert follows != case
    assert (follows.customer, follows.kind, follows.state, follows.title) == (world.customer, "complaint", "new", "还没退款")
    assert CaseLink.objects.get(source=follows, target=case).kind == "follows"
    assert follows.messages.get().body == "还是没收到"
    case.refresh_from_db()
    assert case.state == "closed", "the old case stays as it was"


def test_the_window_is_that_of_the_team_and_thirty_days_without_a_rule(world: World) -> None:
    window(world.branch, 7)
    window(world.counter_team, 0)
    assert [returning.days_of(unit, AT) for unit in (world.counter_team, world.branch, world.other_branch)] == [0, 7, 30]
    assert answer(closed(world), AT + timedelta(minutes=1)).state == "new", "no days: always a new case"


def test_after_the_window_staff_reopen_only_where_they_lead_and_with_a_reason(world: World) -> None:
    window(world.branch, 7)
    case, late = closed(world), AT + 9 * DAY
    with pytest.raises(TooLateToReopen, match="7"):
        cases.reopen_case(case=case, reason="客户又来了", by=world.actor("front_line"), at=late)
    with pytest.raises(NeedsReason):
        cases.reopen_case(case=case, reason=" ", by=world.actor("supervisor"), at=late)
    assert cases.reopen_case(case=case, reason="款项确实未到", by=world.actor("supervisor"), at=late).state == "open"


def test_no_machine_reopens_after_the_window(world: World) -> None:
    window(world.branch, 7)
    case = closed(world)
    with pytest.raises(TooLateToReopen):
        cases.reopen_case(case=case, reason="规则", by=Actor.policy("automation"), at=AT + 8 * DAY)


def test_a_confidential_case_is_not_followed_in_the_open(world: World) -> None:
    window(world.branch, 7)
    case = closed(world)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    with pytest.raises(TooLateToReopen):
        answer(case, AT + 9 * DAY)
    assert Case.objects.count() == 1
