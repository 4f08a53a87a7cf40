"""Rows of the authorisation matrix: the designer. The documents are those of the catalog's rows."""

from __future__ import annotations

from typing import Any

from steward.core.catalog.models import ControlledDocument

WRITERS = "SM"  # of the branch
SAID = {"step": ["start", "end"], "start.kind": "start", "end.kind": "end", "do": "save"}


def _document(code: str) -> Any:
    return lambda scene: {"public_id": ControlledDocument.objects.get(code=code).public_id}


IMPROVEMENT_ROWS: list[tuple[Any, ...]] = [
    ("improvement:process_edit", WRITERS, "GET", _document("drawn")),
    ("improvement:process_edit", WRITERS, "POST", _document("drawn"), lambda scene: SAID),
    ("improvement:process_check", WRITERS, "POST", _document("drawn"), lambda scene: SAID),
    ("improvement:process_import", WRITERS, "POST", _document("drawn")),
]
