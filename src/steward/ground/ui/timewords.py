"""Words for instants and spans: "还剩 2 小时 15 分（今天 17:30）", "超时 3 小时（昨天 14:00）", always in the unit's time zone.

Nothing here reads a clock; `at` is given by the tag, which asks its context or the request's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

MINUTE, HOUR, DAY = 60, 3600, 86_400
SOON_SECONDS = 4 * HOUR
Counting = Literal["working", "elapsed"]


@dataclass(frozen=True, slots=True)
class Due:
    """A due instant in words. tone: `ok`, `soon` (within four hours) or `over`."""

    text: str
    moment: str
    absolute: str
    iso: str
    tone: Literal["ok", "soon", "over"]


def due_words(due: datetime, *, at: datetime, zone: tzinfo) -> Due:
    """How long is left or over, with the instant in brackets."""
    left = int((due - at).total_seconds())
    moment = end_words(due, at=at, zone=zone)
    values = {"span": span_words(abs(left)), "moment": moment}
    text = (_("%(span)s overdue (%(moment)s)") if left < 0 else _("%(span)s left (%(moment)s)")) % values
    tone: Literal["ok", "soon", "over"] = "over" if left < 0 else "soon" if left <= SOON_SECONDS else "ok"
    return Due(text=text, moment=moment, absolute=absolute_words(due, zone=zone), iso=due.isoformat(), tone=tone)


def span_words(seconds: int, *, days: bool = True) -> str:
    """At most two units: "3 天 4 小时", "2 小时 15 分", "不到 1 分钟". Without `days`, hours go on counting (a working day has fewer)."""
    minutes = abs(int(seconds)) // MINUTE
    if minutes == 0:
        return _("less than 1 min")
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return _("%(minutes)d min") % {"minutes": rest}
    if days and hours >= 24:
        whole, left = divmod(hours, 24)
        if left == 0 or whole >= 7:
            return _("%(days)d d") % {"days": whole}
        return _("%(days)d d %(hours)d h") % {"days": whole, "hours": left}
    if rest == 0:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


def duration_words(seconds: int, counting: Counting) -> str:
    """A duration that says how it was counted: "5 小时 10 分（工作时间）" or "2 天 3 小时（自然时间）"."""
    if counting == "working":
        return _("%(span)s of working time") % {"span": span_words(seconds, days=False)}
    if counting == "elapsed":
        return _("%(span)s elapsed") % {"span": span_words(seconds)}
    raise ValueError(f"A duration is counted as 'working' or 'elapsed', not {counting!r}.")


def moment_words(instant: datetime, *, at: datetime, zone: tzinfo) -> str:
    """The instant as people say it: "今天 17:30", "昨天 14:00", "3月2日 14:00", with the year when it is another one."""
    local, today = instant.astimezone(zone), at.astimezone(zone).date()
    return _("%(day)s %(time)s") % {"day": day_words(local.date(), today=today), "time": local.strftime("%H:%M")}


def end_words(instant: datetime, *, at: datetime, zone: tzinfo) -> str:
    """The end of a span. At midnight the day that ends is named ("2月16日 24:00"): "2月17日 00:00" is read as if the 17th were still free."""
    local, today = instant.astimezone(zone), at.astimezone(zone).date()
    if (local.hour, local.minute) != (0, 0):
        return moment_words(instant, at=at, zone=zone)
    return _("%(day)s %(time)s") % {"day": day_words(local.date() - timedelta(days=1), today=today), "time": "24:00"}


def day_words(day: date, *, today: date) -> str:
    away = (day - today).days
    if away == -1:
        return pgettext("day", "yesterday")
    if away == 0:
        return pgettext("day", "today")
    if away == 1:
        return pgettext("day", "tomorrow")
    if day.year == today.year:
        # Translators: Django date format of a day within this year; Chinese uses n月j日.
        return dateformat.format(day, pgettext("date format", "j M"))
    # Translators: Django date format of a day in another year; Chinese uses Y年n月j日.
    return dateformat.format(day, pgettext("date format", "j M Y"))


def ago_words(instant: datetime, *, at: datetime, zone: tzinfo) -> str:
    """For things that happened: "3 分钟前" within the hour, else the moment."""
    past = at - instant
    if timedelta(0) <= past < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= past < timedelta(hours=1):
        return _("%(minutes)d min ago") % {"minutes": int(past.total_seconds()) // MINUTE}
    return moment_words(instant, at=at, zone=zone)


def absolute_words(instant: datetime, *, zone: tzinfo) -> str:
    """For hover and print: "2026-03-02 17:30 Asia/Shanghai"."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {getattr(zone, 'key', local.tzname())}"
