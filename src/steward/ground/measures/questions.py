"""What is asked of the measures, and what comes back. Plain values: a question can stand in an address, an answer in a frozen report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from .declarations import Measure

Grain = Literal["", "day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
Hidden = Literal["", "small", "complement", "no_rows"]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Local days from `start` to before `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a window ends after it starts")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    def before(self) -> Window:
        """As many days right before."""
        return Window(self.start - timedelta(days=self.days), self.start)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. units: by capability, the units whose rows they may see. confidants: by fact, ids of confidential rows they are on the list of.

    all_units: those a `statistic` counts. paths: the unit tree of the organisation, unit → path. Made from a user by `viewers.viewer_of`; a
    scheduled report asks with its owner's eyes.
    """

    organisation_id: int
    units: Mapping[str, frozenset[int]]
    confidants: Mapping[str, frozenset[int]] = field(default_factory=dict)
    all_units: frozenset[int] = frozenset()
    paths: Mapping[int, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """Readers with the same key see the same."""
        rights = frozenset(self.units.items()), frozenset(self.confidants.items()), self.all_units
        return (self.organisation_id, *rights, frozenset(self.paths.items()))


@dataclass(frozen=True, slots=True)
class Limit:
    """What every single value is held against: at most ("<=") or at least (">=") this amount, in the unit of the measure."""

    comparator: Literal["<=", ">="]
    amount: float


@dataclass(frozen=True, slots=True)
class Question:
    """One measure over a window. by: at most two dimensions. grain: one cell per period besides. filters: dimension → the values that count
    (a unit stands for itself and all below it). level: with `by` unit, whether rows are counted under the children of the filtered unit ("children")
    or under the unit itself ("own"). limit: asked is the share of values that keep it, instead of the figure; for quantiles and means."""

    measure: str
    window: Window
    by: tuple[str, ...] = ()
    grain: Grain = ""
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    level: Literal["children", "own"] = "children"
    limit: Limit | None = None

    def over(self, window: Window) -> Question:
        return replace(self, window=window)

    def split(self, *by: str) -> Question:
        return replace(self, by=by)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. value, low, high are in the measure's unit and None where nothing can be said; n is what stands below the line (rows, or exposure).

    hidden: why a figure is not shown (X3): too few people ("small"), to protect another cell ("complement"), or rows this reader may not see.
    """

    key: Key
    period: date | None
    value: float | None
    low: float | None
    high: float | None
    n: float
    numerator: float
    denominator: float
    hidden: Hidden = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells in the order of key and period, and `total`, the whole of them by ratio of sums. generation, loaded_at: which state of the store."""

    measure: Measure
    question: Question
    cells: Sequence[Cell]
    total: Cell
    generation: int
    loaded_at: datetime | None

    def of(self, *key: Any) -> Cell | None:
        return next((cell for cell in self.cells if cell.key == key), None)


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a series, for charts and effect reviews."""

    start: date
    end: date
    value: float | None
    low: float | None
    high: float | None
    n: float
    numerator: float
    denominator: float
