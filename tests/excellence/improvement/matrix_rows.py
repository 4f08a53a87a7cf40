"""Rows of the authorisation matrix: the designers. The process is the one of the catalog's rows."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, World

from steward.core.catalog.controlled.operations import open_document
from steward.core.catalog.models import ControlledDocument, DocumentVersion
from steward.ground.fields import localized

WRITERS = "SM"  # of the branch
SAID = {"step": "start", "start.kind": "start", "do": "save"}


def build_improvement_rows(world: World) -> None:
    open_document(unit=world.branch, kind="journey", code="walked", name=localized("walked"), by=world.actor("supervisor"), at=AT)


def _version(scene: Any) -> dict[str, Any]:
    return {"public_id": DocumentVersion.objects.get(document__code="walked").public_id}


def _document(code: str) -> Any:
    return lambda scene: {"public_id": ControlledDocument.objects.get(code=code).public_id}


IMPROVEMENT_ROWS: list[tuple[Any, ...]] = [
    ("improvement:process_edit", WRITERS, "GET", _document("drawn")),
    ("improvement:process_edit", WRITERS, "POST", _document("drawn"), lambda scene: SAID),
    ("improvement:process_check", WRITERS, "POST", _document("drawn"), lambda scene: SAID),
    ("improvement:process_import", WRITERS, "POST", _document("drawn")),
    ("improvement:journey_edit", WRITERS, "GET", _document("walked")),
    ("improvement:journey_edit", WRITERS, "POST", _document("walked"), lambda scene: {"do": "save"}),
    ("improvement:journey_log", WRITERS, "POST", _document("walked")),
    ("improvement:journey_live", WRITERS, "GET", _version),
]
