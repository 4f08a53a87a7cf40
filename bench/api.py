"""Cases opened through the interface per second, sustained: a real server process, concurrent clients, every answer counted against the rows
afterwards. Beside it, plain inserts of one row each in the same run and database. Prints JSON. On SQLite in a folder of its own, or on
STEWARD_DATABASE (an empty database) when it is set.

    STEWARD_BENCH_SECONDS=20 STEWARD_BENCH_CLIENTS=8 python bench/api.py
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import BinaryIO

SECONDS = int(os.environ.get("STEWARD_BENCH_SECONDS", "20"))
CLIENTS = int(os.environ.get("STEWARD_BENCH_CLIENTS", "8"))
WORKERS = int(os.environ.get("STEWARD_BENCH_WORKERS", "2"))
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STEWARD_HOME=folder, STEWARD_KEYS=f"{folder}/keys", DJANGO_SETTINGS_MODULE="steward.config.settings")
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        print(json.dumps(measure(), indent=1))


def measure() -> dict[str, object]:
    from datetime import timedelta

    from django.db import connection, connections
    from tests.cast import SETUP, build_world

    from steward.contact.channels import operations as channels
    from steward.core.cases.models import Case
    from steward.ground import clock
    from steward.ground.journal.models import Entry

    world, at = build_world(), clock.now()
    _token, secret = channels.issue_token(
        unit=world.counter_team,
        name="bench",
        scopes=["cases:open"],
        expires_at=at + timedelta(days=1),
        per_minute=10**6,
        by=SETUP,
        at=at,
    )
    peer = plain_inserts(world)
    vendor = connection.vendor
    connections.close_all()
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "steward", "web", "--port", str(port), "--workers", str(WORKERS)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        results = run_clients(port, secret)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    opened = {number for numbers, _waits, _other in results for number in numbers}
    waits = sorted(wait for _numbers, waits, _other in results for wait in waits)
    others = [other for _numbers, _waits, found in results for other in found]
    stored = set(Case.objects.values_list("number", flat=True))
    entries = Entry.objects.filter(code="cases.case_opened").count()
    rate = len(opened) / SECONDS
    cpu = 1000 * (used.ru_utime + used.ru_stime) / max(1, len(opened))
    return {
        "database": vendor,
        "seconds": SECONDS,
        "clients": CLIENTS,
        "server": f"steward web, {WORKERS} workers",
        "answered_201": sum(len(numbers) for numbers, _waits, _other in results),
        "other_answers": len(others),
        "first_other": others[:1],
        "answered_but_not_stored": len(opened - stored),
        "stored_but_not_answered": len(stored - opened),
        "cases_without_entry": len(stored) - entries,
        "opened_per_second": round(rate, 1),
        "budget_opened_per_second": 150,
        "milliseconds_p50": round(1000 * statistics.median(waits), 1),
        "milliseconds_p99": round(1000 * waits[int(len(waits) * 0.99)], 1),
        # What is left when the machine is shared with others: the processor time of the server for one case, its start included.
        "server_cpu_milliseconds_per_case": round(cpu, 2),
        "load_average": os.getloadavg()[0],
        "peer_plain_inserts_per_second": round(peer, 1),
        "one_case_costs_plain_inserts": round(peer / rate, 2),
    }


def plain_inserts(world: object) -> float:
    """Rows of one table, one transaction each, in this process: what the database itself costs."""
    from django.db import transaction
    from tests.cast import AT

    from steward.ground.access.models import Quota

    count, started = 1000, time.perf_counter()
    for number in range(count):
        with transaction.atomic():
            Quota.objects.create(key=f"bench:{number}", window=number, used=1, until_at=AT)
    return count / (time.perf_counter() - started)


Result = tuple[list[str], list[float], list[str]]


def run_clients(port: int, secret: str) -> list[Result]:
    ends = time.perf_counter() + SECONDS
    results: list[Result] = []
    threads = [threading.Thread(target=lambda: results.append(one_client(port, secret, ends))) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def one_client(port: int, secret: str, ends: float) -> Result:
    """One connection that is kept. Written on the socket: a library's client costs as much as the server on a machine that both share."""
    numbers: list[str] = []
    waits: list[float] = []
    others: list[str] = []
    body = json.dumps({"title": "换零钱", "body": "需要一百个硬币。"}).encode()
    head = (
        f"POST /api/v1/cases HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: "
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire, wire.makefile("rb") as answers:
        while time.perf_counter() < ends:
            started = time.perf_counter()
            wire.sendall(f"{head}{uuid.uuid4().hex}\r\n\r\n".encode() + body)
            status, content = read_answer(answers)
            waits.append(time.perf_counter() - started)
            if status == 201:
                numbers.append(json.loads(content)["number"])
            else:
                others.append(f"{status} {content[:200].decode()}")
    return numbers, waits, others


def read_answer(answers: BinaryIO) -> tuple[int, bytes]:
    status, length = int(answers.readline().split()[1]), 0
    while (line := answers.readline()) not in {b"\r\n", b""}:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return status, answers.read(length)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not come up.")


if __name__ == "__main__":
    main()
