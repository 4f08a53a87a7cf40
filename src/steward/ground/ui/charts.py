"""Charts as data: what is drawn, and the table that stands beneath with the same numbers. `<c-chart :chart="chart" />` shows one.

    Chart("waits", "line", _("Median wait"), labels=days, series=[Series(_("Lobby"), values, low=low, high=high, n=counts)], unit=_("min"))

Bars start at zero. There are no pies and no gauges. Annotations mark changes of process; the control chart has its centre and limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .figures import NOTHING, number_words, range_words

ChartKind = Literal["line", "bar", "funnel", "control", "heat", "distribution"]
Text = str | Promise
Values = Sequence[float | int | None]


@dataclass(frozen=True, slots=True)
class Series:
    """One line, set of bars or heat row. `low` and `high`: the interval of each value; `n`: the cases behind each."""

    name: Text
    values: Values
    low: Values = ()
    high: Values = ()
    n: Sequence[int] = ()

    @property
    def data(self) -> dict[str, Any]:
        return {"name": str(self.name), "values": list(self.values), "low": list(self.low), "high": list(self.high), "n": list(self.n)}


@dataclass(frozen=True, slots=True)
class Mark:
    """An annotation at a label: a change of process, a campaign, a failure."""

    at: str
    text: Text


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table.

    key: unique on the page. labels: the x axis, or the steps of a funnel. centre: one number; lower, upper: the limits, one per label.
    signals: indexes of points that break a rule of the control chart. target: a line to compare with.
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
            "words": {
                "n": _("n"), "centre": _("Centre line"), "lower": _("Lower limit"), "upper": _("Upper limit"),
                "target": _("Target"), "signal": _("Signal"), "interval": _("Interval"),
            },
        }  # fmt: skip

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
            cells.append(number_words(series.values[index], digits=self.digits))
            cells += [range_words(series.low[index], series.high[index], digits=self.digits) or NOTHING] if series.low else []
            cells += [number_words(series.n[index])] if series.n else []
        limits = [self.lower, self.upper] if self.lower else []
        return cells + [number_words(limit[index], digits=self.digits) for limit in limits]
