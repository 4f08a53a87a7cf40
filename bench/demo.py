"""Builds the demo twice, each in a process and an empty folder of its own: seconds of each build, and whether both give the same figures (X9).

The figures are every case with its state, clocks, people and messages, and every entry's code and instant; public ids are drawn anew and left out.
The peer in the same run is a migration of an empty database, so that machines compare.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BUDGET_SECONDS = 60


def main() -> None:
    if "--one" in sys.argv:
        print(json.dumps(build()))
        return
    runs = [_run() for _ in range(2)]
    first, second = ({name: run[name] for name in ("cases", "entries", "digest")} for run in runs)
    figures = {
        "build_seconds": [run["build_seconds"] for run in runs],
        "processor_seconds": [run["processor_seconds"] for run in runs],
        "budget_seconds": BUDGET_SECONDS,
        "peer_migrate_seconds": [run["migrate_seconds"] for run in runs],
        "cases": runs[0]["cases"],
        "entries": runs[0]["entries"],
        "two_builds_give_the_same_figures": first == second,
    }
    print(json.dumps(figures, indent=1))
    sys.exit(first != second)


def _run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"STEWARD_HOME": folder, "STEWARD_KEYS": f"{folder}/keys", "STEWARD_NOW": "2026-03-02T10:20:00+08:00"}
        command = [sys.executable, __file__, "--one"]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=True)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result


def build() -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "steward.config.settings"
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import django

    django.setup()
    from django.core.management import call_command

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    migrated = time.perf_counter()
    worked = time.process_time()
    from steward.console import demo

    demo.build(lambda _chapter: None)
    seconds, processor = time.perf_counter() - migrated, time.process_time() - worked
    return {
        "migrate_seconds": round(migrated - started, 1),
        "build_seconds": round(seconds, 1),
        "processor_seconds": round(processor, 1),
        **figures(),
    }


def figures() -> dict[str, Any]:
    from steward.core.cases.models import Case, Message, Promise, Task
    from steward.ground.journal.models import Entry

    digest = hashlib.sha256()
    for rows in (
        Case.objects.values_list(
            "number", "unit", "kind", "channel", "priority", "state", "assignee", "customer__name", "opened_at", "next_due_at"
        ),
        Promise.objects.values_list("case__number", "kind", "clock", "due_at", "met_at", "missed_at", "cancelled_at"),
        Message.objects.values_list("case__number", "direction", "at", "body"),
        Task.objects.values_list("case__number", "kind", "state", "due_at"),
        Entry.objects.values_list("code", "occurred_at", "subject_type", "subject_id"),
    ):
        for row in rows.order_by("pk"):
            digest.update(repr(row).encode())
    return {"cases": Case.objects.count(), "entries": Entry.objects.count(), "digest": digest.hexdigest()}


if __name__ == "__main__":
    main()
