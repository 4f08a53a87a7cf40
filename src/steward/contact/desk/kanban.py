"""The list of cases as columns by state. There is no second truth: a column is a state, and a card moves only by what changes the state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from steward.core.cases.models import Case, State
from steward.core.cases.queries import filtered, in_lists, visible_cases
from steward.ground.access.models import User

COLUMNS = (State.NEW, State.OPEN, State.ON_HOLD, State.CLOSED)
CARDS = 20
MORE = 100
# Where a card of each state can go. Nothing becomes new again, and what is closed goes on before it can wait.
WAYS: dict[State, tuple[State, ...]] = {
    State.NEW: (State.OPEN, State.ON_HOLD, State.CLOSED),
    State.OPEN: (State.ON_HOLD, State.CLOSED),
    State.ON_HOLD: (State.OPEN, State.CLOSED),
    State.CLOSED: (State.OPEN,),
}
# Moves that need no further word.
DIRECT = frozenset({(State.NEW, State.OPEN), (State.ON_HOLD, State.OPEN)})


@dataclass(frozen=True)
class Way:
    state: State
    direct: bool

    @property
    def label(self) -> str | Promise:
        return self.state.label


@dataclass(frozen=True)
class Card:
    case: Case
    ways: Sequence[Way]

    @property
    def targets(self) -> str:
        return " ".join(way.state.value for way in self.ways)


@dataclass(frozen=True)
class Column:
    """more: there are further cards; widened: as many are shown as the board ever shows, the rest stands in the list."""

    state: State
    cards: Sequence[Card] = field(default_factory=list)
    more: bool = False
    widened: bool = False
    left_out: bool = False

    @property
    def count(self) -> str:
        return f"{len(self.cards)}+" if self.more else str(len(self.cards))


def ways_of(case: Case) -> list[Way]:
    state = State(case.state)
    return [Way(target, (state, target) in DIRECT) for target in WAYS.get(state, ())]


def columns(user: User, filters: dict[str, Any], *, at: datetime, widened: str = "", may_work: bool) -> list[Column]:
    chosen = filters.get("state") or ""
    return [
        Column(state, left_out=True)
        if chosen in COLUMNS and chosen != state
        else _column(user, filters, state, at=at, limit=MORE if widened == state else CARDS, may_work=may_work)
        for state in COLUMNS
    ]


def _column(user: User, filters: dict[str, Any], state: State, *, at: datetime, limit: int, may_work: bool) -> Column:
    rows = filtered(in_lists(visible_cases(user, at=at)), {**filters, "state": state.value}, user=user, at=at)
    order = ("-changed_at", "-pk") if state == State.CLOSED else ("next_due_at", "pk")
    found = list(rows.order_by(*order)[: limit + 1])
    cards = [Card(case, ways_of(case) if may_work else []) for case in found[:limit]]
    return Column(state, cards, more=len(found) > limit, widened=limit == MORE)
