"""How far a standard is kept: its measure, asked for a unit and a period, held against its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor
from typing import Any, Literal

from steward.ground.access.models import Unit
from steward.ground.measures.compare import Change, compare
from steward.ground.measures.declarations import Measure, breakdowns, measures
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.periods import first_of, following
from steward.ground.measures.questions import Cell, Limit, Question, Viewer, Window
from steward.ground.measures.targets import aim_of
from steward.ground.measures.words import unit_words
from steward.ground.ui.figures import number_words

from ..controlled.kinds import Content
from ..models import ControlledDocument
from .models import PublishedResult

State = PublishedResult.State


@dataclass(frozen=True)
class Attainment:
    """measure: with the thresholds of the unit, as the share of values where single ones are held against a limit. aim: what it has to reach.
    loaded_at: up to when the figures go."""

    question: Question
    measure: Measure
    cell: Cell
    loaded_at: datetime | None
    aim: float
    comparator: Literal["<=", ">="]

    @property
    def state(self) -> PublishedResult.State:
        """By the figure itself: a promise is kept or it is not. Below the smallest number of rows nothing is said."""
        if self.cell.value is None or self.cell.hidden or self.cell.n < self.measure.minimum_n:
            return State.UNKNOWN
        kept = self.cell.value <= self.aim if self.comparator == "<=" else self.cell.value >= self.aim
        return State.KEPT if kept else State.MISSED

    @property
    def rounded(self) -> str:
        """As it is told outside: rounded to our disadvantage, so that no rounding turns a miss into a success."""
        return told(self.measure, self.cell.value, self.comparator)

    @property
    def aim_words(self) -> str:
        return number_words(self.aim, digits=0 if float(self.aim).is_integer() else 1, unit=unit_words(self.measure))


def told(measure: Measure, value: float | None, comparator: str) -> str:
    """Percent as a whole number, anything else with one decimal; away from the aim.

    >>> told(measures.get("reopen_rate"), 9.01, "<=")  # doctest: +SKIP
    '10%'
    """
    if value is None:
        return ""
    digits = 0 if measure.unit == "%" else 1
    scale = 10**digits
    # What a computer makes of 0.71 × 100 is 70.99999999999999: a billionth is no shortfall.
    cut = ceil(value * scale - 1e-9) if comparator == "<=" else floor(value * scale + 1e-9)
    return number_words(cut / scale, digits=digits, unit=unit_words(measure))


def question_of(content: Content, document: ControlledDocument, unit: Unit, window: Window) -> Question:
    measure = measures.get(content["measure"])
    filters: dict[str, tuple[Any, ...]] = {"unit": (unit.pk,)}
    if document.service_id and any(one.name == "service" for one in breakdowns(measure)):
        filters["service"] = (document.service_id,)
    limit = Limit(content["comparator"], float(content["threshold"])) if content["target"] is not None else None
    return Question(measure.id, window, filters=filters, limit=limit)


def attainments(content: Content, document: ControlledDocument, unit: Unit, windows: Sequence[Window], viewer: Viewer) -> list[Attainment]:
    """One for each window. The standard must be measured. Errors: NotPossible."""
    answers = evaluate_many([question_of(content, document, unit, window) for window in windows], viewer)
    found = []
    for answer in answers:
        own = aim_of(answer.measure, unit, answer.question.window.last).measure
        if content["target"] is None:
            found.append(
                Attainment(answer.question, own, answer.total, answer.loaded_at, float(content["threshold"]), content["comparator"])
            )
        else:
            found.append(Attainment(answer.question, own, answer.total, answer.loaded_at, float(content["target"]), ">="))
    return found


def drift(content: Content, document: ControlledDocument, unit: Unit, now: Window, before: Window, viewer: Viewer) -> Change:
    """The change between two periods, as one of a series: its control chart must agree before anything is called evidence."""
    return compare(question_of(content, document, unit, now), before, viewer)


def month_of(day: date) -> Window:
    start = first_of(day, "month")
    return Window(start, following(start, "month"))


def months_until(today: date, count: int) -> list[Window]:
    """The last whole months, the newest first."""
    found = []
    day = first_of(today, "month")
    for _step in range(count):
        found.append(month_of(day - timedelta(days=1)))
        day = found[-1].start
    return found
