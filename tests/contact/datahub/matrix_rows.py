"""Rows of the authorisation matrix: imports. One file of the counter team, brought in and not started."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.contact.datahub.operations import prepare_import

Of = Callable[[Any], dict[str, Any]]
TABLE = "编号,标题,收到\nA1,补卡,2026-02-27 10:00\n"
MAPPING = {"steward_mapping": 1, "source": "matrix", "columns": {"key": "编号", "title": "标题", "opened_at": "收到"}}
CHOSEN = {"source": "matrix", "column_key": "编号", "column_title": "标题", "column_opened_at": "收到", "default_kind": "enquiry"}


def build_import_rows(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        path.write_text(TABLE, encoding="utf-8")
        prepare_import(unit=world.counter_team, path=path, name="rows.csv", document=MAPPING, by=world.actor("supervisor"), at=AT)


def run(scene: Any) -> dict[str, Any]:
    return {"public_id": ImportRun.objects.get().public_id}


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def chosen(scene: Any) -> dict[str, Any]:
    return dict(CHOSEN)


# Whoever may import somewhere reaches the list and the form; a run only whoever may import into its unit.
IMPORTERS, HERE = "SBMAO", "SMA"
IMPORT_ROWS: list[tuple[str, str, str, Of, Of]] = [
    ("datahub:imports", IMPORTERS, "GET", nothing, nothing),
    ("datahub:new", IMPORTERS, "GET", nothing, nothing),
    ("datahub:new", "", "POST", nothing, nothing),  # without a file nobody's is taken
    ("datahub:run", HERE, "GET", run, nothing),
    ("datahub:mapping", HERE, "GET", run, nothing),
    ("datahub:mapping", HERE, "POST", run, chosen),
    ("datahub:mapping_file", HERE, "GET", run, nothing),
    ("datahub:start", HERE, "POST", run, nothing),
    ("datahub:errors", HERE, "GET", run, nothing),
]
