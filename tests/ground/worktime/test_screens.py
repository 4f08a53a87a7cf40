"""The screens of working calendars: who sees them, what they show, and that a refused request changes nothing."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.cast import AT, World

from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.worktime import operations
from steward.ground.worktime.models import Calendar, CalendarDay, CalendarWeek
from steward.ground.worktime.queries import work_calendar

STAFF = ("front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", "manager", "administrator")
KEEPERS = ("manager", "administrator")
READ_PAGES = ("year", "week", "trial", "export_json", "export_ics")
KEEP_PAGES = ("prefill", "import", "settings")
MONDAY = date(2026, 3, 9)


def address(name: str, world: World, *more: Any) -> str:
    return reverse(f"worktime:{name}", args=[world.calendar.public_id, *more])


def posts(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every change somebody could send, as (address, form)."""
    return {
        "open": (
            reverse("worktime:open"),
            {"unit": str(world.branch.public_id), "name_zh": "网点", "zone": "Asia/Shanghai", "day_0": "9-12", "country": ""},
        ),
        "day": (address("day", world, MONDAY), {"kind": "holiday", "hours": "", "name_zh": "行庆"}),
        "undo_day": (address("undo_day", world, MONDAY) + "?was=forged", {}),
        "week": (address("week", world), {"starts_date": "2026-05-01", "day_0": "8-16"}),
        "drop_week": (address("drop_week", world, date(2026, 4, 1)), {}),
        "prefill": (address("prefill", world), {"country": "CN", "years": ["2026"]}),
        "confirm": (address("confirm", world), {"year": "2026", "all": "1"}),
        "import": (address("import", world), {"file": SimpleUploadedFile("c.json", b"{}")}),
        "settings": (address("settings", world), {"name_zh": "新名", "zone": "Asia/Tokyo"}),
        "make_default": (address("make_default", world), {}),
        "close": (address("close", world), {"reason": "no longer used"}),
    }


def footprint(world: World) -> tuple[Any, ...]:
    calendar = Calendar.objects.get(pk=world.calendar.pk)
    return (
        calendar.revision,
        str(calendar.name),
        calendar.closed_at,
        Calendar.objects.count(),
        CalendarWeek.objects.count(),
        list(CalendarDay.objects.values_list("date", "kind", "unverified")),
        Entry.objects.count(),
    )


@pytest.mark.parametrize("name", STAFF)
def test_everybody_of_the_organisation_reads_calendars(world: World, signed_in: Any, name: str) -> None:
    client = signed_in(name)
    assert client.get(reverse("worktime:list")).status_code == 200
    for page in READ_PAGES:
        assert client.get(address(page, world)).status_code == 200, page
    assert client.get(address("day", world, MONDAY)).status_code == 200
    for page in KEEP_PAGES:
        assert client.get(address(page, world)).status_code == (200 if name in KEEPERS else 404), page
    assert client.get(reverse("worktime:open")).status_code == (200 if name in KEEPERS else 404)


@pytest.mark.parametrize("name", ["front_line", "other_team", "supervisor", "other_branch", "quality_reviewer", "outsider", "customer"])
def test_who_does_not_keep_calendars_changes_nothing(world: World, signed_in: Any, name: str) -> None:
    operations.change_week(calendar=world.calendar, week={}, starts_date=date(2026, 4, 1), by=world.actor("manager"), at=AT)
    CalendarDay.objects.filter(date=date(2026, 2, 14)).update(unverified=True)
    before = footprint(world)
    client = signed_in(name)
    for what, (url, form) in posts(world).items():
        expected = {302} if name == "customer" else {404} if name == "outsider" and what != "open" else {403, 404, 422}
        response = client.post(url, form)
        assert response.status_code in expected, (what, response.status_code)
        if name == "customer":
            assert response.headers["Location"].startswith(reverse("account_login"))
    assert footprint(world) == before


def test_an_outsider_sees_no_calendar_of_another_organisation(world: World, signed_in: Any) -> None:
    client = signed_in("outsider")
    assert "标准工作日历" not in client.get(reverse("worktime:list")).content.decode()
    for page in (*READ_PAGES, *KEEP_PAGES):
        assert client.get(address(page, world)).status_code == 404, page
    assert client.get(address("day", world, MONDAY)).status_code == 404


def test_an_outsider_cannot_open_a_calendar_elsewhere(world: World, signed_in: Any) -> None:
    url, form = posts(world)["open"]
    assert signed_in("outsider").post(url, form).status_code == 422
    assert Calendar.objects.count() == 1


