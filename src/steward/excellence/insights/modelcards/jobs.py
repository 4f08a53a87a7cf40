"""Each night every model that is on runs once for every organisation; "run now" is the same job, asked for by a person."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import job, schedule_job
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading, store

from .errors import IsOff
from .operations import run_model
from .registry import card_of, cards

log = logging.getLogger(__name__)


@job("modelcards.run_card", unique=lambda args: f"{args['card']}:{args['unit']}", label=_("Run a model"))
def run_card(context: JobContext, *, card: str, unit: int) -> str:
    """Bring the figures up to date and run. A model that was switched off meanwhile is left alone."""
    _load(context.at)
    try:
        run = run_model(card=card_of(card), unit=Unit.objects.get(pk=unit), by=context.by, at=context.at)
    except IsOff:
        return ""
    return run.data_hash


@job("modelcards.run_all", label=_("Run the models of the night"))
def run_all(context: JobContext) -> int:
    """Queue a run for each model and organisation: one that fails leaves the others alone."""
    units = list(Unit.objects.filter(parent=None).order_by("pk"))
    for unit in units:
        for card in cards():
            run_later(card.key, unit, at=context.at)
    return len(units)


def run_later(card: str, unit: Unit, *, at: datetime, by: Actor | None = None) -> Job:
    return enqueue(run_card, args={"card": card, "unit": unit.pk}, at=at, by=by, unit=unit)


def _load(at: datetime) -> None:
    try:
        loading.load(at=at)
    except store.Busy:
        log.info("Another process loads the figures; the model runs on what is there.")


schedule_job(run_all, local_time="04:20")
