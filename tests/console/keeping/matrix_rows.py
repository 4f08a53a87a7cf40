"""Rows of the authorisation matrix: retention and legal holds."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World

from steward.console.keeping import operations
from steward.console.keeping.models import LegalHold


def build_keeping_rows(world: World) -> None:
    operations.place_hold(organisation=world.bank, kind="sessions", customer="", reason="内部调查", by=SETUP, at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def hold(scene: Any) -> dict[str, Any]:
    return {"public_id": LegalHold.objects.get().public_id}


def given(scene: Any) -> dict[str, Any]:
    return {"kind": "sign_ins", "reason": "争议"}


KEEPING_ROWS: list[tuple[Any, ...]] = [
    ("keeping:retention", "A"),
    ("keeping:hold", "A", "POST", nothing, given),
    ("keeping:lift", "A", "POST", hold),
]
