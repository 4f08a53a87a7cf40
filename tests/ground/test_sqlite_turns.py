"""Writers of one SQLite file take turns, among threads and among processes; nobody is passed over, and a turn never outlives its transaction."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from steward.ground.journal.models import Repeat
from steward.ground.sqlite.turns import Turns, turns_of

OTHER = """
import sys, time
from steward.ground.sqlite.turns import Turns
turns, ends, count = Turns(sys.argv[1]), time.monotonic() + 1.0, 0
while time.monotonic() < ends:
    assert turns.take(5)
    time.sleep(0.002)
    turns.give_back()
    count += 1
print(count)
"""


def test_processes_alternate(tmp_path: Path) -> None:
    """A process that always wants another turn does not keep the file from its neighbour."""
    run = [sys.executable, "-c", OTHER, str(tmp_path / "a.sqlite3")]
    both = [subprocess.Popen(run, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = (int(process.communicate(timeout=30)[0]) for process in both)
    assert min(first, second) * 4 > max(first, second)


def test_threads_exclude_each_other(tmp_path: Path) -> None:
    turns, inside, most = Turns(str(tmp_path / "a.sqlite3")), [0], [0]

    def work() -> None:
        for _ in range(20):
            assert turns.take(10)
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.0005)
            inside[0] -= 1
            turns.give_back()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_turn_that_does_not_come_is_given_up(tmp_path: Path) -> None:
    mine, other = Turns(str(tmp_path / "a.sqlite3")), Turns(str(tmp_path / "a.sqlite3"))
    assert mine.take(1)
    assert not mine.take(0.02)
    assert not other.take(0.02)
    mine.give_back()
    assert other.take(1)
    other.give_back()


def test_no_queue_in_memory() -> None:
    assert turns_of(":memory:") is None
    assert turns_of("file:shared?mode=memory") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the queue is SQLite's")
def test_a_turn_ends_with_its_transaction() -> None:
    turns = turns_of(str(connection.settings_dict["NAME"]))
    assert turns is not None

    def free() -> bool:
        got = turns.take(0.02)
        if got:
            turns.give_back()
        return got

    with transaction.atomic():
        assert not free()
    assert free()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert free()
    assert not Repeat.objects.filter(scope="x").update(key="y")  # a write of its own
    assert free()
    with transaction.atomic():
        connection.close()
        assert free()
