"""Steward beside django-helpdesk: the same machine, the same run, the same number of tickets with the same Chinese texts.

    python bench/peers.py [--tickets 100000] [--rounds 30] [--creates 200]
    python bench/peers.py --databases postgresql://…/ours postgresql://…/peer        two empty databases instead of SQLite files

The peer is installed in an environment of its own, which needs a package index. Both are asked through their own pages, in one process, as a
signed-in lead who may see everything: a new ticket by the form for staff, the list until its rows are there, a search by a word of two
characters, one ticket, and all rows for an export. The peer offers no export of its list, so what is measured there is the answer that holds
all its rows. What the searches find is checked against the rows themselves.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
LATEST = "django-helpdesk==2.6.1"  # the newest when this was written; --peer takes another
FASTER = ("list", "search", "export")
BUDGET_FASTER = 5.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--tickets", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=30)
    arguments.add_argument("--creates", type=int, default=200)
    arguments.add_argument("--peer", default=LATEST)
    arguments.add_argument("--databases", nargs=2, default=["sqlite", "sqlite"], metavar=("OURS", "PEER"))
    arguments.add_argument("--ours-only", action="store_true", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.ours_only:
        print(json.dumps(ours(chosen), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as folder:
        report = compare(chosen, Path(folder))
    print(json.dumps(report, indent=1, ensure_ascii=False))
    sys.exit(0 if report["within_budget"] else 1)


def compare(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    from pages import TITLES

    python = folder / "peer" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "peer"], check=True)
    packages = [chosen.peer, *(["psycopg[binary]"] if chosen.databases[1] != "sqlite" else [])]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
    sizes = [str(value) for value in (chosen.tickets, chosen.rounds, chosen.creates)]
    call = [python, HERE / "peers_helpdesk.py", folder, chosen.databases[1], *sizes, json.dumps(TITLES, ensure_ascii=False)]
    peer = _json_of([str(part) for part in call])
    mine = _json_of([sys.executable, __file__, "--ours-only", *_again(chosen)])
    ratios = {
        "list": peer["list"]["p50_ms"] / mine["list"]["p50_ms"],
        "search": peer["search"]["p50_ms"] / mine["search"]["p50_ms"],
        "export": peer["all_rows_for_an_export"]["p50_ms"] / mine["export"]["p50_ms"],
        "detail": peer["detail"]["p50_ms"] / mine["detail"]["p50_ms"],
        "create": peer["create"]["p50_ms"] / mine["create"]["p50_ms"],
    }
    return {
        "tickets": chosen.tickets,
        "database": "sqlite" if chosen.databases[0] == "sqlite" else "postgresql",
        "peer": peer,
        "steward": mine,
        "times_faster": {name: round(ratio, 1) for name, ratio in ratios.items()},
        "budget": {"at_least_times_faster": dict.fromkeys(FASTER, BUDGET_FASTER), "create_not_slower": 1.0},
        "within_budget": all(ratios[name] >= BUDGET_FASTER for name in FASTER) and ratios["create"] >= 1.0,
    }


def _again(chosen: argparse.Namespace) -> list[str]:
    numbers = ["--tickets", str(chosen.tickets), "--rounds", str(chosen.rounds), "--creates", str(chosen.creates)]
    return [*numbers, "--databases", *chosen.databases]


def _json_of(call: list[str]) -> dict[str, Any]:
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{call[1]} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def ours(chosen: argparse.Namespace) -> dict[str, Any]:
    """The same questions to Steward. Creating writes the journal, two clocks, the route and the words for searching as well."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(STEWARD_HOME=folder, STEWARD_KEYS=f"{folder}/keys", DJANGO_SETTINGS_MODULE="steward.config.settings")
        os.environ["STEWARD_NOW"] = "2026-03-02T09:00:00+08:00"
        if chosen.databases[0] != "sqlite":
            os.environ["STEWARD_DATABASE"] = chosen.databases[0]
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _measured(chosen)


def _measured(chosen: argparse.Namespace) -> dict[str, Any]:
    from django.test import Client
    from django.urls import reverse
    from pages import fill
    from tests.cast import build_world

    from steward.core.cases.models import Case, Message
    from steward.ground.journal.models import Entry

    world = build_world()
    fill(world, chosen.tickets)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(world.cast.manager)
    case = Case.objects.order_by("pk")[chosen.tickets // 2]
    rows = b"".join(_stream(client.get("/cases/?state=any&sort=newest&format=csv"))).count(b"\r\n") - 1
    assert rows == Case.objects.count(), rows
    result: dict[str, Any] = {
        "list": _timed(lambda: client.get("/cases/?state=any&sort=newest"), chosen.rounds),
        "search": _timed(lambda: client.get("/cases/?q=冻结&state=any&sort=newest"), chosen.rounds),
        "detail": _timed(lambda: client.get(f"/cases/{case.public_id}/"), chosen.rounds),
        "export": _timed(lambda: list(_stream(client.get("/cases/?state=any&sort=newest&format=csv"))), 3),
        "export_rows": rows,
    }
    before = (Case.objects.count(), Message.objects.count(), Entry.objects.count())
    sent = {"unit": world.counter_team.public_id, "kind": "request", "channel": "counter", "priority": "normal"}
    address = reverse("cases:open")

    def create(number: int) -> None:
        response = client.post(address, {**sent, "title": f"换零钱 {number}", "body": "想换一百元零钱", "key": f"peer-{number}"})
        assert response.status_code == 302, response.status_code

    numbers = iter(range(chosen.creates + 1))
    result["create"] = _timed(lambda: create(next(numbers)), chosen.creates)
    after = (Case.objects.count(), Message.objects.count(), Entry.objects.count())
    result["create_wrote"] = dict(
        zip(("cases", "messages", "journal_entries"), (b - a for a, b in zip(before, after, strict=True)), strict=True)
    )
    result["found"] = {word: _found(client, word) for word in ("琥珀", "冻结")}
    return {"product": "Steward", **result}


def _found(client: Any, word: str) -> str:
    import re

    page = client.get(f"/cases/?q={word}&state=any&sort=newest").content.decode()
    counted = re.search(r'class="pagination-count"[^>]*>([^<]*)<', page)
    return counted[1].strip() if counted else str(page.count("data-row"))


def _stream(response: Any) -> Any:
    assert response.status_code == 200, response.status_code
    return response.streaming_content if response.streaming else [response.content]


def _timed(ask: Callable[[], Any], rounds: int) -> dict[str, float]:
    ask()
    times = sorted(_milliseconds(ask) for _ in range(rounds))
    return {"p50_ms": round(statistics.median(times), 1), "p95_ms": round(times[int(0.95 * (len(times) - 1))], 1), "rounds": rounds}


def _milliseconds(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
