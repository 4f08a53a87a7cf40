"""Who is told how much (rule X3). The same for pages, exports, the API and drill-down, because nothing leaves `evaluate` past it.

work: whoever may see the rows sees the figure, however small; rows of others were never counted (sql.scope).
statistic: everybody counts the whole organisation; cells of customers under the minimum are hidden from those who may not see their rows, and as many
    others as their secrecy needs.
voice: answers given in confidence. Teams under the minimum are pooled, once and for all, and every figure is of whole pools; no rows, no export.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from steward.science.fairness import suppress

from .declarations import Rate, facts
from .periods import is_whole
from .questions import Answer, Cell, Hidden, Question, Viewer
from .viewers import subtrees

CUSTOMERS = 10

Ask = Callable[[Question], Answer]


def protect(answer: Answer, viewer: Viewer, ask: Ask) -> Answer:
    """The answer as this reader may have it. ask: answers of the same reader to further questions."""
    if answer.measure.disclosure != "statistic" or _sees_all(answer, viewer):
        return answer
    if answer.question.filters and _cuts_out(answer, viewer, ask):
        return _all_hidden(answer)
    if 0 < _customers(answer, answer.total) < CUSTOMERS:
        return _all_hidden(answer)
    hidden = _hidden_places(answer)
    cells = [_blank(cell, hidden[place]) if place in hidden else cell for place, cell in enumerate(answer.cells)]
    return replace(answer, cells=cells)


def _sees_all(answer: Answer, viewer: Viewer) -> bool:
    fact = facts.get(answer.measure.fact)
    return viewer.all_units <= viewer.units.get(fact.capability, frozenset())


def _customers(answer: Answer, cell: Cell) -> float:
    """How many customers a cell tells of: of a rate those to whom it happened, however many visits there were."""
    return cell.numerator if isinstance(answer.measure.statistic, Rate) else cell.n


def _hidden_places(answer: Answer) -> dict[int, Hidden]:
    """Cells as a one- or two-way table: the first key (with the second) against the period or the last key."""
    rows = sorted({_row(cell) for cell in answer.cells}, key=str)
    columns = sorted({_column(cell) for cell in answer.cells}, key=str)
    table = np.zeros((len(rows), len(columns)))
    place = {}
    for index, cell in enumerate(answer.cells):
        spot = rows.index(_row(cell)), columns.index(_column(cell))
        table[spot] = round(_customers(answer, cell))
        place[spot] = index
    if not table.size:
        return {}
    flat = 1 in table.shape
    found = suppress(table.ravel() if flat else table, CUSTOMERS, show_zeros=True)
    hidden: dict[int, Hidden] = {}
    for spot, index in place.items():
        at = (max(spot),) if flat else spot
        if found.hidden[at]:
            hidden[index] = "small" if found.primary[at] else "complement"
    return hidden


def _row(cell: Cell) -> tuple[Any, ...]:
    return cell.key[:1] if len(cell.key) > 1 or cell.period is not None else ()


def _column(cell: Cell) -> tuple[Any, ...]:
    if len(cell.key) > 1:
        return (*cell.key[1:], cell.period)
    return (cell.period,) if cell.period is not None else cell.key


def _cuts_out(answer: Answer, viewer: Viewer, ask: Ask) -> bool:
    """Whether what the filters leave, or what they leave out, is a group so small that a subtraction would show it.

    Each filter alone is held against the whole table of its dimension: a value that is hidden there is hidden here.
    """
    for name, values in answer.question.filters.items():
        others = {key: value for key, value in answer.question.filters.items() if key != name}
        table = ask(Question(answer.question.measure, answer.question.window, (name,), "", others, "own"))
        wanted = _members(name, values, viewer)
        inside = [cell for cell in table.cells if cell.key[0] in wanted]
        outside = [cell for cell in table.cells if cell.key[0] not in wanted]
        if any(cell.hidden for cell in inside) and any(cell.hidden for cell in outside):
            return True
        if any(0 < sum(_customers(table, cell) for cell in side) < CUSTOMERS for side in (inside, outside)):
            return True
    return not is_whole(answer.question.window, "week") and not is_whole(answer.question.window, "month")


def _members(name: str, values: Sequence[Any], viewer: Viewer) -> set[Any]:
    if name != "unit":
        return set(values)
    return {unit for members in subtrees(viewer, values).values() for unit in members}


def _blank(cell: Cell, why: Hidden) -> Cell:
    return Cell(cell.key, cell.period, None, None, None, 0, 0, 0, why)


def _all_hidden(answer: Answer) -> Answer:
    return replace(answer, cells=[_blank(cell, "small") for cell in answer.cells], total=_blank(answer.total, "small"))
