"""Fields for tests, defined as those who lead define them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.cast import AT, SETUP

from steward.contact.fields import operations as fields
from steward.contact.fields.models import FieldDefinition
from steward.ground.access.models import Unit
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

MATTERS = [
    {"value": "lost", "label": {"zh-hans": "遗失物品", "en": "Lost property"}},
    {"value": "other", "label": {"zh-hans": "其他", "en": "Something else"}},
]


def define(
    unit: Unit,
    key: str,
    zh: str = "",
    en: str = "",
    *,
    by: Actor = SETUP,
    at: datetime = AT,
    after: FieldDefinition | None = None,
    values: tuple[str, ...] = (),
    field: FieldDefinition | None = None,
    **content: Any,
) -> FieldDefinition:
    given = {"type": "text", **content, "name": localized(zh or key, en=en or key), "asks_after": after, "asks_values": list(values)}
    return fields.save_field(unit=unit, key=key, content=given, by=by, at=at, field=field)


def lost_property(unit: Unit) -> tuple[FieldDefinition, FieldDefinition]:
    """What it is about, and what was lost: needed before the case is solved, if something was."""
    matter = define(unit, "matter", "事由", "Matter", type="choice", choices=MATTERS, order=1)
    item = define(unit, "item", "遗失物品", "Lost item", required="solving", after=matter, values=("lost",), order=2)
    return matter, item
