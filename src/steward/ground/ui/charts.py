"""Charts as data: what is drawn, and the table that stands beneath with the same numbers. `<c-chart :chart="chart" />` shows one.

    Chart("waits", "line", _("Median wait"), labels=days, series=[Series(_("Lobby"), values, low=low, high=high, n=counts)], unit=_("min"))

Bars start at zero. There are no pies and no gauges. Annotations mark changes of process; the control chart has its centre and limits. `points`
shows each value with its interval, one line a label; `spread` is the funnel plot: groups by size (n), between the limits of chance (`rims`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .figures import NOTHING, number_words, range_words

ChartKind = Literal["line", "bar", "funnel", "control", "heat", "distribution", "points", "spread"]
Text = str | Promise
Values = Sequence[float | int | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One line, set of bars or heat row. `low` and `high`: the interval of each value; `n`: the cases behind each.

    shown: words that stand for a value where they are not empty: "3 of 7", "hidden".
    """

    name: Text
    values: Values
    low: Values = ()
    high: Values = ()
    n: Sequence[int] = ()
    shown: Sequence[Text] = ()

    @property
    def data(self) -> dict[str, Any]:
        lists = {"values": self.values, "low": self.low, "high": self.high, "n": self.n}
        return {
            "name": str(self.name),
            **{name: list(values) for name, values in lists.items()},
            "shown": [str(text) for text in self.shown],
        }

    def words(self, index: int, digits: int) -> str:
        told = str(self.shown[index]) if self.shown else ""
        return told or number_words(self.values[index], digits=digits)


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation at a label: a change of process, a campaign, a failure."""

    at: str
    text: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table.

    key: unique on the page. labels: the x axis, or the steps of a funnel. centre: one number; lower, upper: the limits, one per label.
    signals: indexes of points that break a rule of the control chart. target: a line to compare with. rims: of a `spread`, in the order of size:
    size, the limits that warn (low, high), the limits that alarm (low, high).
    """

    key: str
    kind: ChartKind
    title: Text
    labels: Sequence[str]
    series: Sequence[Series]
    unit: Text = ""
    digits: int = 1
    marks: Sequence[Mark] = ()
    centre: float | None = None
    lower: Values = ()
    upper: Values = ()
    signals: Sequence[int] = ()
    target: float | None = None
    label_name: Text = ""
    rims: Sequence[tuple[float, float, float, float, float]] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(ChartKind):
            raise ValueError(f"No chart is of kind {self.kind!r}. Known: {', '.join(get_args(ChartKind))}.")
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(f"Series {series.name} has {len(series.values)} values for {len(self.labels)} labels.")

    @property
    def data(self) -> dict[str, Any]:
        """What frontend/src/charts.js draws."""
        return {
            "kind": self.kind,
            "title": str(self.title),
            "labels": [str(label) for label in self.labels],
            "series": [series.data for series in self.series],
            "unit": str(self.unit),
            "digits": self.digits,
            "marks": [{"at": mark.at, "text": str(mark.text)} for mark in self.marks],
            "centre": self.centre,
            "lower": list(self.lower),
            "upper": list(self.upper),
            "signals": list(self.signals),
            "target": self.target,
            "rims": [list(rim) for rim in self.rims],
            "words": {
                "n": _("n"), "centre": _("Centre line"), "lower": _("Lower limit"), "upper": _("Upper limit"),
                "target": _("Target"), "signal": _("Signal"), "interval": _("Interval"),
                "warns": _("95% limit"), "alarms": _("99.8% limit"),
            },
        }  # fmt: skip

    @property
    def json(self) -> str:
        """The data as an attribute: htmx takes scripts out of what it swaps in, data in them too."""
        return json.dumps(self.data, ensure_ascii=False)

    @property
    def header(self) -> list[str]:
        cells = [str(self.label_name or _("Label"))]
        for series in self.series:
            cells.append(f"{series.name} ({self.unit})" if self.unit else str(series.name))
            cells += [_("Interval")] if series.low else []
            cells += [_("n")] if series.n else []
        return cells + ([_("Lower limit"), _("Upper limit")] if self.lower else [])

    @property
    def rows(self) -> list[list[str]]:
        """The table beneath: one row a label."""
        return [self._row(index) for index in range(len(self.labels))]

    def _row(self, index: int) -> list[str]:
        cells = [str(self.labels[index])]
        for series in self.series:
            cells.append(series.words(index, self.digits))
            cells += [range_words(series.low[index], series.high[index], digits=self.digits) or NOTHING] if series.low else []
            cells += [number_words(series.n[index])] if series.n else []
        limits = [self.lower, self.upper] if self.lower else []
        return cells + [number_words(limit[index], digits=self.digits) for limit in limits]
