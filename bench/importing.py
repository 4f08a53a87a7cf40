"""What an import costs: rows of a CSV to cases with validation, dedupe, clocks and journal, beside a plain bulk_create of the same number of rows in
the same run. Prints JSON. Runs in a folder of its own, on SQLite, or on STEWARD_DATABASE when it is set.

    python bench/importing.py                         5,000 rows (STEWARD_BENCH_ROWS), with people and closed cases
    python bench/importing.py --real FOLDER           the real files that docs/examples/ has mappings for; FOLDER holds service_records/, eventlogs/
"""

from __future__ import annotations

import csv
import json
import os
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COUNT = int(os.environ.get("STEWARD_BENCH_ROWS", "5000"))
BUDGET = 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STEWARD_HOME=folder, STEWARD_KEYS=f"{folder}/keys", DJANGO_SETTINGS_MODULE="steward.config.settings")
        sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        real = sys.argv[sys.argv.index("--real") + 1] if "--real" in sys.argv else ""
        print(json.dumps(measure_real(Path(real)) if real else measure(Path(folder)), indent=1, ensure_ascii=False))


def measure(folder: Path) -> dict[str, Any]:
    from django.db import connection, transaction
    from tests.cast import AT, build_world

    from steward.core.cases.models import Case, Promise
    from steward.ground.fields import new_public_id
    from steward.ground.journal.models import Entry

    world = build_world()
    path = folder / "rows.csv"
    write_rows(path, COUNT)
    entries = Entry.objects.count()
    loaded = load(world.counter_team, path, mapping(), world.actor("supervisor"), AT)
    entries = Entry.objects.count() - entries
    again = load(world.counter_team, path, mapping(), world.actor("supervisor"), AT)
    peers = [plain(case, new_public_id(), number) for number, case in enumerate([Case.objects.earliest("pk")] * COUNT)]
    started, cpu = time.perf_counter(), time.process_time()
    with transaction.atomic():
        Case.objects.bulk_create(peers, batch_size=500)
    peer_cpu, peer_wall = time.process_time() - cpu, time.perf_counter() - started
    return {
        "database": connection.vendor,
        "rows": COUNT,
        "cases": loaded["created"],
        "failed": loaded["failed"],
        "entries_written": entries,
        "promises": Promise.objects.count(),
        "rows_per_cpu_second": loaded["per_cpu_second"],
        "rows_per_second": loaded["per_second"],
        "budget_rows_per_second": BUDGET,
        "same_file_again": {"created": again["created"], "unchanged": again["unchanged"], "rows_per_second": again["per_second"]},
        "peer_plain_bulk_create_rows_per_cpu_second": round(COUNT / peer_cpu),
        "peer_plain_bulk_create_rows_per_second": round(COUNT / peer_wall),
        "one_imported_row_costs_plain_rows": round(peer_cpu and (loaded["cpu_seconds"] / peer_cpu), 1),
    }


def plain(case: Any, public_id: Any, number: int) -> Any:
    """One row as a bulk_create without anything around it writes it."""
    values = {field.attname: getattr(case, field.attname) for field in case._meta.concrete_fields if field.attname != "id"}
    return type(case)(**{**values, "public_id": public_id, "number": f"peer-{number:08d}"})


def load(unit: Any, path: Path, document: dict[str, Any], by: Any, at: datetime) -> dict[str, Any]:
    from steward.contact.datahub.operations import load_rows, prepare_import

    started, cpu = time.perf_counter(), time.process_time()
    run = prepare_import(unit=unit, path=path, name=path.name, document=document, by=by, at=at, keep=False)
    run = load_rows(run=run, path=path, by=by, at=at)
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    return {
        "rows": run.rows_total,
        "records": run.records,
        "created": run.created,
        "unchanged": run.unchanged,
        "failed": run.failed,
        "seconds": round(wall, 1),
        "cpu_seconds": round(used, 2),
        "per_second": round(run.records / wall),
        "per_cpu_second": round(run.records / used),
    }


def write_rows(path: Path, count: int) -> None:
    """Closed and open cases of two years, two in three with a person, every tenth an answer."""
    draw = random.Random(20260302)
    first = datetime(2025, 1, 6, 9, 0)  # noqa: DTZ001 - local time of the file
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["编号", "标题", "内容", "类型", "渠道", "状态", "收到", "办结", "姓名", "电话"])
        for number in range(count):
            opened = first + timedelta(minutes=draw.randrange(500_000))
            closed = opened + timedelta(minutes=draw.randrange(30, 20_000))
            over = closed < datetime(2026, 2, 1) and number % 5 != 0  # noqa: DTZ001 - local time of the file
            person = [f"客户{number % 997}", f"138{number % 997:08d}"] if number % 3 else ["", ""]
            kind = draw.choice(["request", "complaint", "enquiry"])
            dates = [opened.isoformat(" "), closed.isoformat(" ") if over else ""]
            words = f"第{number}件：柜台办理排队时间较长，请核实并答复。"
            out.writerow([f"B{number:06d}", f"排队 {number}", words, kind, "counter", "已办结" if over else "办理中", *dates, *person])


def mapping() -> dict[str, Any]:
    return {
        "steward_mapping": 1,
        "source": "bench",
        "file": {"zone": "Asia/Shanghai"},
        "columns": {
            "key": "编号",
            "title": "标题",
            "body": "内容",
            "kind": "类型",
            "channel": "渠道",
            "state": "状态",
            "opened_at": "收到",
            "closed_at": "办结",
            "person_name": "姓名",
            "phone": "电话",
        },
        "values": {"state": {"已办结": "closed", "办理中": "open"}},
        "defaults": {"resolution": "answered"},
    }


def measure_real(folder: Path) -> dict[str, Any]:
    from django.db import connection
    from tests.cast import build_world
    from tests.contact.datahub.real import NOW, REAL, open_agencies

    world = build_world()
    open_agencies(world.bank)
    found: dict[str, Any] = {"database": connection.vendor}
    for name, (mapping_file, data_file) in REAL.items():
        document = json.loads((ROOT / "docs" / "examples" / mapping_file).read_text(encoding="utf-8"))
        path = folder / data_file
        found[name] = load(world.bank, path, document, world.actor("administrator"), NOW)
        found[f"{name}_again"] = load(world.bank, path, document, world.actor("administrator"), NOW)
    return found


if __name__ == "__main__":
    main()
