"""Running a model, and people's say over it: approve, switch off and on, decide a day by hand, review. No model changes its own state."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from steward.ground.access.errors import Forbidden
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import policy_for, require
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.measures import store

from . import events
from .canonical import hash_of, written
from .errors import DayNotAhead, IsOff, NeedsReason, NothingLoaded, NotPossibleNow, NotProven
from .models import Drift, HumanOverride, ModelReview, ModelRun, ModelSwitch, State
from .queries import Desk, desk_of, reproduce_run
from .registry import ModelCard

SEED = 20260302
Turn = ModelSwitch.Turn


def run_model(*, card: ModelCard, unit: Unit, by: Actor, at: datetime, seed: int = SEED) -> ModelRun:
    """Run a model on the data of now and keep everything. The same data again give the run that there is, so it is safe to run twice.

    Raises IsOff, and NothingLoaded before the first load of the figures.
    """
    require(by, "models.steer", unit, at=at)
    if desk_of(card, unit, at=at).state == State.OFF:
        raise IsOff()
    if store.current().loaded_at is None:
        raise NothingLoaded()
    inputs = written(card.gather(unit, at))
    same = {"card": card.key, "unit": unit, "data_hash": hash_of(inputs), "seed": seed, "code_version": card.code_version}
    known = ModelRun.objects.filter(**same).first()
    if known is not None:
        return known
    # Counting takes longest and reads nothing but the inputs: no lock is held meanwhile.
    said = card.work(json.loads(inputs), seed)
    try:
        return _keep_run(same, inputs, said, by, at)
    except IntegrityError:
        return ModelRun.objects.get(**same)  # another worker was quicker with the same


@transaction.atomic
def _keep_run(same: dict[str, Any], inputs: str, said: dict[str, Any], by: Actor, at: datetime) -> ModelRun:
    drift = said["drift"]
    run = ModelRun.objects.create(
        **same,
        at=at,
        by=by.user,
        inputs=inputs,
        output=written(said),
        quality=said.get("quality"),
        baseline_quality=said.get("baseline_quality"),
        beats_baseline=said.get("beats"),
        drift=Drift(drift["state"]),
        psi=drift.get("psi"),
        ks=drift.get("ks"),
        limits_version=json.loads(inputs)["limits_version"],
    )
    event = events.RunMade(run.card, run.data_hash, run.seed, run.code_version, run.beats_baseline, run.drift)
    journal.record(event, subject=run, by=by, at=at, unit_id=run.unit_id)
    return run


def check_run(*, run: ModelRun, by: Actor, at: datetime) -> bool:
    """Make the output of a run again and say whether it is the same, byte for byte. Raises InputDamaged."""
    policy_for(ModelRun).require(by, "steer", run, at=at)
    same = reproduce_run(run) == run.output
    with transaction.atomic():
        journal.record(events.RunReproduced(run.card, same), subject=run, by=by, at=at, unit_id=run.unit_id)
    return same


@transaction.atomic
def switch_model(*, card: ModelCard, unit: Unit, turn: str, by: Actor, at: datetime, reason: str) -> ModelSwitch:
    """Approve a model after its trial, switch it off, or on again (to where it was before). Only a named person does.

    Raises NeedsReason, NotPossibleNow, and NotProven when the last run did not beat its baseline.
    """
    person = _person(by, unit, at, reason)
    desk = desk_of(card, unit, at=at)
    state = _state_after(desk, turn)
    try:
        with transaction.atomic():
            row = ModelSwitch.objects.create(
                card=card.key, unit=unit, at=at, by=person, turn=turn, state=state, reason=reason.strip(), follows=desk.switch
            )
    except IntegrityError:
        raise NotPossibleNow(state=desk_of(card, unit, at=at).state.label) from None
    journal.record(events.ModelSwitched(card.key, turn, state), subject=row, by=by, at=at, unit_id=unit.pk, reason=reason)
    return row


def _state_after(desk: Desk, turn: str) -> State:
    if turn == Turn.APPROVE and desk.state == State.TRIAL:
        if desk.run is None or desk.run.beats_baseline is not True:
            raise NotProven()
        return State.IN_USE
    if turn == Turn.OFF and desk.state != State.OFF:
        return State.OFF
    if turn == Turn.ON and desk.switch is not None and desk.state == State.OFF:
        return State(desk.switch.follows.state) if desk.switch.follows else State.TRIAL
    raise NotPossibleNow(state=desk.state.label)


@transaction.atomic
def override_day(
    *, card: ModelCard, unit: Unit, day: date, value: float, by: Actor, at: datetime, reason: str
) -> HumanOverride:  # fmt: skip
    """Put a value in place of the forecast of a day from today on. What the forecast said is kept beside it, to see later who was nearer."""
    person = _person(by, unit, at, reason)
    desk = desk_of(card, unit, at=at)
    if not desk.today <= day <= desk.last_day:
        raise DayNotAhead(first=desk.today.isoformat(), last=desk.last_day.isoformat())
    said = desk.said
    shown = said.get("values") or said["baseline"]
    model_value = dict(zip(said["days"], shown, strict=True)).get(day.isoformat())
    row = HumanOverride.objects.create(
        card=card.key, unit=unit, at=at, by=person, day_date=day, value=value, reason=reason.strip(), run=desk.run, model_value=model_value
    )
    event = events.DayOverridden(card.key, day.isoformat(), value, model_value)
    journal.record(event, subject=row, by=by, at=at, unit_id=unit.pk, reason=reason)
    return row


@transaction.atomic
def review_model(
    *, card: ModelCard, unit: Unit, outcome: str, by: Actor, at: datetime, reason: str, next_date: date | None = None
) -> ModelReview:
    """Record that somebody looked at the model as a whole. next_date: when again; by default after the days that the rule gives."""
    person = _person(by, unit, at, reason)
    desk = desk_of(card, unit, at=at)
    due = next_date or desk.today + timedelta(days=int(desk.now["limits"]["review_days"]))
    row = ModelReview.objects.create(
        card=card.key, unit=unit, at=at, by=person, outcome=outcome, notes=reason.strip(), next_date=due, run=desk.run
    )
    event = events.ModelReviewed(card.key, outcome, due.isoformat())
    journal.record(event, subject=row, by=by, at=at, unit_id=unit.pk, reason=reason)
    return row


def _person(by: Actor, unit: Unit, at: datetime, reason: str) -> User:
    """A named person with the right, who says why: a machine never decides about a model."""
    require(by, "models.steer", unit, at=at)
    if by.user is None:
        raise Forbidden(action="models.steer")
    if not reason.strip():
        raise NeedsReason()
    person: User = by.user
    return person
