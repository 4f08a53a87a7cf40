"""Every model and forecast in use has a card: what it is for, what it reads, who answers for it, what it never decides. No card, no run.

register(ModelCard("intake_forecast", 1, _("Intake forecast"), …, gather=intake.gather, work=intake.work, plain=intake.plain))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from steward import __version__
from steward.ground.access.models import Unit

Text = str | Promise
Json = dict[str, Any]


@dataclass(frozen=True)
class ModelCard:
    """One model.

    version: raised with every change of what `work` gives. owner_role: the built-in role that answers for it. never: what it does not decide (X12).
    legal: whether the law asks for an impact assessment (PIPL 55), and why. limits: when not to rely on it.
    gather(unit, at): all it reads, as JSON. work(inputs, seed): what it says, from that and nothing else. plain(inputs): the baseline alone.
    horizon: days ahead.
    """

    key: str
    version: int
    name: Text
    purpose: Text
    reads: Text
    owner_role: str
    owner: Text
    baseline: Text
    metric: Text
    never: Text
    legal: Text
    limits: Sequence[Text]
    horizon: int
    gather: Callable[[Unit, datetime], Json]
    work: Callable[[Mapping[str, Any], int], Json]
    plain: Callable[[Mapping[str, Any]], Json]

    @property
    def code_version(self) -> str:
        return f"{self.version}@{__version__}"


_cards: dict[str, ModelCard] = {}


def register(card: ModelCard) -> ModelCard:
    """Add a card, in `AppConfig.ready()`. Raises ValueError for a duplicate."""
    if card.key in _cards:
        raise ValueError(f"The model {card.key!r} has two cards.")
    _cards[card.key] = card
    return card


def cards() -> list[ModelCard]:
    return [_cards[key] for key in sorted(_cards)]


def card_of(key: str) -> ModelCard:
    """Raises KeyError with the known keys."""
    try:
        return _cards[key]
    except KeyError:
        raise KeyError(f"No model is called {key!r}. Known: {', '.join(sorted(_cards))}.") from None


def known(key: str) -> bool:
    return key in _cards
