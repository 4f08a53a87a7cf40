"""Rows of the authorisation matrix: figures, and what people keep of them."""

from __future__ import annotations

from typing import Any

from steward.excellence.insights import operations as insights
from steward.excellence.insights.models import Annotation, Dashboard, SavedAnalysis
from steward.ground.measures import loading
from tests.cast import AT, World

CARD = {"measure": "cases_opened", "span": "last28", "by": "", "size": "m"}
ALL, BRANCH = "FTSBQMAO", "FTSQMA"


def build_insight_rows(world: World) -> None:
    """An analysis, a dashboard and an annotation of the branch by its supervisor; the store is loaded."""
    lead = world.actor("supervisor")
    insights.save_analysis(name="受理量", query="m=cases_opened&by=unit", unit=world.branch, by=lead, at=AT)
    insights.make_dashboard(name="支行", cards=[CARD, {**CARD, "measure": "backlog"}], unit=world.branch, by=lead, at=AT)
    insights.annotate(unit=world.branch, day=AT.date(), kind="outage", text="热线中断", by=lead, at=AT)
    loading.load(at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _measure(scene: Any) -> dict[str, Any]:
    return {"code": "cases_opened"}


def _analysis(scene: Any) -> dict[str, Any]:
    return {"public_id": SavedAnalysis.objects.get().public_id}


def _board(scene: Any) -> dict[str, Any]:
    return {"public_id": Dashboard.objects.get().public_id}


def _board_key(scene: Any) -> dict[str, Any]:
    return {"key": str(Dashboard.objects.get().public_id)}


def _annotation(scene: Any) -> dict[str, Any]:
    return {"public_id": Annotation.objects.get().public_id}


def _annotated(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "day": "2026-03-01", "kind": "process", "text": "新流程"}


def _shared(scene: Any) -> dict[str, Any]:
    return {"name": "共享", "query": "m=cases_opened", "unit": scene.world.branch.public_id}


INSIGHT_ROWS: list[tuple[Any, ...]] = [
    ("insights:home", ALL, "GET", nothing),
    ("insights:measures", ALL, "GET", nothing),
    ("insights:measure", ALL, "GET", _measure),
    ("insights:rows", ALL, "GET", _measure),
    ("insights:rows", ALL, "GET", _measure, {"format": "csv"}),
    ("insights:explore", ALL, "GET", nothing, {"m": "cases_opened", "by": "unit"}),
    ("insights:explore", ALL, "GET", nothing, {"m": "cases_opened", "format": "xlsx"}),
    ("insights:analyses", ALL, "GET", nothing),
    ("insights:analysis", BRANCH, "GET", _analysis),
    ("insights:analysis_save", ALL, "POST", nothing, {"name": "我的", "query": "m=cases_opened"}),
    ("insights:analysis_save", "SM", "POST", nothing, _shared),
    ("insights:analysis_change", "S", "POST", _analysis, {"name": "受理量二", "note": "加一个窗口", "schedule": "weekly"}),
    ("insights:analysis_remove", "S", "POST", _analysis),
    ("insights:annotations", ALL, "GET", nothing),
    ("insights:annotation_new", "SBQMO", "GET", nothing),
    ("insights:annotation_new", "SQM", "POST", nothing, _annotated),
    ("insights:annotation_remove", "SQM", "POST", _annotation),
    ("insights:layout", ALL, "GET", lambda scene: {"key": "team"}),
    ("insights:board_copy", ALL, "POST", lambda scene: {"key": "team"}),
    ("insights:board_copy", BRANCH, "POST", _board_key),
    ("insights:board", BRANCH, "GET", _board),
    ("insights:wall", BRANCH, "GET", _board),
    ("insights:board_change", "S", "POST", _board, {"name": "支行看板", "version": "1"}),
    ("insights:card_add", "S", "POST", _board, {**CARD, "version": "1"}),
    ("insights:card_move", "S", "POST", _board, {"place": "0", "act": "later", "version": "1"}),
    ("insights:board_remove", "S", "POST", _board),
    ("insights:store", "MO", "GET", nothing),
    ("insights:store_file", "MO", "POST", nothing),
]
