"""Lists of people as they really come: other characters, missing columns, unknown words, formulas, far too long."""

from __future__ import annotations

import codecs
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.cast import AT, World
from tests.console.setup.conftest import Found

from steward.console.setup import operations
from steward.console.setup.errors import HasProblems
from steward.console.setup.peoplefile import MAX_BYTES, read_people, text_of
from steward.console.setup.plans import plan_people
from steward.core.org.models import Staff
from steward.ground.access.models import Grant, User

pytestmark = pytest.mark.django_db
HEADER = "姓名,登录名,机构,角色,邮箱"


def said(world: World, *lines: str, header: str = HEADER) -> list[tuple[int, str]]:
    plan = plan_people(world.bank, "\n".join([header, *lines]))
    return [(problem.line, str(problem)) for problem in plan.problems]


ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: codecs.BOM_UTF8 + text.encode(),
    "GBK": lambda text: text.encode("gbk"),
    "GB18030": lambda text: text.encode("gb18030"),
    "UTF-16 of a spreadsheet": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_files_in_every_usual_encoding_stand_in_the_box_to_be_corrected(encoding: str, world: World, signed_in: Any) -> None:
    data = ENCODINGS[encoding](f"{HEADER}\r\n欧阳娜,ouyang,滨江支行,服务主管,\r\n")
    page = signed_in("manager").post("/setup/people/", {"file": SimpleUploadedFile("人员.csv", data), "action": "check"})
    assert page.status_code == 200
    assert [person.row.name for person in page.context["plan"].new] == ["欧阳娜"]
    assert "欧阳娜,ouyang" in page.content.decode()
    assert not User.objects.filter(username="ouyang").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rest of a workbook", "这是表格文件"),
        (b"\xd0\xcf\x11\xe0old workbook", "这是表格文件"),
        (b"\xff\xfe\x00", "无法识别文件的文字编码"),
        (b"\x81\x00\xff\xff", "无法识别文件的文字编码"),
        (b"a" * (MAX_BYTES + 1), "KB"),
    ],
    ids=["xlsx", "xls", "half a letter", "bytes", "large"],
)
def test_files_that_are_no_list_are_told(data: bytes, words: str, world: World, signed_in: Any) -> None:
    page = signed_in("manager").post("/setup/people/", {"file": SimpleUploadedFile("x.csv", data), "action": "check"})
    assert page.status_code == 422
    assert words in page.content.decode()


def test_an_upload_is_always_looked_at_first(world: World, signed_in: Any) -> None:
    data = f"{HEADER}\n何新,he.xin,,一线员工,".encode()
    page = signed_in("manager").post("/setup/people/", {"file": SimpleUploadedFile("x.csv", data), "action": "save"})
    assert len(page.context["plan"].new) == 1
    assert not User.objects.filter(username="he.xin").exists()


@pytest.mark.parametrize(
    "header",
    [
        "Name,Sign-in name,Unit,Role",
        "姓名\t登录名\t部门\t角色",
        "name;username;unit;role",
        "角色，机构，账号，姓名",
        " 姓名*, 用户名 ,网点,岗位",
    ],
)
def test_columns_may_be_named_and_ordered_as_people_do(header: str, world: World) -> None:
    cells = {"name": "何新", "username": "he.xin", "unit": "滨江支行", "role": "一线"}
    delimiter = next(sign for sign in "\t;，," if sign in header)
    order = ["role", "unit", "username", "name"] if header.startswith("角色") else list(cells)
    plan = plan_people(world.bank, f"{header}\n{delimiter.join(cells[column] for column in order)}\n\n")
    assert plan.problems == ()
    assert [(person.row.username, person.unit, person.role.code) for person in plan.people] == [("he.xin", world.branch, "front_line")]


def test_missing_and_doubled_columns_are_named(world: World) -> None:
    assert said(world, "何新,he.xin", header="姓名,登录名") == [(1, "第一行应为列名。缺少：机构, 角色。")]
    assert said(world, "何新,何新,he.xin,,一线", header="姓名,姓名,登录名,机构,角色") == [(1, "“姓名”列出现了两次。")]
    assert said(world, header="") == [(0, "名单上没有人。")]


def test_every_wrong_cell_is_told_with_its_line(world: World) -> None:
    found = said(
        world,
        ",nobody,,一线员工,",
        "没有登录名,,,一线员工,",
        "坏名字,a b,,一线员工,",
        "不知道哪里,where,火星支行,一线员工,",
        "不知道什么,what,,宇航员,",
        "没有角色,norole,,,",
        "坏邮箱,mail,,一线员工,not-mail",
        '=HYPERLINK(""),formula,,一线员工,',
        "＋1+2,wide,,一线员工,",
        "名字\u202e反,hidden,,一线员工,",
        "一样,same,,一线员工,",
        "又一样,SAME,,一线员工,",
        f"{'长' * 81},long,,一线员工,",
        "太多列,more,,一线员工,,x,y",
    )
    lines = [line for line, _ in found]
    assert sorted(set(lines)) == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15]
    text = "\n".join(words for _, words in found)
    for words in (
        "缺少姓名",
        "缺少登录名",
        "“火星支行”",
        "“宇航员”",
        "缺少角色",
        "不是邮箱地址",
        "像表格公式",
        "看不见的字符",
        "与第 12 行重复",
        "80 个字",
        "7 列",
    ):
        assert words in text


