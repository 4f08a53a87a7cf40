"""Real records that nobody of the project made, through the public import path: what the pages say equals direct counts on the files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count
from tests.cast import World

from steward.contact.datahub.models import SourceRecord
from steward.core.cases.models import Case, Promise, StateSpan

from .helpers import load
from .real import AGENCIES, NOW, example, open_agencies, part_of, real_file, rows_of

pytestmark = pytest.mark.django_db


def loaded(world: World, name: str, path: Path) -> Any:
    open_agencies(world.bank)
    return load(world, path, example(name), who="administrator", unit=world.bank, at=NOW)


def by_agency() -> Counter[tuple[str, bool]]:
    rows = Case.objects.values("unit__code", "state").annotate(count=Count("pk"))
    return Counter({(row["unit__code"], row["state"] == "closed"): row["count"] for row in rows})


def check_311(world: World, path: Path) -> None:
    rows = list(rows_of(path))
    run = loaded(world, "nyc311", path)
    assert run.records == len(rows) == run.created + run.failed
    assert run.failed == 0
    assert by_agency() == Counter((row["Agency"], row["Status"] == "Closed") for row in rows)
    assert set(AGENCIES) >= {row["Agency"] for row in rows}
    again = load(world, path, example("nyc311"), who="administrator", unit=world.bank, at=NOW)
    assert (again.created, again.unchanged) == (0, len(rows))


def test_part_of_the_311_requests(world: World, tmp_path: Path) -> None:
    check_311(world, part_of(real_file("nyc311"), tmp_path / "part.csv", rows=400))


@pytest.mark.slow
def test_all_311_requests(world: World) -> None:
    check_311(world, real_file("nyc311"))
    assert Case.objects.filter(state="closed").count() == 4692
    assert Case.objects.filter(state="open").count() == 277


def check_cfpb(world: World, path: Path) -> None:
    rows = list(rows_of(path))
    run = loaded(world, "cfpb", path)
    assert run.records == len(rows) == run.created + run.failed
    assert run.failed == 0
    timely = Counter(facts["timely"] for facts in SourceRecord.objects.values_list("facts", flat=True))
    assert timely == Counter(row["Timely response?"] == "Yes" for row in rows)
    relief = sum(row["Company response to consumer"].endswith("monetary relief") for row in rows)
    assert Case.objects.filter(resolution="remedied").count() == relief
    assert not Promise.objects.exists()  # the file's dates are too poor to measure by, as its mapping says


def test_part_of_the_complaints(world: World, tmp_path: Path) -> None:
    check_cfpb(world, part_of(real_file("cfpb"), tmp_path / "part.csv", rows=300))


@pytest.mark.slow
def test_all_complaints(world: World) -> None:
    check_cfpb(world, real_file("cfpb"))


def share(name: str, wanted: Any, **which: Any) -> float:
    facts = list(SourceRecord.objects.filter(**which).values_list("facts", flat=True))
    return sum(wanted(fact[name]) for fact in facts) / len(facts)


def test_part_of_the_incidents_with_their_history(world: World, tmp_path: Path) -> None:
    path = part_of(real_file("uci498"), tmp_path / "part.csv", rows=2000, key="number")
    rows = list(rows_of(path))
    last = {row["number"]: row for row in rows}
    run = loaded(world, "uci498", path)
    assert (run.rows_total, run.records, run.created, run.failed) == (len(rows), len(last), len(last), 0)
    assert Case.objects.filter(state="closed").count() == len(last)
    assert share("made_sla", bool) == sum(row["made_sla"] == "true" for row in last.values()) / len(last)
    waited = {row["number"] for row in rows if row["incident_state"] == "Awaiting User Info"}
    spans = StateSpan.objects.filter(state="on_hold", reason="awaiting_customer")
    assert set(SourceRecord.objects.filter(case__in=spans.values("case")).values_list("key", flat=True)) >= waited
    again = load(world, path, example("uci498"), who="administrator", unit=world.bank, at=NOW)
    assert (again.created, again.unchanged) == (0, len(last))


@pytest.mark.slow
def test_all_incidents(world: World) -> None:
    run = loaded(world, "uci498", real_file("uci498"))
    assert (run.rows_total, run.records, run.created, run.failed) == (141_712, 24_918, 24_918, 0)
    assert round(share("made_sla", bool) * 100, 2) == 63.42
    assert round(share("reopen_count", lambda count: count > 0) * 100, 2) == 1.10
    assert round(share("reassignment_count", lambda count: count > 0) * 100, 1) == 45.6
    assert Case.objects.filter(state="closed").count() == 24_918
    reopened = StateSpan.objects.filter(state="closed", ended_at__isnull=False).values("case").distinct().count()
    assert 270 <= reopened <= 280  # counted from our spans; the source's own counter says 275
    by_priority = [round(share("made_sla", bool, case__priority=priority) * 100, 1) for priority in ("urgent", "high", "normal", "low")]
    assert by_priority == [1.9, 0.5, 64.5, 84.1]
