"""Working calendars of units: hours of the week from a date on, and the days that differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.access.policies import ScopedQuerySet
from steward.ground.fields import LocalizedTextField, PublicIdModel, new_public_id
from steward.science.worktime import MinuteSpan

# The days a calendar answers for. Past the last one a due time is refused rather than guessed.
FIRST_DATE = date(2000, 1, 1)
LAST_DATE = date(2049, 12, 31)


class CalendarQuerySet(ScopedQuerySet["Calendar"]):
    def open(self) -> CalendarQuerySet:
        return self.filter(closed_at=None)


class Calendar(PublicIdModel):
    """When a unit and everything below it works.

    is_default: the calendar that clocks of the unit and its subtree use; at most one open one for each unit.
    revision: a new identifier at every change. A counter could repeat after a transaction that was rolled back, and a cache would then lie.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="calendars")
    name = LocalizedTextField()
    zone = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)
    revision = models.UUIDField(default=new_public_id, editable=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["unit"], condition=Q(is_default=True, closed_at=None), name="worktime_default_once")
        ]

    def __str__(self) -> str:
        return str(self.name)


class CalendarWeek(models.Model):
    """The hours of a week from a date on, until the next one. hours: seven lists, Monday first, of [start, end] local minutes."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="weeks")
    starts_date = models.DateField()
    hours = models.JSONField[Any]()

    class Meta:
        ordering: ClassVar[list[str]] = ["starts_date"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["calendar", "starts_date"], name="worktime_week_once")
        ]

    @property
    def spans(self) -> dict[int, tuple[MinuteSpan, ...]]:
        return {weekday: spans_of(day) for weekday, day in enumerate(self.hours)}


class CalendarDay(models.Model):
    """A day that does not follow its week.

    spans: its hours; empty for a holiday and for a closed special day. An empty make-up day has the usual hours of its week.
    source: where it comes from, such as a library with its version. unverified (未核实): not yet compared with the official notice.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Holiday")
        MAKEUP = "makeup", _("Make-up workday")
        SPECIAL = "special", _("Special hours")

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    spans = models.JSONField[Any](default=list, blank=True)
    name = LocalizedTextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    unverified = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["date"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["calendar", "date"], name="worktime_day_once"),
            models.CheckConstraint(condition=~Q(kind="holiday") | Q(spans=[]), name="worktime_holiday_is_off"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()} {self.name}".rstrip()


def spans_of(pairs: Any) -> tuple[MinuteSpan, ...]:
    """The spans of a JSON list of [start, end] pairs."""
    return tuple((int(start), int(end)) for start, end in pairs)


def hours_of(week: Mapping[int, tuple[MinuteSpan, ...]]) -> list[list[list[int]]]:
    """A week as the JSON of CalendarWeek.hours."""
    return [[[start, end] for start, end in week.get(weekday, ())] for weekday in range(7)]