def test_a_quotation_mark_left_open_is_told(world: World) -> None:
    assert said(world, '何新,"he.xin,,一线员工,') == [(0, "有一处引号没有闭合。")]


def test_units_of_one_name_need_the_one_above(world: World) -> None:
    operations.add_units(organisation=world.bank, text="城南支行\n  柜面组", by=world.actor("manager"), at=AT)
    [(line, words)] = said(world, "何新,he.xin,柜面组,一线员工,")
    assert line == 2
    assert "2 个机构叫“柜面组”" in words
    plan = plan_people(world.bank, f"{HEADER}\n何新,he.xin,城南支行 / 柜面组,一线员工,\n安,an,滨海银行/滨江支行/柜面组,一线员工,")
    assert [str(person.unit.parent) for person in plan.people] == ["城南支行", "滨江支行"]


def test_who_is_here_is_reported_and_left_alone(world: World, signed_in: Any) -> None:
    text = f"{HEADER}\n冒名,FRONT,滨江支行,管理员,x@example.com\n何新,he.xin,滨江支行,一线员工,"
    page = signed_in("manager").post("/setup/people/", {"text": text, "action": "check"})
    assert [person.existing.username for person, _ in page.context["known"]] == ["front"]
    signed_in("administrator").post("/setup/people/", {"text": text, "action": "save"})
    front = User.objects.get(username="front")
    assert (front.name, front.email, front.must_change_password) == ("林一", "", False)
    assert {grant.role.code for grant in front.grants.all()} == {"front_line"}


def test_a_name_of_another_house_is_only_taken(world: World) -> None:
    [(line, words)] = said(world, "吴,outsider,,一线员工,")
    assert line == 2
    assert "outsider" in words
    assert "吴外" not in words
    assert plan_people(world.bank, f"{HEADER}\n吴,outsider,,一线员工,").known == ()


def test_one_wrong_line_keeps_everybody_out(world: World, signed_in: Any) -> None:
    text = f"{HEADER}\n何新,he.xin,,一线员工,\n何旧,he.jiu,火星,一线员工,"
    before = User.objects.count()
    assert signed_in("manager").post("/setup/people/", {"text": text, "action": "save"}).status_code == 422
    assert User.objects.count() == before
    with pytest.raises(HasProblems):
        operations.take_on_people(organisation=world.bank, text=text, by=world.actor("manager"), at=AT)


def test_nobody_gives_more_than_they_hold_and_then_nobody_is_taken_on(world: World, signed_in: Any) -> None:
    text = f"{HEADER}\n何新,he.xin,,一线员工,\n何旧,he.jiu,,管理员,"
    answer = signed_in("manager").post("/setup/people/", {"text": text, "action": "save"})
    assert answer.status_code == 403
    assert "何旧,he.jiu" in answer.content.decode()  # what was typed is kept
    assert not User.objects.filter(username__startswith="he.").exists()


def test_a_failure_in_the_middle_leaves_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    real, asked = operations.access.grant_role, []

    def second_fails(**given: Any) -> Grant:
        asked.append(given)
        if len(asked) == 2:
            raise RuntimeError("no more disk")
        return real(**given)

    monkeypatch.setattr(operations.access, "grant_role", second_fails)
    before = (User.objects.count(), Staff.objects.count(), Grant.objects.count())
    with pytest.raises(RuntimeError):
        operations.take_on_people(
            organisation=world.bank, text=f"{HEADER}\n甲,jia,,一线员工,\n乙,yi,,一线员工,", by=world.actor("administrator"), at=AT
        )
    assert (User.objects.count(), Staff.objects.count(), Grant.objects.count()) == before


def test_ten_thousand_lines_are_too_many_and_said_quickly(world: World) -> None:
    lines = [f"员工{number},user{number},滨江支行,一线员工," for number in range(10_000)]
    assert said(world, *lines) == [(0, "一次 10000 人太多，最多 300 人。请分几次录入；已在册的人不受影响。")]


def test_three_hundred_fit(world: World) -> None:
    lines = [f"员工{number},user{number},滨江支行,一线员工," for number in range(300)]
    assert len(plan_people(world.bank, "\n".join([HEADER, *lines])).new) == 300


def test_lines_count_as_an_editor_does_also_behind_a_cell_of_two_lines() -> None:
    table = read_people('姓名,登录名,机构,角色\n"何\n新",a,,一线\n\n安,b,,一线')
    assert [row.number for row in table.rows] == [2, 5]


def test_the_sample_can_be_sent_back(world: World, signed_in: Any) -> None:
    client: Client = signed_in("manager")
    data = b"".join(client.get("/setup/people/sample/"))  # type: ignore[arg-type]
    text, problem = text_of(data)
    assert problem is None
    plan = plan_people(world.bank, text)
    assert plan.problems == ()
    assert len(plan.new) == 2


def test_passwords_are_shown_once_and_only_theirs(found: Found) -> None:
    client = found()
    text = "姓名,登录名,机构,角色\n何新,he.xin,,一线员工"
    slips = client.post("/setup/people/", {"text": text, "action": "save"})
    assert slips.headers["Cache-Control"] == "private, no-store"
    assert [slip.staff.user.username for slip in slips.context["slips"]] == ["he.xin"]
    again = client.post("/setup/people/", {"text": text, "action": "save"})
    assert "slips" not in again.context
    assert slips.context["slips"][0].password not in again.content.decode()
    user = User.objects.get(username="he.xin")
    assert user.must_change_password
    assert user.check_password(slips.context["slips"][0].password)
