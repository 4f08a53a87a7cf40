"""Hiding small cells of a table so that no subtraction brings them back.

A table with totals is a net: each row and each column, totals included, adds up to 0 when totals count as negative. A hidden cell is safe when
hidden cells form a closed loop through it along which its value could rise to the minimum while everything shown stays as it is.
Each small cell gets such a loop, the cheapest in cells that must be hidden besides; loops use cells that are hidden already for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from steward.science.guards import NoData, positive
from steward.science.guards import counts as whole_numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steward.science.guards import Floats

    Mask = NDArray[np.bool_]
    Cell = tuple[int, int]

TOTAL, GRAND_TOTAL = 10.0, 100.0  # what hiding one costs more than hiding a plain cell: readers need totals most


@dataclass(frozen=True, slots=True, eq=False)
class Suppression:
    """A table with its totals appended (last row, last column): ``shown`` has NaN where ``hidden``; ``primary`` are the small cells."""

    shown: Floats
    hidden: Mask
    primary: Mask
    minimum: float


def suppress(counts: ArrayLike, minimum: float = 10, *, totals: bool = True, show_zeros: bool = False) -> Suppression:
    """Hide the cells of a one- or two-way table of ``counts`` that are under ``minimum``, and as many others as their secrecy needs.

    ``counts`` are the plain cells; their totals are added, are hidden when small themselves, and are published unless ``totals`` is False (then
    nothing can be subtracted and only small cells are hidden). ``show_zeros`` lets zeros stand, where "nobody" may be known.
    Whoever sees the result, and knows that counts are whole and not negative, can rule out for no small cell that it is ``minimum`` or more,
    nor learn of any union of hidden cells that it is under ``minimum``. That holds for this table alone: several tables of the same
    people, or of two dates, must be protected as one.
    Errors: NotANumber, ValueError, NoData for a table without cells.
    Sources: Cox (1980), JASA 75, 377–385; Willenborg & de Waal (2001), Elements of Statistical Disclosure Control.
    """
    plain = whole_numbers(counts, "counts", None)
    least = positive(minimum, "minimum")
    if plain.ndim not in (1, 2):
        raise ValueError("counts must be a one- or two-way table")
    if not plain.size:
        raise NoData("a table without cells has nothing to show")
    if not totals:
        small = _small(plain, least, show_zeros)
        return Suppression(np.where(small, np.nan, plain), small.copy(), small, least)
    net = _Net.of(plain, least, show_zeros)
    net.protect_all()
    shape = (slice(None), slice(None)) if plain.ndim == 2 else (0, slice(None))
    hidden, primary = net.hidden[shape], net.primary[shape]
    return Suppression(np.where(hidden, np.nan, net.counts[shape]), hidden, primary, least)


def _small(table: Floats, minimum: float, show_zeros: bool) -> Mask:
    return (table < minimum) & ((table > 0) | (not show_zeros))


@dataclass(slots=True)
class _Net:
    """The table with totals; ``room[q]`` says by how much the signed value of a cell may move in direction q (0 down, 1 up)."""

    counts: Floats
    cost: Floats
    sign: Floats
    minimum: float
    primary: Mask
    hidden: Mask = field(init=False)
    room: tuple[Floats, Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = self.primary | (self.cost == 0)
        plus = self.sign > 0
        self.room = (np.where(plus, self.counts, np.inf), np.where(plus, np.inf, self.counts))

    @classmethod
    def of(cls, plain: Floats, minimum: float, show_zeros: bool) -> _Net:
        flat = plain.ndim == 1
        table = np.atleast_2d(plain)
        table = np.hstack([table, table.sum(axis=1, keepdims=True)])
        # In a one-way table the columns do not add up to anything: the row of column totals is unknown and free.
        below = np.full((1, table.shape[1]), np.inf) if flat else table.sum(axis=0, keepdims=True)
        table = np.vstack([table, below])
        sign = np.ones_like(table)
        sign[-1, :] *= -1
        sign[:, -1] *= -1
        primary = _small(table, minimum, show_zeros)
        cost = 1 + table / (1 + plain.sum())
        cost[-1, :] += TOTAL
        cost[:, -1] += TOTAL
        cost[-1, -1] += GRAND_TOTAL
        if flat:
            cost[-1, :] = 0
            cost[0, -1] += GRAND_TOTAL
        return cls(table, cost, sign, minimum, primary)

    def protect_all(self) -> None:
        """Give every small cell its loop, the smallest first, because it needs the most room."""
        cells = [(int(row), int(column)) for row, column in np.argwhere(self.primary)]
        for cell in sorted(cells, key=lambda place: float(self.counts[place])):
            for other in self._loop(cell):
                self.hidden[other] = True

    def _loop(self, cell: Cell) -> list[Cell]:
        """The cheapest path of cells from the row of ``cell`` to its column that lets it rise to the minimum.

        Rows and columns are the stations, cells the ways between them. Leaving a row moves a cell against ``cell``, leaving a column with it.
        One always exists: the loop over the totals can rise without end.
        """
        rows = self.counts.shape[0]
        start, goal = cell[0], rows + cell[1]
        need = self.minimum - float(self.counts[cell])
        with_it = int(self.sign[cell] > 0)
        price = np.where(self.hidden, 0.0, self.cost)
        ways = tuple(np.where(self.room[direction] >= need, price, np.inf) for direction in (1 - with_it, with_it))
        ways[0][cell] = ways[1][cell] = np.inf
        best, came = {start: 0.0}, {start: start}
        queue = [(0.0, start)]
        while queue:
            spent, station = heappop(queue)
            if station == goal:
                break
            if spent > best[station]:
                continue
            prices, offset = (ways[0][station], rows) if station < rows else (ways[1][:, station - rows], 0)
            for index in np.flatnonzero(np.isfinite(prices)):
                reached, total = int(index) + offset, spent + float(prices[index])
                if total < best.get(reached, np.inf):
                    best[reached], came[reached] = total, station
                    heappush(queue, (total, reached))
        return self._cells_back(goal, start, came)

    def _cells_back(self, goal: int, start: int, came: dict[int, int]) -> list[Cell]:
        rows, path, station = self.counts.shape[0], [], goal
        while station != start:
            previous = came[station]
            row, column = sorted((previous, station))
            path.append((row, column - rows))
            station = previous
        return path
