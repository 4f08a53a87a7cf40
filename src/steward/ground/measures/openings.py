"""On how many days of a window there could be something to count: a month with a long holiday has fewer cases, and that says nothing.

The calendar of a unit is believed only as far as its own rows bear it out: where much arrives on days it calls closed (a hotel under office hours),
every day counts. So an office calendar never turns the fall of a house that opens daily into a rise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from steward.ground.worktime.queries import default_calendars, work_calendar
from steward.science.worktime import WorkCalendar, is_workday

from .declarations import Count, breakdowns, measures
from .engines import Engine
from .evaluate import evaluate_many
from .questions import Answer, Question, Viewer, Window

REFERENCE = timedelta(weeks=13)  # how long before the window the rows are looked at
BORNE_OUT = 0.05  # share of a unit's rows on closed days up to which its calendar is believed


@dataclass(frozen=True, slots=True)
class Openings:
    """The units of a question: each unit's rows per open day, with the calendar that its rows bear out (None: open every day)."""

    units: Sequence[tuple[float, WorkCalendar | None]] = ()

    @property
    def by_calendar(self) -> bool:
        """Whether any day is left out at all."""
        return any(calendar is not None for _weight, calendar in self.units)

    def days(self, window: Window) -> float:
        """Opening days of the window, the units weighted by what they usually count on such a day."""
        if not self.by_calendar:
            return float(window.days)
        whole = sum(weight for weight, _calendar in self.units)
        return sum(weight * _open_days(calendar, window) for weight, calendar in self.units) / whole


EVERY_DAY = Openings()


def openings(question: Question, viewer: Viewer, *, on: Engine | None = None) -> Openings:
    """Read off the rows of the thirteen weeks before the window and of the window itself. Only counts of things that come day by day have any."""
    return openings_of([question], viewer, on=on)[0]


def openings_of(questions: Sequence[Question], viewer: Viewer, *, on: Engine | None = None) -> list[Openings]:
    """The same for several questions, counted together."""
    daily = [_daily(question) for question in questions]
    answers = iter(evaluate_many([one for one in daily if one is not None], viewer, on=on))
    return [EVERY_DAY if one is None else _read_off(next(answers), viewer) for one in daily]


def _daily(question: Question) -> Question | None:
    measure = measures.get(question.measure)
    if not isinstance(measure.statistic, Count) or not measure.when or "unit" not in {one.name for one in breakdowns(measure)}:
        return None
    window = Window(question.window.start - REFERENCE, question.window.end)
    return Question(question.measure, window, ("unit",), "day", question.filters, "own")


def _read_off(answer: Answer, viewer: Viewer) -> Openings:
    rows: dict[int, dict[date, float]] = defaultdict(dict)
    for cell in answer.cells:
        if cell.period is not None and cell.key[0] is not None and not cell.hidden:
            rows[int(cell.key[0])][cell.period] = cell.n
    calendars = default_calendars({unit: viewer.paths[unit] for unit in rows if unit in viewer.paths})
    return Openings(
        [
            _unit(counts, work_calendar(calendars[unit]) if unit in calendars else None, answer.question.window)
            for unit, counts in sorted(rows.items())
        ]
    )


def _unit(counts: dict[date, float], calendar: WorkCalendar | None, window: Window) -> tuple[float, WorkCalendar | None]:
    whole = sum(counts.values())
    if calendar is not None:
        closed = sum(count for day, count in counts.items() if not is_workday(calendar, day))
        if closed > BORNE_OUT * whole:
            calendar = None
    return whole / max(_open_days(calendar, window), 1), calendar


def _open_days(calendar: WorkCalendar | None, window: Window) -> int:
    if calendar is None:
        return window.days
    return sum(is_workday(calendar, window.start + timedelta(days=day)) for day in range(window.days))
