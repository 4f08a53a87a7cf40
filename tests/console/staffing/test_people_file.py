"""People by file after the set-up: taken on, corrected, moved, ended, never deleted; all or nothing; twice is once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook
from tests.cast import AT, World

from steward.console.setup.errors import HasProblems
from steward.console.staffing.operations import apply_people
from steward.console.staffing.plans import file_text, plan_changes
from steward.core.cases import operations as cases
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Grant, User
from steward.ground.journal.models import Entry

pytestmark = pytest.mark.django_db
HEADER = "姓名,登录名,机构,角色,邮箱,最后工作日\n"
LINES = (
    "何新,he.xin,滨江支行/柜面组,一线员工,he@example.com,",
    "林一一,front,滨江支行/大堂组,一线员工,,",
    "周二,lobby,滨江支行/大堂组,一线员工,,2026-03-31",
)
FILE = HEADER + "\n".join(LINES) + "\n"


def carried_out(world: World, text: str, name: str = "manager") -> Any:
    return apply_people(organisation=world.bank, text=text, by=world.actor(name), at=AT)


def problems(world: World, text: str, name: str = "manager") -> list[str]:
    return [str(each) for each in plan_changes(world.bank, text, by=world.actor(name).user, at=AT).problems]


def test_a_file_takes_on_corrects_moves_and_ends(world: World) -> None:
    done = carried_out(world, FILE)
    assert (len(done.taken_on), done.changed, done.ended) == (1, 1, 1)
    front, lobby = world.staff("front_line"), world.staff("other_team")
    assert (front.user.name, front.unit) == ("林一一", world.lobby_team)
    in_force = Grant.objects.in_force(AT).filter(user=front.user).values_list("role__code", "unit")
    assert list(in_force) == [("front_line", world.lobby_team.pk)]
    assert str(lobby.ended_date) == "2026-03-31"
    assert not lobby.user.is_active
    assert User.objects.filter(pk=lobby.user_id).exists()
    assert User.objects.get(username="he.xin").email == "he@example.com"
    codes = set(Entry.objects.values_list("code", flat=True))
    assert {"org.staff_joined", "org.person_changed", "org.staff_moved", "org.staff_left", "access.role_granted"} <= codes


def test_read_again_it_does_nothing(world: World) -> None:
    carried_out(world, FILE)
    before = Entry.objects.count()
    done = carried_out(world, FILE)
    assert (done.taken_on, done.changed, done.ended) == ([], 0, 0)
    assert Entry.objects.count() == before


def test_who_has_open_cases_is_not_ended_and_nothing_else_happens(world: World) -> None:
    front = world.actor("front_line")
    case = cases.open_case(unit=world.counter_team, kind="request", channel="counter", title="换卡", by=front, at=AT)
    cases.assign_case(case=case, to=world.staff("front_line"), by=world.actor("supervisor"), at=AT)
    text = HEADER + "何新,he.xin,滨江支行/柜面组,一线员工,,\n林一,front,滨江支行/柜面组,一线员工,,2026-03-31\n"
    (said,) = problems(world, text)
    assert case.number in said
    with pytest.raises(HasProblems):
        carried_out(world, text)
    assert not User.objects.filter(username="he.xin").exists()
    assert world.staff("front_line").ended_date is None


def test_what_cannot_be_is_said_line_by_line(world: World) -> None:
    text = (
        HEADER
        + "孙经理,manager,滨海银行,服务经理,,2026-03-31\n林一,front,滨江支行/柜面组,一线员工,,昨天\n吴外,outsider,滨海银行,服务经理,,\n"
    )
    found = plan_changes(world.bank, text, by=world.actor("manager").user, at=AT).problems
    assert [each.line for each in found] == [2, 3, 4]
    carried_out(world, FILE)
    assert len(problems(world, HEADER + "周二,lobby,滨江支行/大堂组,一线员工,,\n")) == 1  # has left, and comes back under a new name


def test_nobody_missing_from_the_file_is_touched(world: World) -> None:
    before = Staff.objects.filter(ended_date=None).count()
    carried_out(world, HEADER + "何新,he.xin,滨江支行/柜面组,一线员工,,\n")
    assert Staff.objects.filter(ended_date=None).count() == before + 1


def test_only_who_manages_the_whole_organisation_may(world: World) -> None:
    for name in ("front_line", "supervisor", "other_branch", "outsider"):
        with pytest.raises(Forbidden):
            carried_out(world, FILE, name)
    assert not User.objects.filter(username="he.xin").exists()


def test_a_file_hands_out_no_more_than_one_has(world: World) -> None:
    with pytest.raises(Forbidden):
        carried_out(world, HEADER + "何新,he.xin,滨海银行,管理员,,\n")
    assert not User.objects.filter(username="he.xin").exists()


def test_the_export_read_again_changes_nothing(world: World, signed_in: Any) -> None:
    body = b"".join(signed_in("manager").get("/settings/people/list/export/").streaming_content)
    text, problem = file_text(body)
    assert problem is None
    plan = plan_changes(world.bank, text, by=None, at=AT)
    assert plan.problems == ()
    assert plan.acts == 0
    assert len(plan.same) == 7
    assert Entry.objects.filter(code="access.rows_exported", public__list="people-file").count() == 1


def test_a_workbook_is_read_too(world: World) -> None:
    book = Workbook()
    for line in FILE.strip().split("\n"):
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    text, problem = file_text(out.getvalue())
    assert problem is None
    plan = plan_changes(world.bank, text, by=None, at=AT)
    assert ([len(plan.new), len(plan.changed), len(plan.ended)], plan.problems) == ([1, 1, 1], ())
    assert file_text(b"PK\x03\x04 not a workbook")[1] is not None


def test_the_page_shows_first_and_then_does(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    looked = client.post("/settings/people/list/", {"text": FILE, "action": "check"})
    assert looked.status_code == 200
    assert not User.objects.filter(username="he.xin").exists()
    done = client.post("/settings/people/list/", {"text": FILE, "action": "save"})
    assert "he.xin" in done.content.decode()
    wrong = client.post("/settings/people/list/", {"text": HEADER + "甲,bad name,无此部门,一线员工,,\n", "action": "check"})
    assert wrong.status_code == 422
    listed = client.post("/settings/people/list/", {"text": HEADER + "甲,bad name,无此部门,一线员工,,\n", "action": "problems"})
    assert b"".join(listed.streaming_content).decode().count("\n") == 3
