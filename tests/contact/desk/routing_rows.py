"""Rows of the authorisation matrix: routing and hours of presence."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World

from steward.core.cases import routing
from steward.core.cases.models import RoutingRule


def build_routing_rows(world: World) -> None:
    """A rule of the branch, and a second one behind it."""
    for name in ("轮流", "其余"):
        routing.save_rule(unit=world.branch, terms=routing.Terms(name), by=SETUP, at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _rule(scene: Any) -> dict[str, Any]:
    return {"public_id": RoutingRule.objects.get(name="其余").public_id}


def _case(scene: Any) -> dict[str, Any]:
    return {"case_id": scene.case.public_id}


def _lines() -> dict[str, Any]:
    return {"skills-TOTAL_FORMS": 0, "skills-INITIAL_FORMS": 0}


def _written(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "name": "新规则", "strategy": "round_robin", "active": "on", **_lines()}


def _changed(scene: Any) -> dict[str, Any]:
    return {"name": "其余", "strategy": "least_load", "active": "on", **_lines()}


ROUTING_ROWS: list[tuple[Any, ...]] = [
    ("desk:routing", "SBMO", "GET", nothing),
    ("desk:routing_new", "SBMO", "GET", nothing),
    ("desk:routing_new", "SM", "POST", nothing, _written),
    ("desk:routing_try", "SBMO", "GET", nothing),
    ("desk:routing_case", "SM", "GET", _case),
    ("desk:routing_rule", "SM", "GET", _rule),
    ("desk:routing_rule", "SM", "POST", _rule, _changed),
    ("desk:routing_close", "SM", "POST", _rule),
    ("desk:routing_raise", "SM", "POST", _rule),
    ("desk:routing_skills", "MAO", "GET", nothing),
    ("desk:routing_skills", "MAO", "POST", nothing, {"code": "english", "name_zh": "英语"}),
    ("desk:pull", "FTSBMO", "POST", nothing),
    ("desk:presence", "SBMO", "GET", nothing),
]
