"""Calendars as files: JSON there and back, and iCalendar."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.cast import AT, World

from steward.ground.access.errors import Forbidden
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.worktime import errors, operations
from steward.ground.worktime.document import CalendarDocument
from steward.ground.worktime.ics import calendar_text
from steward.ground.worktime.models import CalendarDay
from steward.ground.worktime.queries import work_calendar


def exported(world: World) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(CalendarDocument.of(world.calendar).text())
    return data


def test_export_and_import_are_a_round_trip(world: World) -> None:
    by = world.actor("manager")
    operations.prefill_holidays(calendar=world.calendar, country="CN", years=[2027], by=by, at=AT)
    operations.change_week(calendar=world.calendar, week={0: ((480, 960),)}, starts_date=date(2026, 5, 1), by=by, at=AT)
    text = CalendarDocument.of(world.calendar).text()
    copy = operations.open_calendar(unit=world.branch, name=localized("副本"), zone="Asia/Tokyo", week={}, by=by, at=AT)
    operations.import_calendar(calendar=copy, document=CalendarDocument.read(text), by=by, at=AT)
    copy.refresh_from_db()
    assert CalendarDocument.of(copy).same_hours(CalendarDocument.of(world.calendar))
    assert str(copy.name) == "副本"
    assert work_calendar(copy) == work_calendar(world.calendar)
    count = Entry.objects.count()
    operations.import_calendar(calendar=copy, document=CalendarDocument.read(text), by=by, at=AT)
    assert Entry.objects.count() == count  # nothing changed, nothing to tell


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("format",), "other", "format"),
        (("version",), 2, "version"),
        (("zone",), 7, "zone"),
        (("weeks",), [], "weeks"),
        (("weeks", 0, "hours", 0), "22-6", "weeks.0.hours.0"),
        (("weeks", 0, "hours"), ["", ""], "weeks.0.hours"),
        (("days", 0, "kind"), "party", "days.0.kind"),
        (("days", 0, "date"), "2026-13-01", "days.0.date"),
        (("days", 0, "date"), "2060-01-01", "days.0.date"),
        (("days", 1, "hours"), "9-12", "days.1"),
    ],
)
def test_a_wrong_file_names_the_place(world: World, path: tuple[Any, ...], value: Any, where: str) -> None:
    data = exported(world)
    target = data
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(errors.UnusableFile) as caught:
        CalendarDocument.read(json.dumps(data))
    assert caught.value.params["where"] == where


def test_dates_occur_once_and_nonsense_is_refused(world: World) -> None:
    data = exported(world)
    data["days"].append(data["days"][0])
    for text in (json.dumps(data), "{", "[]", "null", b"\xff\xfe", "[" * 100_000):
        with pytest.raises(errors.UnusableFile):
            CalendarDocument.read(text)


def test_an_unknown_zone_or_a_stranger_changes_nothing(world: World) -> None:
    data = exported(world)
    data["days"] = []
    stranger = CalendarDocument.read(json.dumps(data))
    with pytest.raises(Forbidden):
        operations.import_calendar(calendar=world.calendar, document=stranger, by=world.actor("supervisor"), at=AT)
    data["zone"] = "Mars/Olympus"
    with pytest.raises(errors.UnknownZone):
        operations.import_calendar(
            calendar=world.calendar, document=CalendarDocument.read(json.dumps(data)), by=world.actor("manager"), at=AT
        )
    assert CalendarDay.objects.filter(calendar=world.calendar).count() == 11


def test_ics_is_folded_escaped_and_stable(world: World) -> None:
    name = localized("很长的名字，带逗号, 分号; 反斜杠\\，以及换行\n" + "春节" * 40)
    operations.set_day(
        calendar=world.calendar, day=date(2026, 3, 4), kind="special", spans=[(540, 720)], name=name, by=world.actor("manager"), at=AT
    )
    text = calendar_text(world.calendar, world.calendar.days.all(), title="标准")
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "\n" not in text.replace("\r\n", "")
    unfolded = text.replace("\r\n ", "")
    assert "逗号\\, 分号\\; 反斜杠\\\\，以及换行\\n" in unfolded
    assert "DTSTART;VALUE=DATE:20260214\r\nDTEND;VALUE=DATE:20260215" in text
    assert text.count("BEGIN:VEVENT") == 12
    assert f"UID:20260214-{world.calendar.public_id}@steward" in unfolded
    assert calendar_text(world.calendar, world.calendar.days.all(), title="标准") == text