def test_the_year_tells_each_day_by_sign_and_words(world: World, signed_in: Any) -> None:
    text = signed_in("front_line").get(address("year", world) + "?year=2026").content.decode()
    cell = re.search(r'<a class="day day-makeup[^>]*2026-02-14[^>]*>.*?</a>', text)
    assert cell is not None
    assert "班" in cell[0]
    assert 'aria-label="2026-02-14 调休上班，09:00-12:00, 13:00-18:00"' in cell[0]
    assert len(re.findall(r'<a class="day day-holiday', text)) == 9
    assert len(re.findall(r'<a class="day ', text)) == 365
    assert "个工作日" in text


def test_the_year_in_english(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    world.cast.manager.language = "en"
    world.cast.manager.save(update_fields=["language"])
    text = client.get(address("year", world)).content.decode()
    assert "Make-up workday, 09:00-12:00, 13:00-18:00" in text


@pytest.mark.parametrize("query", ["?year=1066", "?year=x", "?day=2026-02-30", "?day=1999-12-31", "?year=２０２６"])
def test_odd_addresses_show_this_year(world: World, signed_in: Any, query: str) -> None:
    response = signed_in("front_line").get(address("year", world) + query)
    assert response.context["view"].year == 2026


def test_a_day_is_set_and_taken_back(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    response = client.post(address("day", world, date(2026, 2, 14)), {"kind": "special", "hours": "9-11", "name_zh": "半天"})
    assert response.headers["Location"] == address("year", world) + "?day=2026-02-14#day"
    world.calendar.refresh_from_db()
    assert work_calendar(world.calendar).spans_on(date(2026, 2, 14)) == ((540, 660),)
    page = client.get(address("year", world) + "?day=2026-02-14").content.decode()
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', page)
    assert undo is not None
    client.post(undo[1].replace("&amp;", "&"))
    world.calendar.refresh_from_db()
    assert work_calendar(world.calendar).spans_on(date(2026, 2, 14)) == ((540, 720), (780, 1080))
    other_day = undo[1].replace("2026-02-14", "2026-02-28")
    assert client.post(other_day).status_code == 404


def test_a_day_follows_its_week_again(world: World, signed_in: Any) -> None:
    signed_in("manager").post(address("day", world, date(2026, 2, 14)), {"kind": "week"})
    assert not CalendarDay.objects.filter(date=date(2026, 2, 14)).exists()


def test_wrong_hours_come_back_with_a_sentence(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    response = client.post(address("day", world, MONDAY), {"kind": "special", "hours": "22-6"})
    assert response.status_code == 422
    assert "跨过午夜" in response.content.decode()
    response = client.post(address("day", world, MONDAY), {"kind": "holiday", "hours": "9-12"})
    assert "放假日没有工作时段" in response.content.decode()
    response = client.post(address("week", world), {"starts_date": "2060-01-01", "day_0": "9 to 5"})
    assert response.status_code == 422
    assert not CalendarDay.objects.filter(date=MONDAY).exists()


def test_weekly_hours_begin_on_their_day_and_are_taken_back(world: World, signed_in: Any) -> None:
    client = signed_in("administrator")
    client.post(address("week", world), {"starts_date": "2026-05-01", "day_0": "8-12, 13-17", "day_5": "9-12"})
    world.calendar.refresh_from_db()
    assert work_calendar(world.calendar).spans_on(date(2026, 5, 4)) == ((480, 720), (780, 1020))
    page = client.get(address("week", world)).content.decode()
    assert "自 2026-05-01 起" in page
    client.post(address("drop_week", world, date(2026, 5, 1)))
    world.calendar.refresh_from_db()
    assert work_calendar(world.calendar).spans_on(date(2026, 5, 4)) == ((540, 720), (780, 1080))


def test_monday_is_copied_without_saving(world: World, signed_in: Any) -> None:
    response = signed_in("manager").post(address("week", world), {"starts_date": "2026-05-01", "day_0": "8-16", "copy": "1"})
    assert response.context["form"]["day_4"].value() == "8-16"
    assert CalendarWeek.objects.count() == 1


def test_holidays_are_prefilled_shown_as_unverified_and_confirmed(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    response = client.post(address("prefill", world), {"country": "CN", "subdivision": "", "years": ["2027"]})
    assert response.headers["Location"].endswith("?year=2027")
    page = client.get(response.headers["Location"]).content.decode()
    assert "尚未有人与官方通知核对" in page
    assert "官方放假通知尚未收录" in page
    client.post(address("confirm", world), {"year": "2027", "day": ["2027-01-01"]})
    assert not CalendarDay.objects.get(date=date(2027, 1, 1)).unverified
    assert CalendarDay.objects.filter(unverified=True).exists()
    client.post(address("confirm", world), {"year": "2027", "all": "1"})
    assert not CalendarDay.objects.filter(unverified=True).exists()
    assert client.post(address("prefill", world), {"country": "CN", "subdivision": "QQ", "years": ["2026"]}).status_code == 422


def test_r045_a_time_limit_is_tried_out(world: World, signed_in: Any) -> None:
    client = signed_in("front_line")
    url = address("trial", world)
    text = client.get(url, {"start": "2026-02-10T16:00", "amount": 60, "unit": "calendar_days"}).content.decode()
    assert "2026-04-11 24:00" in text
    assert "2026-04-13" in text
    text = client.get(url, {"start": "2026-02-13T17:30", "amount": 480, "unit": "working_minutes"}).content.decode()
    assert "2026-02-14 17:30" in text
    assert "超出本日历的范围" in client.get(url, {"start": "2026-02-13T17:30", "amount": 900_000, "unit": "working_days"}).content.decode()
    assert client.get(url, {"start": "soon", "amount": 0, "unit": "weeks"}).status_code == 422


def test_a_calendar_goes_out_and_comes_back(world: World, signed_in: Any) -> None:
    client = signed_in("manager")
    exported = client.get(address("export_json", world))
    assert "attachment" in exported.headers["Content-Disposition"]
    data = json.loads(exported.content)
    data["days"] = data["days"][:1]
    file = SimpleUploadedFile("calendar.json", json.dumps(data).encode())
    assert client.post(address("import", world), {"file": file}).status_code == 302
    assert CalendarDay.objects.count() == 1
    wrong = SimpleUploadedFile("calendar.json", b'{"format": "other"}')
    response = client.post(address("import", world), {"file": wrong})
    assert response.status_code == 422
    assert "无法导入此日历文件" in response.content.decode()
    assert client.post(address("import", world), {"file": SimpleUploadedFile("big.json", b" " * 2_000_001)}).status_code == 422
    ics = client.get(address("export_ics", world))
    assert ics.headers["Content-Type"].startswith("text/calendar")


def test_a_calendar_is_opened_renamed_made_default_and_closed(world: World, signed_in: Any) -> None:
    client = signed_in("administrator")
    url, form = posts(world)["open"]
    response = client.post(url, {**form, "country": "SG"})
    own = Calendar.objects.get(unit=world.branch)
    assert response.headers["Location"] == reverse("worktime:year", args=[own.public_id])
    assert own.is_default
    assert own.days.filter(date=date(2026, 8, 9), unverified=True).exists()
    settings = reverse("worktime:settings", args=[own.public_id])
    client.post(settings, {"name_zh": "支行日历", "name_en": "Branch calendar", "zone": "Asia/Singapore"})
    own.refresh_from_db()
    assert (str(own.name), own.zone) == ("支行日历", "Asia/Singapore")
    assert client.post(settings, {"name_zh": "x", "zone": "Mars/Olympus"}).status_code == 422
    assert client.post(settings, {"zone": "UTC"}).status_code == 422
    second = operations.open_calendar(unit=world.branch, name=localized("二"), zone="UTC", week={}, by=world.actor("manager"), at=AT)
    client.post(reverse("worktime:make_default", args=[second.public_id]))
    own.refresh_from_db()
    assert not own.is_default
    client.post(reverse("worktime:close", args=[own.public_id]), {"reason": ""})
    own.refresh_from_db()
    assert own.closed_at is None
    client.post(reverse("worktime:close", args=[own.public_id]), {"reason": "并入总行"})
    own.refresh_from_db()
    assert own.closed_at is not None
    assert client.get(settings).status_code == 404
    assert client.get(reverse("worktime:year", args=[own.public_id])).status_code == 200


def test_the_last_calendar_cannot_be_closed_and_says_why(world: World, signed_in: Any) -> None:
    response = signed_in("manager").post(address("close", world), {"reason": "x"})
    assert response.status_code == 409
    assert "没有可用日历" in response.content.decode()


def test_names_are_escaped(world: World, signed_in: Any) -> None:
    by = world.actor("manager")
    operations.set_day(calendar=world.calendar, day=MONDAY, kind="holiday", name=localized('"><script>alert(1)</script>'), by=by, at=AT)
    assert "<script>alert(1)" not in signed_in("front_line").get(address("year", world) + "?day=2026-03-09").content.decode()


def test_pages_need_few_queries(world: World, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    operations.prefill_holidays(calendar=world.calendar, country="CN", years=[2026], by=world.actor("manager"), at=AT)
    client = signed_in("manager")
    for url in (reverse("worktime:list"), address("year", world) + "?day=2026-02-14", address("week", world)):
        client.get(url)
        with django_assert_max_num_queries(12):
            client.get(url)
