"""From an empty installation to the first case, by the pages alone; and the code that opens the door."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.test import Client
from tests.cast import AT, World
from tests.console.setup.conftest import PERSON, Found

from steward.console.setup import codes
from steward.console.setup.errors import (
    AlreadySetUp,
    HasProblems,
    HoursInUse,
    LongerThanLaw,
    NoHours,
    UnknownTrade,
    WeakPassword,
    WrongCode,
)
from steward.console.setup.operations import (
    SETUP,
    ChosenLimit,
    add_units,
    found_organisation,
    publish_offer,
    set_working_time,
    take_on_people,
)
from steward.console.setup.presets import preset_of, trades
from steward.console.setup.terminal import setup_words
from steward.core.cases.models import Case, Promise
from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.errors import Forbidden
from steward.ground.access.limits import limiter
from steward.ground.access.models import Grant, Unit, User
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.worktime.models import Calendar

pytestmark = pytest.mark.django_db
OUTLINE = {
    "bank": "滨江支行 | Riverside branch\n  柜面组\n  大堂组\n城南支行\n  柜面组",
    "hotel": "湖畔酒店 | Lakeside hotel\n\t前厅部 | 部门\n\t客房部 | 部门",
}
PEOPLE = {
    "bank": "姓名,登录名,机构,角色,邮箱\n王芳,wangfang,滨江支行,服务主管,wang@example.com\n李强,liqiang,滨江支行/柜面组,一线员工,",
    "hotel": "Name\tSign-in name\tUnit\tRole\nAnna Wang\tanna\tLakeside hotel\tsupervisor\nLi Ming\tli.ming\t前厅部\tfront-line staff",
}
HOURS = {
    "bank": {**{f"day_{day}": "9-12, 13-18" for day in range(5)}, "day_5": "9-12", "day_6": "", "country": "CN"},
    "hotel": {**{f"day_{day}": "00:00-24:00" for day in range(7)}, "country": ""},
}


def offer(industry: str, **changed: str) -> dict[str, Any]:
    preset = preset_of(industry)
    data: dict[str, Any] = {
        "services": [named.code for named in preset.services],
        "categories": [named.code for named in preset.categories],
    }
    for limit in preset.limits:
        data |= {f"use_{limit.key}": "on", f"amount_{limit.key}": str(limit.amount)}
    return {**data, "more_services": "", "more_categories": "", **changed}


def unit_called(name: str) -> Unit:
    return next(unit for unit in Unit.objects.all() if name in unit.name.values())


def counts() -> dict[str, int]:
    models = (Unit, User, Grant, Staff, Calendar, ServiceItem, Category, PromisePolicy, Entry)
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.parametrize("industry", ["bank", "hotel"])
def test_an_empty_installation_reaches_its_first_case(industry: str, found: Found) -> None:
    client = found(industry)
    assert client.post("/setup/units/", {"text": OUTLINE[industry], "action": "save"}).headers["Location"] == "/setup/worktime/"
    assert client.post("/setup/worktime/", HOURS[industry]).headers["Location"] == "/setup/services/"
    assert client.post("/setup/services/", offer(industry)).headers["Location"] == "/setup/people/"
    looked = client.post("/setup/people/", {"text": PEOPLE[industry], "action": "check"})
    assert looked.status_code == 200
    assert User.objects.count() == 1
    slips = client.post("/setup/people/", {"text": PEOPLE[industry], "action": "save"}).content.decode()
    assert client.get("/setup/done/").status_code == 200
    # A supervisor signs in with the slip, chooses a password, and opens the first case of the house.
    name = "wangfang" if industry == "bank" else "anna"
    given = re.search(rf'mono">{name}</span>.*?<strong class="mono">([^<]+)</strong>', slips, re.DOTALL)
    assert given
    assert check_password(given[1], User.objects.get(username=name).password)
    desk = Client()
    desk.post("/login/", {"login": name, "password": given[1]})
    assert desk.get("/").headers["Location"] == "/password/"
    desk.post("/password/", {"oldpassword": given[1], "password1": "a-lamp-by-the-river", "password2": "a-lamp-by-the-river"})
    unit = unit_called("滨江支行" if industry == "bank" else "湖畔酒店")
    case = {"unit": str(unit.public_id), "kind": "complaint", "channel": "counter", "title": "排队太久", "priority": "normal"}
    assert desk.post("/cases/new/", case).status_code == 302
    opened = Case.objects.get()
    assert opened.unit == unit
    assert {row.kind for row in Promise.objects.filter(case=opened)} >= {"first_response", "resolution"}
    assert not Promise.objects.filter(case=opened, due_at=None).exists()


def test_the_founder_is_manager_and_administrator_and_signed_in(found: Found) -> None:
    client = found()
    user = User.objects.get()
    assert {grant.role.code for grant in user.grants.all()} == {"manager", "administrator"}
    assert client.get("/settings/").status_code == 200
    assert {"org.unit_opened", "org.staff_joined", "access.role_granted", "access.signed_in"} <= set(
        Entry.objects.values_list("code", flat=True)
    )
    assert client.get("/setup/").headers["Location"] == "/setup/units/"
    assert PERSON["password"] not in repr(list(Entry.objects.values_list("public", flat=True)))


def test_every_page_leads_to_the_set_up_until_somebody_took_it(db: None, found: Found) -> None:
    for address in ("/", "/login/", "/cases/", "/settings/", "/nowhere/"):
        assert Client().get(address).headers["Location"] == "/setup/"
    assert Client().post("/login/", {"login": "a", "password": "b"}).headers["Location"] == "/setup/"
    found()
    assert Client().get("/login/").status_code == 200
    assert Client().get("/setup/").headers["Location"].startswith("/login/")


def test_without_the_code_nobody_takes_the_house(db: None, code: str) -> None:
    client = Client()
    assert client.get("/setup/organisation/").headers["Location"] == "/setup/"
    data = {"name_zh": "强占", "industry": "bank", "zone": "Asia/Shanghai", **PERSON}
    assert client.post("/setup/organisation/", data).headers["Location"] == "/setup/"
    assert client.post("/setup/", {"code": code[:-1] + "x" if code[-1] != "x" else code[:-1] + "y"}).status_code == 403
    assert client.get("/setup/?code=wrong").status_code == 403
    assert counts() == dict.fromkeys(counts(), 0)
    # Typed by hand, in capitals and without hyphens.
    assert client.post("/setup/", {"code": code.upper().replace("-", " ")}).headers["Location"] == "/setup/organisation/"


def test_wrong_codes_are_counted(db: None, code: str) -> None:
    """Over all processes of the server: what one of them remembers is forgotten after each try."""
    client, answers = Client(), []
    for turn in range(8):
        answers.append(client.post("/setup/", {"code": f"wrong-{turn}"}).status_code)
        cache.clear()
        limiter.forget()
    assert answers == [403] * 5 + [429] * 3
    assert client.post("/setup/", {"code": code}).status_code == 429
    assert client.get(f"/setup/?code={code}").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").post("/setup/", {"code": code}).status_code == 302


def test_the_code_is_a_file_for_one_reader_and_dies_with_the_first_organisation(found: Found, code: str) -> None:
    path = codes.place()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().strip() == code
    assert codes.prepare_code() == code
    found()
    assert not list(path.parent.iterdir())
    assert not codes.is_code(code)
    assert not codes.is_code("")
    client = Client()
    assert client.get(f"/setup/?code={code}").headers["Location"].startswith("/login/")
    assert client.get("/setup/organisation/").status_code == 404
    assert client.post("/setup/organisation/", PERSON).status_code == 404


def founding(code: str, **changed: Any) -> User:
    given = {"industry": "bank", "zone": "Asia/Shanghai", "person": "孙", "username": "sun", "password": "river-stone-lamp", **changed}
    return found_organisation(code=code, name=localized("滨海"), at=AT, **given)


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"password": "1234567890"}, WeakPassword), ({"industry": "casino"}, UnknownTrade), ({"code": "wrong"}, WrongCode)],
)
def test_a_refused_founding_leaves_nothing_and_keeps_the_code(db: None, code: str, changed: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        founding(**{"code": code, **changed})
    assert counts() == dict.fromkeys(counts(), 0)
    assert codes.is_code(code)


def test_a_founding_that_fails_halfway_gives_the_code_back(db: None, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("no more disk")

    monkeypatch.setattr("steward.console.setup.operations.access.grant_role", broken)
    with pytest.raises(RuntimeError):
        founding(code)
    assert counts() == dict.fromkeys(counts(), 0)
    assert codes.is_code(code)


def test_two_with_the_same_code_found_one_organisation(db: None, code: str) -> None:
    with codes.taken_code(code), pytest.raises(WrongCode):  # the first is at work
        founding(code)
    assert not User.objects.exists()


def test_a_second_organisation_is_never_founded_here(world: World, code: str) -> None:
    with pytest.raises(AlreadySetUp):
        founding(code)


def test_a_bad_first_form_says_so_field_by_field(db: None, code: str) -> None:
    client = Client()
    client.get(f"/setup/?code={code}")
    data = {
        "name_zh": "",
        "industry": "bank",
        "zone": "Mars/Olympus",
        "person": "孙",
        "username": "孙 经理",
        "password": "123",
        "again": "124",
    }
    page = client.post("/setup/organisation/", data)
    assert page.status_code == 422
    html = page.content.decode()
    for words in ("请至少填写一种语言的名称", "Mars/Olympus", "两次输入的密码不一致"):
        assert words in html
    short = client.post("/setup/organisation/", {**data, "again": "123"}).content.decode()
    assert "太短：至少 10 个字符。" in short
    assert "123" not in re.sub(r"<script.*?</script>", "", short, flags=re.DOTALL).split("id_password")[1].split(">")[0]
    assert not User.objects.exists()


def test_the_terminal_tells_the_address_of_an_empty_installation_only(db: None, code: str, settings: Any) -> None:
    assert f"http://127.0.0.1:8000/setup/?code={code}" in setup_words(host="0.0.0.0", port=8000)
    settings.PRODUCTION, settings.SESSION_COOKIE_SECURE, settings.ALLOWED_HOSTS = True, True, ["desk.example.com"]
    assert f"https://desk.example.com/setup/?code={code}" in setup_words(host="0.0.0.0", port=8000)


def test_the_terminal_is_silent_once_somebody_took_it(world: World) -> None:
    assert setup_words(host="127.0.0.1", port=8000) == ""
    assert not codes.place().exists()


def test_every_step_twice_changes_nothing(found: Found) -> None:
    client = found()
    sends = [
        ("/setup/units/", {"text": OUTLINE["bank"], "action": "save"}),
        ("/setup/worktime/", HOURS["bank"]),
        ("/setup/services/", offer("bank", more_services="保管箱\nSafe deposit | 保险柜")),
        ("/setup/people/", {"text": PEOPLE["bank"], "action": "save"}),
    ]
    for address, data in sends:
        client.post(address, data)
    before = counts()
    for address, data in sends:
        assert client.post(address, data).status_code in (200, 302), address
    assert counts() == before
    assert Unit.objects.count() == 6
    assert ServiceItem.objects.count() == len(preset_of("bank").services) + 2


def test_units_show_what_exists_and_add_what_is_new(found: Found) -> None:
    client = found()
    client.post("/setup/units/", {"text": OUTLINE["bank"], "action": "save"})
    shown = client.get("/setup/units/").context["form"].initial["text"]
    assert shown == "滨江支行 | Riverside branch\n  柜面组\n  大堂组\n城南支行\n  柜面组"
    looked = client.post("/setup/units/", {"text": f"{shown}\n  大堂组", "action": "check"})
    assert [unit.existing is None for unit in looked.context["plan"].units] == [False] * 5 + [True]
    assert Unit.objects.count() == 6
    client.post("/setup/units/", {"text": "riverside BRANCH\n  贵宾室 | team", "action": "save"})
    room = unit_called("贵宾室")
    assert (str(room.parent), room.kind) == ("滨江支行", "team")


def test_hours_are_corrected_until_cases_run_by_them(found: Found) -> None:
    client = found("hotel", name_zh="云山")
    root = Unit.objects.get()
    assert "00:00-24:00" in client.get("/setup/worktime/").content.decode()
    assert "08:00-12:00" in client.get("/setup/worktime/?preset=clinic").content.decode()
    client.post("/setup/worktime/", HOURS["hotel"])
    client.post("/setup/worktime/", HOURS["bank"])
    calendar = Calendar.objects.get()
    assert calendar.weeks.get().hours[5] == [[540, 720]]
    assert calendar.days.filter(unverified=True).count() == calendar.days.count() > 10
    client.post(
        "/cases/new/", {"unit": str(root.public_id), "kind": "request", "channel": "counter", "title": "加床", "priority": "normal"}
    )
    assert Case.objects.exists()
    with pytest.raises(HoursInUse):
        set_working_time(organisation=root, week={0: ((0, 60),)}, country="", by=SETUP, at=AT)
    with pytest.raises(NoHours):
        set_working_time(organisation=root, week={0: ()}, country="", by=SETUP, at=AT)
    # The page then shows the hours and lets nobody change them, whatever is sent.
    assert client.post("/setup/worktime/", HOURS["hotel"]).status_code == 302
    assert calendar.weeks.get().hours[5] == [[540, 720]]


def test_a_law_can_be_kept_tighter_never_looser(found: Found) -> None:
    client, root = found(), Unit.objects.get()
    assert client.post("/setup/services/", offer("bank", amount_complaint="20")).status_code == 422
    assert not PromisePolicy.objects.exists()
    law = next(limit for limit in preset_of("bank").limits if limit.law)
    with pytest.raises(LongerThanLaw):
        publish_offer(organisation=root, services=[], categories=[], limits=[ChosenLimit(law, 16)], by=SETUP, at=AT)
    client.post("/setup/services/", offer("bank", amount_complaint="10"))
    own = PromisePolicy.objects.get(clock="statutory")
    assert (own.amount, own.source, own.unverified) == (10, "自有承诺", False)


def test_a_law_as_it_stands_keeps_its_source_and_its_flag(found: Found) -> None:
    client = found()
    client.post("/setup/services/", offer("bank"))
    law = PromisePolicy.objects.get(clock="statutory")
    assert (law.amount, law.time_unit, law.unverified) == (15, "calendar_days", True)
    assert "消费投诉处理管理办法" in law.source
    assert "1 条时限引用了规定" in client.get("/setup/done/").content.decode()


@pytest.mark.parametrize("industry", trades())
def test_every_preset_can_be_published(industry: str, found: Found) -> None:
    client = found(industry)
    preset = preset_of(industry)
    assert client.get("/setup/worktime/").status_code == 200
    assert client.post("/setup/services/", offer(industry)).status_code == 302
    assert PromisePolicy.objects.count() == len(preset.limits)
    assert ServiceItem.objects.count() == len(preset.services)
    assert all(limit.unverified == limit.law and limit.source for limit in preset.limits)


def test_the_card_stands_in_the_settings_until_all_is_done(found: Found) -> None:
    client = found()
    assert 'href="/setup/"' in client.get("/settings/").content.decode()
    for address, data in (
        ("/setup/units/", {"text": OUTLINE["bank"], "action": "save"}),
        ("/setup/worktime/", HOURS["bank"]),
        ("/setup/services/", offer("bank")),
        ("/setup/people/", {"text": PEOPLE["bank"], "action": "save"}),
    ):
        client.post(address, data)
    html = client.get("/settings/").content.decode()
    assert 'href="/setup/"' not in html
    assert 'href="/settings/people/list/"' in html  # whoever comes later is taken on there
    assert client.get("/setup/").headers["Location"] == "/setup/done/"


@pytest.mark.parametrize("name", ["front_line", "supervisor", "quality_reviewer", "other_branch"])
def test_the_operations_refuse_who_may_not(name: str, world: World) -> None:
    by = world.actor(name)
    before = counts()
    calls: list[Any] = [
        lambda: add_units(organisation=world.bank, text="新网点", by=by, at=AT),
        lambda: set_working_time(organisation=world.bank, week={0: ((0, 60),)}, country="", by=by, at=AT),
        lambda: publish_offer(organisation=world.bank, services=[], categories=[], limits=[], by=by, at=AT),
        lambda: take_on_people(organisation=world.bank, text=PEOPLE["bank"], by=by, at=AT),
    ]
    for call in calls:
        with pytest.raises(Forbidden):
            call()
    assert counts() == before


def test_a_manager_of_another_house_changes_only_their_own(world: World, signed_in: Any) -> None:
    signed_in("outsider").post("/setup/units/", {"text": "新楼", "action": "save"})
    assert unit_called("新楼").parent == world.hotel
    with pytest.raises(HasProblems):
        add_units(organisation=world.hotel, text="甲\n   乙\n  丙", by=world.actor("outsider"), at=AT)


def test_no_page_of_the_set_up_has_inline_script(found: Found) -> None:
    client = found()
    for address in ("units", "worktime", "services", "people", "done"):
        html = client.get(f"/setup/{address}/").content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html)
        assert not re.search(r"\son\w+=", html)


def test_the_data_files_are_shipped_as_files() -> None:
    folder = Path(__file__).resolve().parents[3] / "src" / "steward" / "console" / "setup" / "presets"
    assert {path.stem for path in folder.glob("*.json")} == set(trades())
