"""Small files and their mapping, and one call that loads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.contact.datahub.operations import load_rows, prepare_import

HEADER = "编号,标题,内容,状态,收到,办结,姓名,电话"
MAPPING: dict[str, Any] = {
    "steward_mapping": 1,
    "source": "old-crm",
    "file": {"zone": "Asia/Shanghai"},
    "columns": {
        "key": "编号",
        "title": "标题",
        "body": "内容",
        "state": "状态",
        "opened_at": "收到",
        "closed_at": "办结",
        "person_name": "姓名",
        "phone": "电话",
    },
    "values": {"state": {"已办结": "closed", "办理中": "open"}},
    "defaults": {"kind": "complaint", "channel": "phone", "resolution": "answered"},
}
CLOSED = "A{0},第{0}件,请核实。,已办结,2026-02-25 10:00,2026-02-26 11:00,赵客{0},1370000{0:04d}"
OPEN = "B{0},未完{0},请尽快。,办理中,2026-02-27 10:00,,,"


def table(*lines: str, header: str = HEADER) -> str:
    return "\n".join([header, *lines]) + "\n"


def write(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def load(
    world: World,
    path: Path,
    document: dict[str, Any] | None = None,
    *,
    who: str = "supervisor",
    unit: Any = None,
    at: Any = AT,
    **more: Any,
) -> ImportRun:
    by = world.actor(who)
    run = prepare_import(
        unit=unit or world.counter_team, path=path, name=path.name, document=document or MAPPING, by=by, at=at, keep=more.pop("keep", False)
    )
    return load_rows(run=run, path=path, by=by, at=at, **more)


def faults(run: ImportRun) -> list[tuple[int, str, str]]:
    return list(run.errors.order_by("row", "pk").values_list("row", "code", "column"))
