"""A farm of real worker processes on a database of its own, SQLite or PostgreSQL as the suite runs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[3]
ASK = """
import sys, json, django
django.setup()
from steward.ground import clock
from steward.ground.jobs.models import Job
from steward.ground.jobs.operations import cancel_job, enqueue, SYSTEM
from steward.ground.journal.actors import Actor
for line in sys.stdin:
    verb, *rest = json.loads(line)
    if verb == "enqueue":
        answer = enqueue(rest[0], args=rest[1], at=clock.now()).pk
    elif verb == "cancel":
        answer = cancel_job(job=Job.objects.get(pk=rest[0]), by=SYSTEM, at=clock.now()).state
    else:
        answer = list(Job.objects.order_by("pk").values("pk", "name", "state", "attempts", "error", "result", "worker"))
    print(json.dumps(answer), flush=True)
"""


class Farm:
    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.marks = folder / "marks.txt"
        self._env = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "tests.ground.jobs.probe.settings",
            "STEWARD_HOME": str(folder / "var"),
            "STEWARD_KEYS": str(folder / "keys"),
            "STEWARD_DATABASE": database,
            "STEWARD_NOW": "",
        }
        (folder / "var").mkdir()
        self._started: list[subprocess.Popen[Any]] = []
        self.start("migrate").wait(60)
        self._asker = subprocess.Popen(
            [sys.executable, "-c", ASK], env=self._env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._started.append(self._asker)

    def start(self, *arguments: str) -> subprocess.Popen[Any]:
        process = subprocess.Popen([sys.executable, "-m", "tests.ground.jobs.probe.drive", *arguments], env=self._env, cwd=ROOT)
        self._started.append(process)
        return process

    def _ask(self, *question: Any) -> Any:
        assert self._asker.stdin is not None
        assert self._asker.stdout is not None
        self._asker.stdin.write(json.dumps(question) + "\n")
        self._asker.stdin.flush()
        return json.loads(self._asker.stdout.readline())

    def enqueue(self, name: str, **args: Any) -> int:
        return int(self._ask("enqueue", name, {"path": str(self.marks), **args}))

    def cancel(self, job: int) -> str:
        return str(self._ask("cancel", job))

    def jobs(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._ask("jobs")
        return rows

    def job(self, pk: int) -> dict[str, Any]:
        return next(row for row in self.jobs() if row["pk"] == pk)

    def marked(self) -> list[str]:
        return [line.split()[0] for line in self.lines()]

    def lines(self) -> list[str]:
        return self.marks.read_text(encoding="utf-8").splitlines() if self.marks.exists() else []

    def until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        ends = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends, f"Waited {seconds} s in vain. Marks: {self.marked()}; jobs: {self.jobs()}"
            time.sleep(0.05)

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(10)


@pytest.fixture
def farm(tmp_path: Path, django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[Farm]:
    if connection.vendor == "sqlite":
        farm = Farm(tmp_path, f"sqlite:///{tmp_path / 'farm.sqlite3'}")
        yield farm
        farm.close()
        return
    import psycopg

    given = connection.settings_dict
    name = f"steward_farm_{os.getpid()}_{abs(hash(request.node.name)) % 100000}"
    server = {"host": given["HOST"], "port": given["PORT"] or None, "user": given["USER"] or None, "password": given["PASSWORD"] or None}
    server = {key: value for key, value in server.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        login = quote(given["USER"] or "") + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
        address = f"{login}@" if login else ""
        farm = Farm(tmp_path, f"postgresql://{address}/{name}?host={given['HOST']}" if given["HOST"] else f"postgresql://{address}/{name}")
        try:
            yield farm
        finally:
            farm.close()
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
