"""What the write path costs: cases opened, answered and closed through the operations, beside plain inserts of the same rows' number in the same run;
entries sealed and verified per second. Prints JSON. Runs in a folder of its own, on SQLite, or on STEWARD_DATABASE when it is set."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

COUNT = int(os.environ.get("STEWARD_BENCH_CASES", "600"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STEWARD_HOME=folder, STEWARD_KEYS=f"{folder}/keys", DJANGO_SETTINGS_MODULE="steward.config.settings")
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(measure(), indent=1))


def measure() -> dict[str, object]:
    from django.db import connection, transaction
    from tests.cast import AT, build_world

    from steward.core.cases import operations as cases
    from steward.core.cases.models import Message
    from steward.ground.journal import sealing
    from steward.ground.journal.models import Entry

    world = build_world()
    by = world.actor("front_line")
    started = time.perf_counter()
    opened = [
        cases.open_case(
            unit=world.counter_team, kind="complaint", channel="counter", title=f"第{number}件", customer=world.customer, by=by, at=AT
        )
        for number in range(COUNT)
    ]
    open_seconds = time.perf_counter() - started
    started = time.perf_counter()
    for case in opened:
        cases.add_message(case=case, direction="out", body="您好，已为您办理。", by=by, at=AT)
        cases.close_case(case=case, resolution="answered", by=by, at=AT)
    work_seconds = time.perf_counter() - started
    started = time.perf_counter()
    for number in range(COUNT):
        with transaction.atomic():
            Message.objects.create(case=opened[0], direction="note", channel="counter", body=f"第{number}条", at=AT)
    insert_seconds = time.perf_counter() - started
    started = time.perf_counter()
    sealed = sealing.seal_entries(at=AT)
    seal_seconds = time.perf_counter() - started
    started = time.perf_counter()
    result = sealing.verify()
    verify_seconds = time.perf_counter() - started
    return {
        "database": connection.vendor,
        "cases": COUNT,
        "entries": Entry.objects.count(),
        "opened_per_second": round(COUNT / open_seconds, 1),
        "budget_opened_per_second": 150,
        "answered_and_closed_per_second": round(COUNT / work_seconds, 1),
        "peer_plain_inserts_per_second": round(COUNT / insert_seconds, 1),
        "one_case_costs_plain_inserts": round(open_seconds / insert_seconds, 2),
        "sealed_entries_per_second": round(sealed / seal_seconds),
        "verified_entries_per_second": round(result.sealed_entries / verify_seconds),
        "fault": result.fault and result.fault.kind,
    }


if __name__ == "__main__":
    main()
