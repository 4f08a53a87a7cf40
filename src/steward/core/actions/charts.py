"""A review's figures as a chart: the series, the comparison, the course without the action, and the mark of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from steward.ground.ui.charts import Chart, Mark, Series

from .assessment import Figures, thawed
from .method import Form, Material, Observed
from .models import EffectReview
from .words import unit_of

SEVERAL = 3  # comparisons drawn one by one; more are drawn as their mean


def chart_of(review: EffectReview) -> Chart | None:
    """The chart of a kept review, from its frozen data alone."""
    if not review.data.get("treated"):
        return None
    return _chart(
        f"review-{review.public_id}",
        thawed(review.data),
        float(review.data["factor"]),
        review.unit_words,
        review.found.get("without") or (),
    )


def chart_of_figures(figures: Figures, found: Mapping[str, Any]) -> Chart | None:
    """The same before anything is kept."""
    if not figures.material.treated:
        return None
    return _chart("preview", figures.material, figures.factor, figures.unit_words, found.get("without") or ())


def _chart(key: str, material: Material, factor: float, unit: str, without: Sequence[float | None]) -> Chart:
    labels = _labels(material)
    wholes = [round(point.denominator) for point in material.treated if point.denominator is not None]
    complete = wholes if len(wholes) == len(labels) and material.form is not Form.AMOUNT else []
    series = [Series(_("With the action"), _levels(material.treated, factor), n=complete)]
    series += [Series(name, values) for name, values in _comparisons(material, factor)]
    if len(without) == len(labels):
        # Before the change both lines tell the same; the course without the action begins where it parts.
        later = [value if place >= material.start - 1 else None for place, value in enumerate(without)]
        series.append(Series(_("Without it, as it would have gone on"), later))
    marks = [Mark(labels[material.start], _("Day of change"))] if len(labels) > 2 and material.start < len(labels) else []
    if material.trigger is not None:
        marks.append(Mark(labels[material.trigger], _("The extreme period")))
    shown = "%" if material.form is Form.SHARE else unit_of(unit)
    kind = "line" if len(labels) > 2 else "bar"
    return Chart(key, kind, _("Before and after the change"), labels, series, unit=shown, marks=marks, label_name=_("Period"))  # type: ignore[arg-type]


def _labels(material: Material) -> list[str]:
    """Labels that differ, because marks are found by them."""
    labels = [point.label for point in material.treated]
    return labels if len(set(labels)) == len(labels) else [f"{place + 1}. {label}" for place, label in enumerate(labels)]


def _levels(points: Sequence[Observed | None], factor: float) -> list[float | None]:
    return [None if point is None else round(point.level * factor, 4) for point in points]


def _comparisons(material: Material, factor: float) -> list[tuple[str, list[float | None]]]:
    sides = {(_("Comparison") if name == "control" else name): _levels(side, factor) for name, side in material.controls.items()}
    if len(sides) <= SEVERAL:
        return list(sides.items())
    means: list[float | None] = []
    for place in range(len(material.treated)):
        known = [value for values in sides.values() if (value := values[place]) is not None]
        means.append(round(sum(known) / len(known), 4) if known else None)
    return [(_("Mean of %(count)s comparisons") % {"count": len(sides)}, means)]
