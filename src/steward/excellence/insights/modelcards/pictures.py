"""History, forecast and baseline as one chart, and the days ahead as a table with what each rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from steward.ground.ui.charts import Chart, Mark, Series
from steward.ground.ui.figures import number_words

from .forms import SwitchForm
from .models import HumanOverride, State
from .queries import Desk, actual_by_day, newest_by_day

PAST = 42


@dataclass(frozen=True)
class Turning:
    """A dialog that switches a model."""

    code: str
    title: str
    words: str
    button: str
    form: SwitchForm


def turnings(desk: Desk) -> list[Turning]:
    """The switches that make sense now."""
    texts = {
        "on": (_("Switch on"), _("It goes back to where it was before: on trial, or in use where that was approved.")),
        "off": (_("Switch off"), _("From now on the baseline is shown and used in its place. Nothing else stops, and it can be switched on again.")),
        "approve": (_("Approve use"), _("The trial ends: whatever plans with the forecast uses it from now on. Your name stands beside it.")),
    }  # fmt: skip
    codes = {State.OFF: ["on"], State.TRIAL: ["off", "approve"], State.IN_USE: ["off"]}[desk.state]
    return [Turning(code, *texts[code], texts[code][0], SwitchForm(auto_id=f"switch_{code}_%s")) for code in codes]


@dataclass(frozen=True)
class Ahead:
    """One day ahead in words."""

    day: date
    weekday: str
    value: float | None
    low: float | None
    high: float | None
    baseline: float
    decided: HumanOverride | None
    why: str


def chart_of(desk: Desk, said: Mapping[str, Any], inputs: Mapping[str, Any]) -> Chart:
    """The last six weeks and the days ahead. Without a model's values: history and baseline alone."""
    actual = actual_by_day(inputs)
    ahead = [date.fromisoformat(day) for day in said["days"]]
    past = sorted(day for day in actual if not ahead or day < ahead[0])[-PAST:]
    days = [*past, *ahead]
    gap: list[float | None] = [None] * len(past)
    series = [Series(pgettext("cases", "Received"), [actual.get(day) for day in days])]
    if said.get("values"):
        series.append(Series(_("Forecast"), [*gap, *said["values"]], low=[*gap, *said["low"]], high=[*gap, *said["high"]]))
    if ahead:
        series.append(Series(_("Baseline"), [*gap, *said["baseline"]]))
    decided = {day: row for day, row in newest_by_day(desk.overrides).items() if day in ahead}
    marks = [Mark(f"{day:%m-%d}", _("%(value)s by hand") % {"value": number_words(row.value)}) for day, row in sorted(decided.items())]
    title = _("Cases received per day")
    return Chart("model", "line", title, [f"{day:%m-%d}" for day in days], series, digits=1, marks=marks, label_name=_("Day"))


def days_ahead(said: Mapping[str, Any], overrides: Sequence[HumanOverride] = ()) -> list[Ahead]:
    decided = newest_by_day(overrides)
    found = []
    for place, text in enumerate(said["days"]):
        day = date.fromisoformat(text)
        value, low, high = (said[name][place] if said.get(name) else None for name in ("values", "low", "high"))
        why = because(said["why"][place])
        found.append(Ahead(day, date_format(day, "l"), value, low, high, said["baseline"][place], decided.get(day), why))
    return found


def because(why: Mapping[str, Any]) -> str:
    """What a prediction rests on."""
    alike = _(", ").join(number_words(count) for count in why["alike"])
    if why["kind"] == "holiday":
        kind = _("holiday %(name)s") % {"name": why["name"]} if why["name"] else _("a holiday")
    else:
        kind = _("make-up workday") if why["kind"] == "makeup" else _("an ordinary day of its weekday")
    return _("%(kind)s; the last ones like it: %(counts)s") % {"kind": kind, "counts": alike} if alike else kind


def method_words(said: Mapping[str, Any]) -> str:
    """The method that won on the weeks before."""
    names = {
        "seasonal_naive": _("same weekday last week"),
        "moving_average": _("mean of the last days alike"),
        "level_profile": _("recent level and the shape of the week"),
        "smoothing": _("exponential smoothing"),
        "regression": _("regression on the calendar"),
        "combination": _("mean of three methods"),
    }
    return names.get(said.get("method", ""), "")
