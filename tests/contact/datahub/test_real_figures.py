"""The 311 requests as figures: volumes, medians and overdue shares by agency and type equal direct queries on the file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.cast import SETUP, World

from steward.core.catalog import operations as catalog
from steward.core.catalog.models import Category, PromisePolicy
from steward.ground.access.models import Unit
from steward.ground.fields import localized
from steward.ground.measures import loading
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of

from .helpers import load
from .real import NOW, example, open_agencies, real_file

SEVEN_DAYS, NEVER = 7 * 24 * 60, 1_000_000_000
YEAR = Window(date(2025, 1, 1), date(2026, 1, 1))
# Every request of the file with how many minutes it took; one that is still open takes for ever. Hours of New York, changed clocks and all.
REQUESTS = """
SELECT Agency AS agency, "Complaint Type" AS type, "Closed Date" IS NOT NULL AS closed,
  coalesce(date_diff('minute', strptime("Created Date", '%m/%d/%Y %H:%M') AT TIME ZONE 'America/New_York',
    strptime("Closed Date", '%m/%d/%Y %H:%M') AT TIME ZONE 'America/New_York'), 1000000000) AS minutes
FROM read_csv('{file}', all_varchar = true)
"""


@pytest.fixture
def direct(world: World) -> dict[tuple[str, str], Any]:
    """Load the file with its types as categories and a promise of seven days; give the direct counts on the file."""
    path = real_file("nyc311")
    open_agencies(world.bank)
    found = _direct(path)
    for place, kind in enumerate(sorted({key[1] for key in found})):
        catalog.open_category(unit=world.bank, code=f"type{place}", name=localized(kind, en=kind), by=SETUP, at=NOW)
    codes = {str(row.name): row.code for row in Category.objects.filter(unit=world.bank)}
    catalog.publish_promise_policy(
        unit=world.bank, promise_kind=PromisePolicy.PromiseKind.RESOLUTION, clock="operational", amount=SEVEN_DAYS, time_unit="elapsed_minutes",
        case_kind="request", by=SETUP, at=datetime(2024, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    document = example("nyc311")
    document["columns"]["category"] = "Complaint Type"
    document["values"]["category"] = codes
    run = load(world, path, document, who="administrator", unit=world.bank, at=NOW)
    assert (run.failed, run.created) == (0, 4969)
    loading.load(at=NOW)
    return found


def _direct(path: Path) -> dict[tuple[str, str], Any]:
    query = (
        f"SELECT agency, type, count(*), count(*) FILTER (closed), quantile_disc(minutes, 0.5), count(*) FILTER (minutes > {SEVEN_DAYS}) "
        f"FROM ({REQUESTS.format(file=path)}) GROUP BY ALL"
    )
    return {(row[0], row[1]): row[2:] for row in duckdb.sql(query).fetchall()}


def _figures(world: World, code: str) -> dict[tuple[str, str], Any]:
    """Cells by the agency's letters and the type's name."""
    answer = evaluate(Question(code, YEAR, ("team", "category")), viewer_of(world.cast.manager, at=NOW))
    units = dict(Unit.objects.values_list("pk", "code"))
    types = {row.pk: str(row.name) for row in Category.objects.all()}
    return {(units[cell.key[0]], types[cell.key[1]]): cell for cell in answer.cells}


@pytest.mark.slow
def test_volumes_medians_and_overdue_shares_by_agency_and_type_are_those_of_the_file(
    world: World, direct: dict[tuple[str, str], Any]
) -> None:
    volumes, medians, kept = (_figures(world, code) for code in ("cases_opened", "resolution_time", "resolution_ontime"))
    assert set(volumes) == set(direct)
    assert len(direct) == 9
    for group, (total, _closed, minutes, overdue) in direct.items():
        assert volumes[group].value == total, group
        # Where more than half are still open, nobody knows yet how long the middle one takes.
        assert medians[group].value == (None if minutes == NEVER else pytest.approx(minutes / 60)), group
        assert kept[group].denominator - kept[group].numerator == overdue, group
        assert kept[group].denominator == total
    whole = evaluate(Question("cases_opened", YEAR), viewer_of(world.cast.manager, at=NOW)).total
    assert whole.value == 4969
