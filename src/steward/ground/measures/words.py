"""What may be said of a change: the verdict alone decides (rule X2). Only here is a figure said to have risen, fallen, improved or got worse."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from steward.ground.ui.figures import interval_words, number_words
from steward.science.inference import Verdict

from .compare import Change
from .declarations import Measure
from .questions import Cell

UNITS = {"%": "%", "‰": "‰", "n": "", "": ""}


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, its tone (good, bad or neither) and the small print: the difference with its interval."""

    sentence: str
    tone: str
    detail: str


def figure_words(measure: Measure, cell: Cell) -> str:
    """`82.4%（79.1–85.2，n=412）`; a hidden cell says why it is hidden."""
    if cell.hidden:
        return hidden_words(cell)
    return interval_words(cell.value, cell.low, cell.high, n=round(cell.n), digits=measure.digits, unit=unit_words(measure))


def value_words(measure: Measure, cell: Cell) -> str:
    """The value alone, with its unit."""
    return hidden_words(cell) if cell.hidden else number_words(cell.value, digits=measure.digits, unit=unit_words(measure))


def hidden_words(cell: Cell) -> str:
    if cell.hidden == "complement":
        return _("Hidden, to protect a small group")
    return _("Hidden: too few")


def unit_words(measure: Measure) -> str:
    return {**UNITS, "min": _("min"), "h": _("h"), "d": _("days")}.get(measure.unit, measure.unit)


def said(change: Change) -> Said:
    """The sentence the verdict allows. `name`: the measure."""
    name = str(change.measure.name)
    detail = detail_words(change)
    if change.verdict is Verdict.INSUFFICIENT:
        return Said(_("%(name)s: not enough data to say anything") % {"name": name}, "", detail)
    if change.verdict is Verdict.NO_CHANGE:
        return Said(_("%(name)s: no change that matters") % {"name": name}, "", detail)
    if change.verdict is Verdict.INCONCLUSIVE:
        return Said(_("%(name)s: no clear change seen; one cannot be ruled out") % {"name": name}, "", detail)
    up = bool(change.estimate and change.estimate > 0)
    if change.verdict is Verdict.DIRECTION_ONLY:
        return Said(_direction(change.better, up) % {"name": name}, "", detail)
    return Said(_evidence(change.better, up) % {"name": name}, {True: "good", False: "bad", None: ""}[change.better], detail)


def _direction(better: bool | None, up: bool) -> str:
    if better is None:
        return (
            _("%(name)s: points up; the evidence is not enough yet") if up else _("%(name)s: points down; the evidence is not enough yet")
        )
    if better:
        return _("%(name)s: points to better; the evidence is not enough yet")
    return _("%(name)s: points to worse; the evidence is not enough yet")


def _evidence(better: bool | None, up: bool) -> str:
    if better is None:
        return _("%(name)s: there is evidence that it rose") if up else _("%(name)s: there is evidence that it fell")
    if better:
        return (
            _("%(name)s: there is evidence that it rose, which is better")
            if up
            else _("%(name)s: there is evidence that it fell, which is better")
        )
    return (
        _("%(name)s: there is evidence that it rose, which is worse")
        if up
        else _("%(name)s: there is evidence that it fell, which is worse")
    )


def detail_words(change: Change) -> str:
    """`before 81.0% → now 85.0%; difference +4.0 (+1.2 – +6.8), n = 412 and 1,630`."""
    measure = change.measure
    parts = {"now": value_words(measure, change.now), "before": value_words(measure, change.before)}
    text = _("%(before)s before, %(now)s now") % parts
    if change.estimate is not None:
        scale, unit = (100, "%") if change.relative else (1, _("points") if measure.unit in ("%", "‰") else unit_words(measure))
        spread = {
            "estimate": number_words(scale * change.estimate, digits=measure.digits, signed=True),
            "low": number_words(None if change.low is None else scale * change.low, digits=measure.digits, signed=True),
            "high": number_words(None if change.high is None else scale * change.high, digits=measure.digits, signed=True),
            "unit": unit,
        }
        text += _("; difference %(estimate)s %(unit)s (95%% interval %(low)s to %(high)s)") % spread
    if change.by_calendar:
        days = {"now": number_words(change.days[0], digits=1), "before": number_words(change.days[1], digits=1)}
        text += _("; per opening day (%(now)s and %(before)s)") % days
    sizes = (change.now.numerator, change.before.numerator) if change.relative else (change.now.n, change.before.n)
    return text + _("; n = %(now)s and %(before)s") % {"now": number_words(round(sizes[0])), "before": number_words(round(sizes[1]))}
