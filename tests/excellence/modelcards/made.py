"""Daily cases with a shape of the week, enough of them for a forecast to be judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from tests.cast import AT, World

from steward.core.cases.models import Case
from steward.ground.access.models import Unit
from steward.ground.fields import new_public_id
from steward.ground.measures import loading
from steward.ground.rules.operations import touch_revision
from steward.ground.worktime.models import Calendar, CalendarDay
from steward.ground.worktime.queries import CALENDARS

KEY = "intake_forecast"
WEEK = (14, 12, 11, 12, 15, 6, 4)


def noisy(seed: int = 7) -> Callable[[date], int]:
    """A shape of the week with chance around it: a mean of several weeks does better than the week before."""
    rng = np.random.default_rng(seed)
    return lambda day: int(rng.poisson(WEEK[day.weekday()]))


def without_holidays(world: World) -> None:
    """Each day is like its weekday, so that last week repeats."""
    CalendarDay.objects.filter(calendar=world.calendar).delete()
    touch_revision(CALENDARS)
    world.calendar.refresh_from_db()
    Calendar.objects.filter(pk=world.calendar.pk).update(revision=new_public_id())


def receive(world: World, count_of: Callable[[date], int], *, days: int = 98, unit: Unit | None = None, tag: str = "F") -> None:
    """Cases of the days before today; the store is loaded."""
    rows = []
    for back in range(days, 0, -1):
        at = AT - timedelta(days=back)
        for index in range(count_of(at.date())):
            where = unit or (world.counter_team if index % 2 else world.other_branch)
            rows.append(
                Case(
                    organisation_id=where.root_id, number=f"{tag}-{back:03d}-{index:03d}", unit=where, kind="enquiry", state="open",
                    channel="web", title="题", opened_at=at, changed_at=at,
                )
            )  # fmt: skip
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)
