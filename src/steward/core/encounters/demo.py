"""Contacts and visits behind the cases, and the daily counts where only counts are known."""

from __future__ import annotations

from datetime import timedelta

from steward.ground.demo import DAYS, Demo
from steward.ground.journal.actors import Actor

from . import operations as encounters

SETUP = Actor.system("demo")


def _steady(drawn: int, back: int) -> int:
    """The clinic's days are much alike; in the last four weeks a few visits a day more came: surely so, and too few to matter (rule X2)."""
    return 218 + drawn % 7 + (6 if back <= 28 else 0)


def tell(demo: Demo) -> None:
    rng = demo.rng
    for place in demo.places.values():
        for index in range(80):
            start = demo.start + timedelta(days=rng.randrange(DAYS), hours=rng.randrange(-1, 7), minutes=rng.randrange(60))
            encounters.record_interaction(
                unit=rng.choice(place["teams"]), channel=rng.choice(["counter", "phone", "wechat"]), started_at=start,
                ended_at=start + timedelta(minutes=rng.randrange(3, 25)), source="demo", source_key=str(index), service=rng.choice(place["services"]),
                staff=rng.choice(place["workers"]), customer=rng.choice(place["customers"]), by=SETUP, at=start,
            )  # fmt: skip
        for day in range(DAYS):
            date = (demo.start + timedelta(days=day)).date()
            count = rng.randrange(120, 320)
            if place["industry"] == "clinic":
                count = _steady(count, DAYS - day)
            encounters.count_exposure(unit=place["branches"][0], day_date=date, count=count, source="demo", by=SETUP, at=demo.now)
