"""How an app says what can be counted: facts (rows as an analytic table) and measures (figures over them). Duplicates refuse to start.

    facts.register(Fact("cases", Case, columns=(Column("id", "pk"), Column("kind", "kind", "VARCHAR"), …), …))
    measures.register(Measure("reopen_rate", 1, "cases", Share("reopened_in_30", "closed"), when="closed", …))

Expressions are SQL over the columns of the fact, in the portable subset that sqlglot carries to PostgreSQL, ClickHouse and Spark: comparisons,
AND, OR, NOT, IS NULL, IN, CASE, COALESCE, arithmetic. Columns are named, values are literals; nothing a person typed ever becomes SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

if TYPE_CHECKING:
    from .arrays import Batch

Text = str | Promise
ColumnType = Literal["BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "TIMESTAMP", "DATE"]
Disclosure = Literal["work", "statistic", "voice"]
Direction = Literal["up", "down", "none"]
Declared = TypeVar("Declared")
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class Duplicate(ValueError):
    """A fact, measure or dimension is registered twice."""


class UnknownMeasure(LookupError):
    """No measure, fact or dimension of that name is registered."""


@dataclass(frozen=True)
class Column:
    """A column of a fact. source: an ORM path or expression. personal: never leaves the store, and is empty for whoever was erased."""

    name: str
    source: str | Combinable
    type: ColumnType = "BIGINT"
    personal: bool = False


@dataclass(frozen=True)
class Keys:
    """Which rows of a fact are wanted: a range of primary keys (the end is not in it), or a list of them."""

    start: int = 0
    end: int = 0
    ids: tuple[int, ...] = ()

    def q(self, field: str = "pk") -> Q:
        """The condition on a field that holds the key."""
        return Q(**{f"{field}__in": self.ids}) if self.ids else Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})


@dataclass(frozen=True)
class Side:
    """Further columns of the same rows from another query: one row per `key`, such as the first answer of a case.

    rows: the queryset that is asked for the wanted rows; the columns are read from it as from the fact's own model.
    """

    rows: Callable[[Keys], QuerySet[Any]]
    key: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Computed:
    """Columns that Python works out from the others, such as working minutes. work: a batch of rows → one array per column."""

    columns: tuple[tuple[str, ColumnType], ...]
    work: Callable[[Batch], Mapping[str, Any]]


@dataclass(frozen=True)
class RowLink:
    """A row behind a figure, for people: what it is called and where its page is."""

    id: int
    label: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Fact:
    """An app's rows as an analytic table.

    The first column is `id`. unit: the column with the row's unit. times: instants (columns named …_at) that also get a local day, `closed_at` →
    `closed_date`, in the zone of the unit. subjects: which rows an entry changes, by the type of its subject: ids of subjects → ids of rows.
    also: further rows that entries after one number, up to another, change without being their subject. rebuild_on: codes of entries after
    which every row may differ. capability: who may see the rows. confidential: a boolean column; such rows
    count only for those on the need-to-know list of the matter: a row of `confidential_model` (default: the fact's own) whose id stands in the
    column `confidential_key`. dimensions: name of a dimension → column, where they differ. rows: links for people, for
    those of the ids that `user` may see.
    """

    name: str
    model: type[Model]
    columns: tuple[Column, ...]
    capability: str
    subjects: Mapping[str, Callable[[Sequence[int]], Iterable[int]]]
    label: Text
    sides: tuple[Side, ...] = ()
    computed: tuple[Computed, ...] = ()
    times: tuple[str, ...] = ()
    unit: str = "unit_id"
    confidential: str = ""
    confidential_model: type[Model] | None = None
    confidential_key: str = "id"
    dimensions: Mapping[str, str] = field(default_factory=dict)
    rebuild_on: frozenset[str] = frozenset()
    also: Callable[[int, int], Iterable[int]] | None = None
    rows: Callable[[Any, Sequence[int]], list[RowLink]] | None = None

    @property
    def schema(self) -> dict[str, ColumnType]:
        """Names and types of all columns in their order, local days included."""
        found: dict[str, ColumnType] = {column.name: column.type for column in self.columns}
        for side in self.sides:
            found |= {column.name: column.type for column in side.columns}
        found |= {day_of(name): "DATE" for name in self.times}
        for computed in self.computed:
            found |= dict(computed.columns)
        return found

    def knows(self, dimension: Dimension) -> bool:
        """Whether rows can be told apart by a dimension."""
        return self.dimensions.get(dimension.name, dimension.column) in self.schema

    @property
    def personal(self) -> frozenset[str]:
        every = [*self.columns, *(column for side in self.sides for column in side.columns)]
        return frozenset(column.name for column in every if column.personal)


def breakdowns(measure: Measure) -> list[Dimension]:
    """What a measure can be broken down and filtered by: what all its facts know; answers given in confidence by unit alone."""
    if measure.disclosure == "voice":
        return [dimensions.get("unit")]
    known = [facts.get(measure.fact)]
    if isinstance(measure.statistic, Rate):
        known.append(facts.get(measure.statistic.exposure_fact))
    return [one for one in dimensions.all() if all(fact.knows(one) for fact in known)]


def day_of(instant: str) -> str:
    """The name of the local day of an instant: `closed_at` → `closed_date`."""
    return instant.removesuffix("_at") + "_date"


# What a measure makes of its rows. Every kind knows its interval (domain §4.1); evaluate.py computes them.


@dataclass(frozen=True)
class Share:
    """numerator ÷ denominator in percent, both conditions on the rows of the fact; Wilson's interval."""

    numerator: str
    denominator: str = "TRUE"


@dataclass(frozen=True)
class Rate:
    """Events per `per` units of exposure, which another fact counts; exact Poisson interval. amount: how much one row of it weighs."""

    events: str
    exposure_fact: str
    exposure_when: str
    exposure: str = "TRUE"
    amount: str = "1"
    per: int = 1000


@dataclass(frozen=True)
class Quantile:
    """A quantile of `value` among rows where it is known; interval by order statistics."""

    value: str
    q: float = 0.5


@dataclass(frozen=True)
class Survival:
    """A quantile of a duration of which some have not ended yet (Kaplan–Meier).

    value: the duration where it is over, else NULL; start: the instant from which one that goes on is counted; `per` seconds make one unit of value.
    """

    value: str
    start: str
    q: float = 0.5
    per: int = 3600


@dataclass(frozen=True)
class Age:
    """A quantile of how long ago `start` was when the store was loaded; `per` seconds make one unit. For what holds now; order statistics."""

    start: str
    q: float = 0.5
    per: int = 86_400


@dataclass(frozen=True)
class Mean:
    """The mean of `value`; Student's interval."""

    value: str


@dataclass(frozen=True)
class Ratio:
    """Sum of `numerator` ÷ sum of `denominator` over the rows, times `per`; interval of a ratio of sums (linearised)."""

    numerator: str
    denominator: str
    per: int = 100


@dataclass(frozen=True)
class Count:
    """How many rows; the interval is that of a Poisson count."""

    where: str = "TRUE"


Statistic = Share | Rate | Quantile | Survival | Age | Mean | Ratio | Count


@dataclass(frozen=True)
class Measure:
    """One figure, declared once.

    when: the instant (without _at) by whose local day a row belongs to a period; "" for what holds now, such as a backlog. where: which rows
    count at all. unit: "%", "‰", "h", "min", "n", "d". practical: the smallest change that matters, in the unit (for counts and rates: as a
    share, 0.2 = 20 %).
    direction: which way is better. counter: the measure that would suffer if this one were gamed. minimum_n: below, nothing is said.
    definition: one sentence for people, with what counts above and below the line; pitfall: what the figure does not say.
    """

    id: str
    version: int
    fact: str
    statistic: Statistic
    name: Text
    definition: Text
    when: str
    unit: str
    practical: float
    direction: Direction = "none"
    where: str = "TRUE"
    minimum_n: int = 30
    counter: str = ""
    pitfall: Text = ""
    disclosure: Disclosure = "work"
    digits: int = 1
    owner: Text = ""
    dimensions: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """What a report stores beside a figure: the id with its version."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True)
class Dimension:
    """Something figures can be broken down and filtered by. labels: keys → words for people, in their language."""

    name: str
    label: Text
    column: str
    labels: Callable[[Sequence[Any]], Mapping[Any, str]]
    people: bool = False  # groups of staff: they are never ranked
    model: type[Model] | None = None  # the keys are rows of it; outside they go by their public id

    def public_ids(self, keys: Iterable[Any]) -> dict[Any, list[str]]:
        """The ids by which keys are known outside the house; a pool of teams has several."""
        if self.model is None:
            return {}
        members = {key: key if isinstance(key, tuple) else (key,) for key in keys if key is not None}
        wanted = {int(one) for parts in members.values() for one in parts}
        known = dict(self.model._base_manager.filter(pk__in=wanted).values_list("pk", "public_id"))
        return {key: [str(known[int(one)]) for one in parts if int(one) in known] for key, parts in members.items()}


class Registry(Generic[Declared]):
    """Declarations of one kind by their name."""

    def __init__(self, kind: str, key: Callable[[Declared], str]) -> None:
        self._kind, self._key = kind, key
        self._known: dict[str, Declared] = {}

    def register(self, *declared: Declared) -> None:
        for one in declared:
            name = self._key(one)
            if not NAME.match(name):
                raise ValueError(f"{name!r} is no name of a {self._kind}: small letters, digits and _ only.")
            if name in self._known:
                raise Duplicate(f"The {self._kind} {name!r} is registered twice.")
            self._known[name] = one

    def get(self, name: str) -> Declared:
        try:
            return self._known[name]
        except KeyError:
            raise UnknownMeasure(f"There is no {self._kind} {name!r}.") from None

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def all(self) -> list[Declared]:
        return list(self._known.values())

    def forget(self, name: str) -> None:
        """For tests that register something of their own."""
        self._known.pop(name, None)


facts: Registry[Fact] = Registry("fact", lambda fact: fact.name)
measures: Registry[Measure] = Registry("measure", lambda measure: measure.id)
dimensions: Registry[Dimension] = Registry("dimension", lambda dimension: dimension.name)
