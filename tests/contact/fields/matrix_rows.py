"""Rows of the authorisation matrix: further fields of cases."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World
from tests.contact.fields.making import define

from steward.contact.fields.models import FieldDefinition


def build_field_rows(world: World) -> None:
    """A field of the branch that anybody may leave empty."""
    define(world.branch, "colour", "颜色", "Colour", by=SETUP, at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _field(scene: Any) -> dict[str, Any]:
    return {"public_id": FieldDefinition.objects.get(key="colour").public_id}


def _case(scene: Any) -> dict[str, Any]:
    return {"public_id": scene.case.public_id}


def _written(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "key": "brand", "name_zh": "品牌", "type": "text", "required": "never", "order": 10}


FIELD_ROWS: list[tuple[Any, ...]] = [
    ("casefields:fields", "FTSBMO", "GET", nothing),
    ("casefields:preview", "FTSBMO", "GET", nothing),
    ("casefields:field_new", "SBMO", "GET", nothing),
    ("casefields:field_new", "SM", "POST", nothing, _written),
    ("casefields:field", "SM", "GET", _field),
    ("casefields:field", "SM", "POST", _field, _written),
    ("casefields:field_close", "SM", "POST", _field),
    ("casefields:case", "FSQM", "GET", _case),
    ("casefields:case", "FSM", "POST", _case, {"detail-colour": "黑色"}),
]
