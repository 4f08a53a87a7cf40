"""R-005: somebody is ill; what they have due today goes to others in one confirmable step, nobody over 100 % of the shift that is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.cast import SETUP, World, local

from steward.contact.desk.load import PersonLoad, loads, team_of
from steward.contact.desk.models import BulkChange
from steward.contact.desk.sharing import Proposal, propose
from steward.core.cases import operations as cases
from steward.core.cases.errors import CannotAssign
from steward.core.cases.models import Assignment, Case, Task
from steward.core.org import operations as org
from steward.core.org.models import Skill, Staff
from steward.ground.access import operations as access
from steward.ground.access.models import Role
from steward.ground.fields import localized

pytestmark = pytest.mark.django_db
NOW = local("2026-03-02 09:10")
LATER_TODAY = local("2026-03-02 16:00")


def colleague(world: World, login: str, name: str, role: str = "front_line") -> Staff:
    staff = org.take_on_staff(unit=world.counter_team, username=login, name=name, by=SETUP, at=NOW - timedelta(days=30))
    granted = Role.objects.get(organisation=world.bank, code=role)
    access.grant_role(user=staff.user, role=granted, unit=world.counter_team, by=SETUP, at=NOW - timedelta(days=30))
    return staff


def give(
    world: World, staff: Staff, title: str, *, kind: str = "complaint", at: datetime = NOW - timedelta(minutes=5), **options: Any
) -> Case:
    options.setdefault("customer", world.customer)
    return cases.open_case(unit=world.counter_team, kind=kind, channel="counter", title=title, assignee=staff, by=SETUP, at=at, **options)


def fall_ill(staff: Staff) -> None:
    org.set_presence(staff=staff, state="sick", by=SETUP, at=NOW)


def proposal_for(world: World, staff: Staff) -> tuple[Proposal, list[PersonLoad]]:
    everybody = loads(team_of(world.cast.supervisor, at=NOW), at=NOW)
    mine = next(load for load in everybody if load.staff.pk == staff.pk)
    return propose(mine, everybody, at=NOW), everybody


def test_r005_all_that_is_due_today_is_proposed_and_nobody_exceeds_the_shift(world: World) -> None:
    ill = world.staff("front_line")
    others = [colleague(world, f"desk{number}", f"同事{number}") for number in range(3)]
    due_today = [give(world, ill, f"投诉{number}") for number in range(12)]
    give(world, others[0], "自己的投诉")
    fall_ill(ill)
    found, _everybody = proposal_for(world, ill)
    offered = {handover.item.row.pk for handover in found.handovers} | {item.row.pk for item, _why in found.left}
    assert offered == {case.pk for case in due_today}, "every item due today is proposed or named as left"
    assert found.handovers
    assert all(handover.to.pk != ill.pk for handover in found.handovers)
    assert all(used <= left for used, left in found.after.values())
    assert [item.title for item, why in found.left if why != "no_room"] == []


def test_r005_what_does_not_fit_is_left_and_named(world: World) -> None:
    ill = world.staff("front_line")
    # Eight working hours are left of nobody's day here: 09:10 to 18:00 without lunch is 470 minutes a person.
    for number in range(60):
        give(world, ill, f"投诉{number}")
    fall_ill(ill)
    found, everybody = proposal_for(world, ill)
    room = sum(load.free for load in everybody if not load.is_absent)
    assert sum(handover.item.minutes for handover in found.handovers) <= room
    assert found.left
    assert {why for _item, why in found.left} == {"no_room"}
    assert all(used <= left for used, left in found.after.values())


def test_r005_never_the_person_the_case_is_about(world: World) -> None:
    ill = world.staff("front_line")
    accused, other = colleague(world, "accused", "被投诉"), colleague(world, "other", "旁人")
    case = give(world, ill, "柜员态度差")
    cases.name_concerned(case=case, staff=accused, by=SETUP, at=NOW)
    fall_ill(ill)
    # Everybody else is away, so that only the accused would have room.
    for staff in Staff.objects.exclude(pk__in=[accused.pk, ill.pk]).filter(unit__path__startswith=world.bank.path):
        org.set_presence(staff=staff, state="leave", by=SETUP, at=NOW)
    found, _ = proposal_for(world, ill)
    assert found.handovers == []
    assert [why for _item, why in found.left] == ["nobody_may"]
    org.set_presence(staff=other, state="available", by=SETUP, at=NOW + timedelta(seconds=1))
    everybody = loads(team_of(world.cast.supervisor, at=NOW), at=NOW + timedelta(seconds=2))
    again = propose(next(load for load in everybody if load.staff.pk == ill.pk), everybody, at=NOW + timedelta(seconds=2))
    assert [handover.to.pk for handover in again.handovers] == [other.pk]


def test_r005_who_knows_the_customer_comes_first(world: World) -> None:
    ill = world.staff("front_line")
    first, knows = colleague(world, "first", "甲"), colleague(world, "knows", "乙")
    case = give(world, ill, "查一笔转账", kind="enquiry")
    before = give(world, knows, "上次的事", at=NOW - timedelta(days=20))
    cases.close_case(case=before, resolution="withdrawn", reason="撤回", by=SETUP, at=NOW - timedelta(days=19))
    fall_ill(ill)
    found, _ = proposal_for(world, ill)
    mine = next(handover for handover in found.handovers if handover.item.row.pk == case.pk)
    assert (mine.to.pk, mine.known) == (knows.pk, True)
    assert first.pk != knows.pk
    assert Assignment.objects.filter(staff=knows).exists()


def test_r005_a_task_goes_only_to_somebody_with_its_skill(world: World) -> None:
    ill = world.staff("front_line")
    plain, able = colleague(world, "plain", "甲"), colleague(world, "able", "乙")
    skill = Skill.objects.create(organisation=world.bank, code="sign", name=localized("手语", en="Sign language"))
    org.judge_skill(staff=able, skill=skill, level=3, by=SETUP, at=NOW - timedelta(days=1))
    case = give(world, ill, "听障客户")
    task = cases.add_task(
        unit=world.counter_team,
        subject=case,
        kind="cases.todo",
        title="手语接待",
        owner=ill,
        due_at=LATER_TODAY,
        skill=skill,
        by=SETUP,
        at=NOW,
    )
    fall_ill(ill)
    found, _ = proposal_for(world, ill)
    mine = next(handover for handover in found.handovers if isinstance(handover.item.row, Task) and handover.item.row.pk == task.pk)
    assert mine.to.pk == able.pk != plain.pk


def test_r005_one_click_hands_over_and_one_takes_back(world: World, signed_in: Any) -> None:
    ill = world.staff("front_line")
    colleague(world, "helper", "帮手")
    mine = [give(world, ill, f"投诉{number}") for number in range(3)]
    fall_ill(ill)
    client = signed_in("supervisor")
    page = client.get(f"/board/{ill.public_id}/sharing/").content.decode()
    token = page.split('name="plan" value="')[1].split('"')[0].replace("&quot;", '"')
    assert client.post(f"/board/{ill.public_id}/sharing/", {"plan": token}).status_code == 302
    assert not Case.objects.filter(pk__in=[case.pk for case in mine], assignee=ill).exists()
    change = BulkChange.objects.get()
    assert len(change.items) == 3
    # Confirmed twice, nothing happens the second time.
    client.post(f"/board/{ill.public_id}/sharing/", {"plan": token})
    assert BulkChange.objects.count() == 1
    assert client.post(f"/desk/many/{change.public_id}/undo/").status_code == 302
    assert Case.objects.filter(pk__in=[case.pk for case in mine], assignee=ill).count() == 3
    assert client.post(f"/desk/many/{change.public_id}/undo/").status_code == 409
    assert client.post(f"/board/{ill.public_id}/sharing/", {"plan": "forged"}).status_code == 404


def test_the_case_leaves_the_person_it_is_about(world: World) -> None:
    person = world.staff("front_line")
    case = give(world, person, "对我态度不好")
    cases.name_concerned(case=case, staff=person, by=SETUP, at=NOW)
    case.refresh_from_db()
    assert case.assignee is None
    with pytest.raises(CannotAssign):
        cases.assign_case(case=case, to=person, by=SETUP, at=NOW, reason="非他不可")
    cases.clear_concerned(case=case, staff=person, by=SETUP, at=NOW, reason="认错人了")
    cases.assign_case(case=case, to=person, by=SETUP, at=NOW)


def test_nobody_gets_work_whom_no_role_lets_do_it(world: World, signed_in: Any) -> None:
    case = give(world, world.staff("front_line"), "转给管理员")
    for name in ("administrator", "quality_reviewer"):
        with pytest.raises(CannotAssign):
            cases.assign_case(case=case, to=world.staff(name), by=SETUP, at=NOW, reason="试试")
    page = signed_in("supervisor").get(f"/cases/{case.public_id}/dialogs/").content.decode()
    offered = page.split('id="assign-form"')[1].split("</form>")[0]
    assert "王主管" in offered
    assert "李管理" not in offered
    assert "钱质" not in offered


def test_r005_the_proposal_asks_no_more_of_the_database_for_more_colleagues(world: World, django_assert_max_num_queries: Any) -> None:
    ill = world.staff("front_line")
    for number in range(6):
        give(world, ill, f"投诉{number}")
    fall_ill(ill)

    def queries() -> int:
        everybody = loads(team_of(world.cast.supervisor, at=NOW), at=NOW)
        mine = next(load for load in everybody if load.staff.pk == ill.pk)
        with django_assert_max_num_queries(60) as counted:
            propose(mine, everybody, at=NOW)
        return len(counted)

    for number in range(2):
        colleague(world, f"few{number}", f"甲{number}")
    few = queries()
    for number in range(12):
        colleague(world, f"many{number}", f"乙{number}")
    assert queries() <= few
