"""SIGKILL in the middle of a thousand operations: what was acknowledged is there, what was not is nowhere, and nothing is half-written."""

from __future__ import annotations

import signal
from pathlib import Path

from .installation import installation

WORK = """
import sys
from tests.cast import *
from steward.core.cases import operations as cases
world = build_world()
by = world.actor("front_line")
print("ready", flush=True)
for number in range(1000):
    case = cases.open_case(unit=world.counter_team, kind="complaint", channel="counter", title=f"第{number}件", customer=world.customer, by=by, at=AT)
    print(f"opened {case.pk}", flush=True)
    cases.add_message(case=case, direction="out", body="您好", by=by, at=AT)
    cases.close_case(case=case, resolution="answered", by=by, at=AT)
    print(f"closed {case.pk}", flush=True)
"""
LOOK = """
from steward.core.cases.models import Case, StateSpan, Message
from steward.ground.journal.models import Entry
from steward.core.cases.health import wrong_caches
from tests.cast import AT
half = []
for case in Case.objects.all():
    codes = list(Entry.objects.filter(subject_type="cases.case", subject_id=case.pk).values_list("code", flat=True))
    spans = list(case.spans.filter(ended_at=None).values_list("state", flat=True))
    outs = case.messages.filter(direction="out").count()
    right = (
        codes.count("cases.case_opened") == 1 and case.messages.filter(direction="in").count() == 1 and spans == [case.state]
        and case.promises.count() == 3 and outs == sum(1 for code in codes if code == "cases.message_added")
        and (case.state == "closed") == ("cases.case_closed" in codes)
    )
    if not right:
        half.append(case.pk)
opened = set(Case.objects.values_list("pk", flat=True)); closed = set(Case.objects.filter(state="closed").values_list("pk", flat=True))
print({"half": half, "caches": wrong_caches(at=AT), "opened": sorted(opened), "closed": sorted(closed)})
"""


def test_sigkill_loses_nothing_acknowledged_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    with installation(tmp_path / "home") as home:
        home.steward("migrate")
        process = home.start(WORK)
        assert process.stdout is not None
        acknowledged: dict[str, set[int]] = {"opened": set(), "closed": set()}
        for line in process.stdout:
            word, _, number = line.strip().partition(" ")
            if number:
                acknowledged[word].add(int(number))
            if len(acknowledged["closed"]) == 40:
                process.send_signal(signal.SIGKILL)
                break
        for line in process.stdout:  # what it had still said before it died
            word, _, number = line.strip().partition(" ")
            if number:
                acknowledged[word].add(int(number))
        assert process.wait(timeout=30) == -signal.SIGKILL
        found = eval(home.python(LOOK))
        assert found["half"] == []
        assert found["caches"] == []
        assert acknowledged["opened"] <= set(found["opened"])
        assert acknowledged["closed"] <= set(found["closed"])
        # At most the one operation that was running is there without having been acknowledged.
        assert len(set(found["opened"]) - acknowledged["opened"]) <= 1
        home.steward("journal", "seal")
        assert "are as they were written" in home.steward("journal", "verify")
