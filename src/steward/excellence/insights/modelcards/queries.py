"""What holds for a model now, and what the rest of the house may use of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Literal

from steward.ground.access.models import Unit

from .canonical import hash_of, written
from .errors import InputDamaged
from .models import HumanOverride, ModelReview, ModelRun, ModelSwitch, State
from .registry import ModelCard, card_of

OVERRIDES = 60


@dataclass(frozen=True)
class Desk:
    """A model at one organisation: its last run, switch and review. today: by the organisation's clock."""

    card: ModelCard
    unit: Unit
    at: datetime
    run: ModelRun | None
    switch: ModelSwitch | None
    review: ModelReview | None
    overrides: Sequence[HumanOverride] = field(default=())

    @property
    def state(self) -> State:
        return State(self.switch.state) if self.switch else State.TRIAL

    @property
    def today(self) -> date:
        return self.at.astimezone(self.unit.timezone).date()

    @cached_property
    def now(self) -> dict[str, Any]:
        """What the model reads, as it stands now."""
        return self.card.gather(self.unit, self.at)

    @cached_property
    def said(self) -> dict[str, Any]:
        """The last run's output, as long as it is about days ahead and the model is on; else the baseline of today."""
        if self.run is not None and self.state != State.OFF:
            found = self.run.said
            if found["days"] and found["days"][0] <= self.today.isoformat() <= found["days"][-1]:
                return found
        return self.card.plain(self.now)

    @property
    def last_day(self) -> date:
        return self.today + timedelta(days=self.card.horizon - 1)


def desk_of(card: ModelCard, unit: Unit, *, at: datetime) -> Desk:
    """Four small queries."""
    rows: dict[str, Any] = {"card": card.key, "unit": unit}
    overrides = HumanOverride.objects.filter(**rows).select_related("by").order_by("-day_date", "-at", "-pk")[:OVERRIDES]
    return Desk(
        card,
        unit,
        at,
        ModelRun.objects.filter(**rows).select_related("by").order_by("-at", "-pk").first(),
        ModelSwitch.objects.filter(**rows).select_related("by").order_by("-pk").first(),
        ModelReview.objects.filter(**rows).select_related("by").order_by("-at", "-pk").first(),
        list(overrides),
    )


@dataclass(frozen=True)
class ServedDay:
    """source: who speaks: a person (`override`), the `model`, or the `baseline`. low, high: of the model alone."""

    day: date
    value: float
    source: Literal["override", "model", "baseline"]
    low: float | None = None
    high: float | None = None


def served(card_key: str, unit: Unit, *, at: datetime) -> list[ServedDay]:
    """The days ahead, for whoever plans with them: people's values first, then the model where its use is approved and it beats its baseline, else
    the baseline. Empty when there is not even a week of history; never an error because a model is off."""
    return served_by(desk_of(card_of(card_key), unit, at=at))


def served_by(desk: Desk) -> list[ServedDay]:
    said = desk.said
    run = desk.run
    uses = desk.state == State.IN_USE and run is not None and run.beats_baseline is True and bool(said.get("values"))
    decided = newest_by_day(desk.overrides)
    found = []
    for place, day in enumerate(date.fromisoformat(text) for text in said["days"]):
        if day < desk.today:
            continue
        if day in decided:
            found.append(ServedDay(day, decided[day].value, "override"))
        elif uses:
            found.append(ServedDay(day, said["values"][place], "model", said["low"][place], said["high"][place]))
        else:
            found.append(ServedDay(day, said["baseline"][place], "baseline"))
    return found


def newest_by_day(overrides: Iterable[HumanOverride]) -> dict[date, HumanOverride]:
    """The value that counts for each day; overrides come newest first."""
    found: dict[date, HumanOverride] = {}
    for row in overrides:
        found.setdefault(row.day_date, row)
    return found


@dataclass(frozen=True)
class Worth:
    """What a person's value was worth once the day is over: how many cases it lay nearer than the forecast; negative when it lay further."""

    row: HumanOverride
    actual: int | None
    gained: float | None


def worths(desk: Desk) -> list[Worth]:
    actual = actual_by_day(desk.now)
    return [_worth(row, actual.get(row.day_date)) for row in newest_by_day(desk.overrides).values()]


def _worth(row: HumanOverride, actual: int | None) -> Worth:
    if actual is None or row.model_value is None:
        return Worth(row, actual, None)
    return Worth(row, actual, abs(row.model_value - actual) - abs(row.value - actual))


def actual_by_day(inputs: Mapping[str, Any]) -> dict[date, int]:
    first = date.fromisoformat(inputs["first"])
    return {first + timedelta(days=place): count for place, count in enumerate(inputs["counts"])}


def reproduce_run(run: ModelRun) -> str:
    """The output of a run, made again from its stored inputs and seed; the same bytes as `run.output` under the same `code_version`.

    Raises InputDamaged when the inputs are not those of the hash.
    """
    if hash_of(run.inputs) != run.data_hash:
        raise InputDamaged()
    return written(card_of(run.card).work(json.loads(run.inputs), run.seed))
