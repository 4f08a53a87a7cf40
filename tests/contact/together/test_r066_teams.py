"""Teams around a case: one person answers for it, the longest chain decides, what stands still and what changes hands too often is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import SETUP, World, local

from steward.contact.together import operations as together
from steward.contact.together.critical import Circle, critical_path
from steward.contact.together.errors import TeamWorks, WaitsFor
from steward.contact.together.models import CaseTeam, HandoffAlert
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Task
from steward.ground.access.errors import Forbidden
from steward.ground.access.operations import NeedsReason
from steward.ground.delivery.models import Notice

MORNING = local("2026-03-02 09:00")


@pytest.fixture
def case(world: World) -> Case:
    front = world.staff("front_line")
    return cases.open_case(
        unit=world.counter_team,
        kind="complaint",
        channel="counter",
        title="多扣了钱",
        customer=world.customer,
        assignee=front,
        by=SETUP,
        at=MORNING,
    )


@pytest.fixture
def team(world: World, case: Case) -> CaseTeam:
    return together.open_team(case=case, owner=world.staff("front_line"), by=world.actor("supervisor"), at=MORNING)


def part(world: World, team: CaseTeam, title: str, minutes: int, *needs: Any, who: str = "other_team") -> Any:
    return together.add_sub_task(
        team=team, title=title, owner=world.staff(who), estimate_minutes=minutes, needs=needs, by=world.actor("front_line"), at=MORNING
    )


def test_r066_the_critical_path_equals_the_calculation_by_hand() -> None:
    estimates = {"流水": 30, "录像": 90, "核对": 60, "冲正": 20, "回电": 15}
    needs = {"核对": ["流水", "录像"], "冲正": ["核对"], "回电": ["核对"]}
    path = critical_path(estimates, needs)
    assert (path.minutes, list(path.keys)) == (90 + 60 + 20, ["录像", "核对", "冲正"])
    assert critical_path({}, {}).minutes == 0
    with pytest.raises(Circle):
        critical_path({"a": 1, "b": 1}, {"a": ["b"], "b": ["a"]})


@pytest.mark.django_db
def test_r066_the_owner_never_changes_by_forwarding(world: World, case: Case, team: CaseTeam) -> None:
    lead = world.actor("supervisor")
    with pytest.raises(TeamWorks):
        cases.assign_case(case=case, to=world.staff("supervisor"), by=lead, at=MORNING, reason="换人")
    with pytest.raises(TeamWorks):
        cases.transfer_case(case=case, unit=world.lobby_team, by=lead, at=MORNING, reason="归大堂")
    cases.unassign_case(case=case, by=lead, at=MORNING)
    with pytest.raises(TeamWorks):
        cases.claim_case(case=case, staff=world.staff("supervisor"), by=lead, at=MORNING)
    cases.claim_case(case=case, staff=world.staff("front_line"), by=world.actor("front_line"), at=MORNING)
    with pytest.raises(NeedsReason):
        together.change_owner(team=team, to=world.staff("supervisor"), by=lead, at=MORNING, reason=" ")
    with pytest.raises(Forbidden):
        together.change_owner(team=team, to=world.staff("supervisor"), by=world.actor("front_line"), at=MORNING, reason="换人")
    together.change_owner(team=team, to=world.staff("supervisor"), by=lead, at=MORNING, reason="客户点名")
    case.refresh_from_db()
    assert case.assignee == world.staff("supervisor")
    assert [owner.staff for owner in team.owners.order_by("pk")] == [world.staff("front_line"), world.staff("supervisor")]
    together.close_team(team=team, by=lead, at=MORNING)
    cases.transfer_case(case=case, unit=world.lobby_team, by=lead, at=MORNING, reason="归大堂")


@pytest.mark.django_db
def test_sub_tasks_wait_for_one_another_and_the_page_shows_the_chain(world: World, case: Case, team: CaseTeam, signed_in: Any) -> None:
    first = part(world, team, "查流水", 30)
    then = part(world, team, "冲正", 20, first, who="other_branch")
    lobby = signed_in("other_team")
    page = f"/teams/{team.public_id}/"
    text = lobby.get(page, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "查流水" in text
    assert "冲正" in text
    assert lobby.get(f"/cases/{case.public_id}/").status_code == 200  # a member reads the case …
    assert lobby.post(f"/cases/{case.public_id}/hold/", {"reason_code": "awaiting_customer"}).status_code == 403  # … and no more
    with pytest.raises(WaitsFor):
        together.finish_sub_task(part=then, by=world.actor("other_branch"), at=MORNING)
    with pytest.raises(Forbidden):
        together.finish_sub_task(part=first, by=world.actor("other_branch"), at=MORNING)
    assert lobby.post(f"{page}done/", {"part": first.public_id}).status_code == 302
    together.finish_sub_task(part=then, by=world.actor("other_branch"), at=MORNING)
    assert set(Task.objects.filter(kind="together.sub_task").values_list("state", flat=True)) == {"done"}
    assert lobby.post(f"{page}decision/", {"words": "先冲正，再回电"}).status_code == 302
    assert team.decisions.get().decided_by == world.cast.other_team
    with pytest.raises(Forbidden):
        together.note_decision(team=team, words="?", by=world.actor("outsider"), at=MORNING)
    together.close_team(team=team, by=world.actor("supervisor"), at=MORNING)
    assert lobby.get(f"/cases/{case.public_id}/").status_code == 404


@pytest.mark.django_db
def test_r066_a_team_in_which_nothing_moves_for_a_working_day_is_told_once(world: World, team: CaseTeam) -> None:
    assert together.tell_stuck_teams(at=local("2026-03-02 17:59")) == 0
    assert together.tell_stuck_teams(at=local("2026-03-03 09:00")) == 1
    assert together.tell_stuck_teams(at=local("2026-03-03 10:00")) == 0
    assert {notice.user for notice in Notice.objects.all()} == {world.cast.front_line, world.cast.supervisor}
    cases.add_message(case=team.case, direction="note", body="等回电", by=world.actor("front_line"), at=local("2026-03-03 11:00"))
    assert together.tell_stuck_teams(at=local("2026-03-04 10:00")) == 0
    assert together.tell_stuck_teams(at=local("2026-03-04 11:00")) == 1


@pytest.mark.django_db
def test_r066_three_hand_overs_raise_an_alert_once(world: World, case: Case) -> None:
    lead = world.actor("supervisor")
    for number, who in enumerate(("supervisor", "front_line", "supervisor", "front_line")):
        cases.assign_case(case=case, to=world.staff(who), by=lead, at=MORNING + timedelta(minutes=number), reason="换人")
        told = together.tell_handoffs(case_ids=[case.pk], at=MORNING + timedelta(minutes=number))
        assert told == (number == 2)
    assert HandoffAlert.objects.get().count == 3
    assert Notice.objects.get().user == world.cast.supervisor
