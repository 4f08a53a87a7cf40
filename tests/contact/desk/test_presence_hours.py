"""Hours of presence: exact to the minute across midnight, clipped to the period, as a page and as CSV."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from tests.cast import AT, SETUP, World, local

from steward.contact.desk.presence import Period, clock_words, midnight, period_of, seconds_by_day, total
from steward.core.org import operations as org
from steward.ground.journal.models import Entry


def _set(world: World, who: str, *changes: tuple[str, str]) -> None:
    for state, when in changes:
        org.set_presence(staff=world.staff(who), state=state, by=SETUP, at=local(when))


def test_stretches_are_split_at_local_midnight_and_clipped(world: World) -> None:
    _set(world, "front_line", ("available", "2026-02-28 22:15"), ("break", "2026-03-02 00:20"), ("available", "2026-03-02 00:50:30"))
    person = world.staff("front_line")
    period = Period(date(2026, 3, 1), date(2026, 3, 2))
    days = seconds_by_day([person], period, AT)[person.pk]
    assert days[date(2026, 3, 1)] == {"available": 24 * 3600}, "what began the day before counts from midnight"
    assert days[date(2026, 3, 2)] == {"available": 20 * 60 + 8 * 3600 + 9 * 60 + 30, "break": 30 * 60 + 30}, "what goes on counts until now"
    assert sum(total(days).values()) == (AT - midnight(period.first, ZoneInfo("Asia/Shanghai"))).total_seconds()
    assert seconds_by_day([person], Period(date(2026, 2, 1), date(2026, 2, 27)), AT) == {}
    assert seconds_by_day([person], Period(date(2026, 3, 3), date(2026, 3, 9)), AT) == {}, "what has not happened is not counted"
    assert period_of(date(2026, 3, 4), "week") == Period(date(2026, 3, 2), date(2026, 3, 8))
    assert (clock_words(7 * 3600 + 5 * 60), clock_words(59), clock_words(0)) == ("7:05", "0:01", "0:00")


def test_a_day_is_as_long_as_it_is_where_clocks_change(world: World) -> None:
    world.counter_team.zone = "Europe/Berlin"
    world.counter_team.save(update_fields=["zone"])
    org.set_presence(staff=world.staff("front_line"), state="available", by=SETUP, at=local("2026-03-01 00:00"))
    person = world.staff("front_line")
    days = seconds_by_day([person], Period(date(2026, 3, 29), date(2026, 3, 30)), AT + timedelta(days=60))[person.pk]
    assert [states["available"] for _day, states in sorted(days.items())] == [23 * 3600, 24 * 3600]


def test_r005_a_supervisor_reads_the_hours_of_the_team_and_takes_them_along(world: World, signed_in: Any) -> None:
    _set(world, "front_line", ("available", "2026-03-01 23:30"), ("sick", "2026-03-02 08:15"))
    _set(world, "other_branch", ("available", "2026-03-02 08:00"))
    lead = signed_in("supervisor")
    page = lead.get(reverse("desk:presence"), {"day": "2026-03-02", "span": "day"}).content.decode()
    assert all(words in page for words in ("林一", "8:15", "0:45", "9:00"))
    assert "赵南" not in page, "people of another branch"
    answer = lead.get(reverse("desk:presence"), {"day": "2026-03-02", "format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    mine = {row[2]: row[3:] for row in rows[1:] if row[0] == "林一"}
    assert list(mine) == [f"2026-03-0{day}" for day in range(2, 9)]
    assert mine["2026-03-02"] == ["495", "0", "0", "0", "0", "0", "45", "0", "0", "495"]
    assert set(mine["2026-03-03"]) == {"0"}
    assert Entry.objects.filter(code="access.rows_exported").exists()
    assert lead.get(reverse("desk:presence"), {"q": "林", "unit": str(world.lobby_team.public_id)}).content.decode().count("林一") == 0
