"""The catalogue of measures: what is declared about each, and its last full month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.measures import words
from steward.ground.measures.declarations import Count, Measure, Rate, facts, measures
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.questions import Cell, Question
from steward.ground.ui.figures import number_words

from . import spans
from .asking import Asker, aim_for, all_measures, is_blind
from .pictures import cell_words

DIRECTIONS: dict[str, str | Promise] = {"up": _("More is better"), "down": _("Less is better"), "none": _("Neither is better")}
CLASSES: dict[str, str | Promise] = {
    "work": _("Work: whoever may see the rows sees the figure"),
    "statistic": _("Statistic: everybody sees it, small groups are hidden"),
    "voice": _("Voice: answers in confidence, no rows, small teams pooled"),
}
CLASS_NAMES: dict[str, str | Promise] = {"work": _("Work"), "statistic": _("Statistic"), "voice": _("Voice")}


@dataclass(frozen=True)
class Entry:
    """One measure as the catalogue shows it. cell: its last full month (for what holds now, the present); None for who may not count it."""

    measure: Measure
    target: float | None
    cell: Cell | None

    @property
    def fact(self) -> str:
        return str(facts.get(self.measure.fact).label)

    @property
    def figure(self) -> str:
        return cell_words(self.measure, self.cell) if self.cell is not None else ""

    @property
    def is_thin(self) -> bool:
        """Too few to say anything by the measure's own rule."""
        return (
            self.cell is not None and self.cell.value is not None and self.cell.n < self.measure.minimum_n and not is_counted(self.measure)
        )

    @property
    def target_words(self) -> str:
        return number_words(self.target, digits=self.measure.digits, unit=words.unit_words(self.measure)) if self.target is not None else ""

    @property
    def practical(self) -> str:
        return practical_words(self.measure)

    @property
    def direction(self) -> str:
        return str(DIRECTIONS[self.measure.direction])

    @property
    def disclosure(self) -> str:
        return str(CLASS_NAMES[self.measure.disclosure])

    @property
    def counter(self) -> Measure | None:
        return measures.get(self.measure.counter) if self.measure.counter in measures else None


def is_counted(measure: Measure) -> bool:
    """A count is what it is, however small."""
    return isinstance(measure.statistic, Count)


def practical_words(measure: Measure) -> str:
    """The smallest change that matters: of counts and rates a share of before, else in the measure's unit."""
    if isinstance(measure.statistic, Count | Rate):
        return f"{number_words(100 * measure.practical, digits=0)}%"
    unit = str(_("points")) if measure.unit in ("%", "‰") else words.unit_words(measure)
    return number_words(measure.practical, digits=0 if float(measure.practical).is_integer() else measure.digits, unit=unit)


def chosen(filters: dict[str, Any]) -> list[Measure]:
    """Measures that fit the words and the choices of the filter form, by name."""
    wanted = str(filters.get("q") or "").casefold()
    found = []
    for measure in all_measures():
        text = " ".join(map(str, (measure.id, measure.name, measure.definition, measure.pitfall))).casefold()
        fits = all(
            not filters.get(field) or str(value) == filters[field]
            for field, value in (("fact", measure.fact), ("disclosure", measure.disclosure), ("direction", measure.direction))
        )
        if wanted in text and fits:
            found.append(measure)
    return found


def entries(asker: Asker, listed: Sequence[Measure]) -> list[Entry]:
    """Evaluated together, with the reader's rights."""
    window = spans.last_month(asker.today)
    open_ = [measure for measure in listed if not is_blind(measure, asker.viewer)]
    answers = evaluate_many([Question(measure.id, window) for measure in open_], asker.viewer)
    cells = {measure.id: answer.total for measure, answer in zip(open_, answers, strict=True)}
    found = []
    for measure in listed:
        aim = aim_for(measure, asker)
        found.append(
            Entry(replace(measure, minimum_n=aim.measure.minimum_n, practical=aim.measure.practical), aim.target, cells.get(measure.id))
        )
    return found
