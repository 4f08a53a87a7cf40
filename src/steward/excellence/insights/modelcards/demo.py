"""One run of the intake forecast for each organisation; at the bank its use is approved, a day is decided by hand, and it was reviewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading, store

from . import operations as models
from .models import ModelRun
from .registry import card_of


def tell(demo: Demo) -> None:
    if store.current().loaded_at is None:
        loading.load(at=demo.now)
    card = card_of("intake_forecast")
    for place in demo.places.values():
        run = models.run_model(card=card, unit=place["root"], by=Actor.system("modelcards"), at=demo.now - timedelta(hours=6))
        if place["industry"] == "bank":
            _steer(demo, place, run)


def _steer(demo: Demo, place: dict[str, Any], run: ModelRun) -> None:
    card, by = card_of(run.card), Actor.staff(place["people"]["manager"].user)
    at = demo.now - timedelta(hours=1)
    today = demo.now.date()
    words = "春节后来件波动大，先看两周，再决定排班是否参考。"
    models.review_model(card=card, unit=run.unit, outcome="watch", reason=words, next_date=today + timedelta(days=14), by=by, at=at)
    if run.beats_baseline:
        models.switch_model(
            card=card,
            unit=run.unit,
            turn="approve",
            reason="留出检验误差略低于基线，尚不能排除偶然；同意排班时参考，两周后复查。排班仍由人决定。",
            by=by,
            at=at,
        )
    day = today + timedelta(days=7)
    value = round((run.said.get("values") or run.said["baseline"])[7] * 1.3)
    models.override_day(card=card, unit=run.unit, day=day, value=value, reason="三月九日起社保卡集中换发，预计来件增加。", by=by, at=at)
