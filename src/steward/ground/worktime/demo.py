"""Working calendars of the demo: Chinese holidays and make-up workdays from the library; the bank's 2026 days are confirmed, the others not yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations as worktime

SETUP = Actor.system("demo")
OFFICE = ((540, 720), (780, 1080))
LONG = ((480, 1320),)
WEEKS: dict[str, dict[int, Any]] = {
    "bank": {**dict.fromkeys(range(5), OFFICE), 5: ((540, 720),), 6: ()},
    "hotel": dict.fromkeys(range(7), ((0, 1440),)),
    "clinic": {**dict.fromkeys(range(6), ((480, 720), (810, 1050))), 6: ()},
    "restaurant": dict.fromkeys(range(7), ((600, 840), (1020, 1320))),
    "centre": dict.fromkeys(range(7), LONG),
}


def tell(demo: Demo) -> None:
    at = demo.start - timedelta(days=59)
    for key, place in demo.places.items():
        name = localized("工作日历", en="Working calendar")
        calendar = worktime.open_calendar(unit=place["root"], name=name, zone="Asia/Shanghai", week=WEEKS[key], by=SETUP, at=at)
        if key in ("bank", "clinic"):
            worktime.prefill_holidays(calendar=calendar, country="CN", years=[demo.now.year - 1, demo.now.year], by=SETUP, at=at)
        if key == "bank":
            days = [day.date for day in calendar.days.filter(unverified=True)]
            worktime.confirm_days(calendar=calendar, days=days, by=SETUP, at=at, reason="与国务院办公厅放假通知核对")
