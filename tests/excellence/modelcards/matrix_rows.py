"""Rows of the authorisation matrix: models under control."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cast import AT, World

from steward.excellence.insights.modelcards.canonical import hash_of, written
from steward.excellence.insights.modelcards.intake import USUAL
from steward.excellence.insights.modelcards.models import ModelRun
from steward.excellence.insights.modelcards.registry import card_of

from .made import KEY

SEERS = "SBQMO"  # the card itself; figures of the whole organisation are for those who see all of it
STEERERS = "MO"  # each of their own organisation


def build_model_rows(world: World) -> None:
    """A run of the bank without any history, as it would be stored; who may reach it does not depend on what it says."""
    inputs = {"counts": [], "limits": USUAL}
    ModelRun.objects.create(
        card=KEY, unit=world.bank, at=AT, seed=1, data_hash=hash_of(written(inputs)), code_version="1@test", inputs=written(inputs),
        output=written(card_of(KEY).work(inputs, 1)),
    )  # fmt: skip


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _key(scene: Any) -> dict[str, Any]:
    return {"key": KEY}


def _run(scene: Any) -> dict[str, Any]:
    return {"public_id": ModelRun.objects.get().public_id}


DAY = (AT + timedelta(days=3)).date().isoformat()
MODEL_ROWS: list[tuple[Any, ...]] = [
    ("modelcards:list", SEERS, "GET", nothing),
    ("modelcards:card", SEERS, "GET", _key),
    ("modelcards:runs", SEERS, "GET", _key),
    ("modelcards:run", "M", "GET", _run),
    ("modelcards:run_check", "M", "POST", _run),
    ("modelcards:run_now", STEERERS, "POST", _key),
    ("modelcards:switch", STEERERS, "POST", _key, {"turn": "off", "reason": "先停用"}),
    ("modelcards:override", STEERERS, "POST", _key, {"day": DAY, "value": "30", "reason": "社保卡换发"}),
    ("modelcards:review", STEERERS, "POST", _key, {"outcome": "keep", "reason": "已核对"}),
]
