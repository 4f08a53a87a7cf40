"""The figures above the register: measures, asked like any other (rule X1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from steward.ground.access.models import User
from steward.ground.measures.declarations import Measure, measures
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.questions import Cell, Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.measures.words import unit_words
from steward.ground.ui.figures import number_words, range_words

SHOWN = (
    "action_effective_rate", "action_ineffective_rate", "action_inconclusive_rate", "action_reviewed_rate", "action_rung_b_rate",
    "action_cycle_time", "action_overdue_rate",
)  # fmt: skip
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Stat:
    """A figure with its interval and n; without a value there is not enough to say."""

    label: str
    value: str
    range: str
    n: int
    definition: str


def stats(user: User, *, at: datetime, today: date) -> list[Stat]:
    """The last twelve months up to today, for the units this person sees."""
    window = Window(today - YEAR, today + timedelta(days=1))
    answers = evaluate_many([Question(name, window) for name in SHOWN], viewer_of(user, at=at))
    return [_stat(measures.get(name), answer.total) for name, answer in zip(SHOWN, answers, strict=True)]


def _stat(measure: Measure, cell: Cell) -> Stat:
    known = cell.value is not None and not cell.hidden
    return Stat(
        str(measure.name),
        number_words(cell.value, digits=measure.digits, unit=unit_words(measure)) if known else "",
        range_words(cell.low, cell.high, digits=measure.digits) if known else "",
        round(cell.n),
        str(measure.definition),
    )
