"""Frozen figures as charts and words for the page, the PDF and the workbook alike."""

from __future__ import annotations

from datetime import date

from django.urls import NoReverseMatch, reverse
from django.utils import dateformat
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from steward.ground.ui.charts import Chart, Mark, Series
from steward.ground.ui.figures import number_words

from .languages import here
from .snapshot import Content

MOST_MARKS = 6


def chart_of(figure: Content) -> Chart | None:
    """The weekly course with its limits; None where there is nothing to draw."""
    chart = figure["chart"]
    if not chart or len(chart["points"]) < 2:
        return None
    points = chart["points"]
    labels = [week_label(date.fromisoformat(point["start"])) for point in points]
    name = here(figure["name"])
    return Chart(
        key=f"report-{figure['id']}",
        kind="control" if chart["lower"] else "line",
        title=_("%(name)s by week") % {"name": name},
        labels=labels,
        series=[Series(name, [point["value"] for point in points], n=[round(point["n"]) for point in points])],
        unit=here(figure["unit_words"]),
        digits=figure["digits"],
        marks=[Mark(label, mark) for label, mark in _marks(figure, labels)],
        centre=chart["centre"],
        lower=chart["lower"],
        upper=chart["upper"],
        signals=chart["signals"],
        target=figure["target"],
        label_name=_("Week from"),
    )


def week_label(day: date) -> str:
    # Translators: Django date format of the first day of a week on the axis of a chart; Chinese uses n月j日.
    return dateformat.format(day, pgettext("date format on a chart", "j M"))


def _marks(figure: Content, labels: list[str]) -> list[tuple[str, str]]:
    found = []
    for mark in figure["marks"][:MOST_MARKS]:
        for point, label in zip(figure["chart"]["points"], labels, strict=True):
            if point["start"] <= mark["day"] < point["end"]:
                found.append((label, here(mark["text"])))
    return found


def link_of(figure: Content) -> str:
    """The page of proof of a figure, with the same question; empty where there is no such page."""
    try:
        address = reverse("insights:measure", args=[figure["id"]])
    except NoReverseMatch:
        return ""
    last = date.fromordinal(date.fromisoformat(figure["link"]["to"]).toordinal() - 1)
    asked = {"from": figure["link"]["from"], "to": last.isoformat()}
    if figure["link"]["unit"]:
        asked["in.unit"] = figure["link"]["unit"]
    return f"{address}?{urlencode(asked)}"


def effect_words(figure: Content, effect: float) -> str:
    """What a group adds to a change, with its sign and the unit of the difference."""
    unit = _("points") if figure["unit"] in ("%", "‰") else here(figure["unit_words"])
    return number_words(effect, digits=figure["digits"], signed=True, unit=unit)


def place_words(place: int | None) -> str:
    """Where a group stands to the limits of chance. No ranks: the order of groups inside the limits means nothing."""
    if place is None:
        return ""
    if place == 0:
        return _("within what chance alone does")
    if abs(place) == 1:
        return _("above the warning limit") if place > 0 else _("below the warning limit")
    return _("above the limits of chance") if place > 0 else _("below the limits of chance")


def verdict_kind(verdict: str) -> str:
    """The look of a verdict on the page (`<c-verdict kind>`)."""
    return {"direction_only": "direction", "no_change": "no-change"}.get(verdict, verdict)


def verdict_words(verdict: str) -> str:
    """The verdict alone, for tables."""
    return {
        "evidence": _("evidence of a change"),
        "direction_only": _("a direction, not enough evidence"),
        "inconclusive": _("no clear change seen"),
        "no_change": _("no change that matters"),
        "insufficient": _("not enough data"),
    }[verdict]
