"""Every figure equals a recount in plain Python over the application's own rows: another way to the same number (rule X1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from random import Random
from statistics import mean, stdev
from typing import Any

import pytest
from tests.cast import AT, World

from steward.contact.datahub.models import ImportRun
from steward.core.cases.models import Case
from steward.core.encounters.models import Exposure, Interaction
from steward.core.org.models import Presence
from steward.ground.measures import loading
from steward.ground.measures.declarations import measures
from steward.ground.measures.evaluate import evaluate, row_ids
from steward.ground.measures.questions import Question, Viewer, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.worktime.queries import work_calendar_for
from steward.science.inference import quantile_interval, wilson
from steward.science.worktime import working_time_between

from .random_cases import fill, fill_work, local_day

Row = dict[str, Any]


def told(world: World, count: int) -> list[Row]:
    cases = fill(world, count, seed=7)
    loading.rebuild(at=AT)
    whole = Case.objects.filter(pk__in=[case.pk for case in cases]).prefetch_related("messages", "spans", "assignments", "promises", "unit")
    return [_told(case) for case in whole]


@pytest.fixture
def rows(world: World) -> list[Row]:
    return told(world, 500)


@pytest.fixture
def viewer(world: World) -> Viewer:
    return viewer_of(world.cast.manager, at=AT)


def _told(case: Case) -> Row:
    """What a person would write on a card about a case, from the rows themselves."""
    answers = [message for message in case.messages.all() if message.direction == "out" and not message.automatic]
    answer = min(answers, key=lambda message: message.at, default=None)
    closings = sorted((span for span in case.spans.all() if span.state == "closed"), key=lambda span: span.started_at)
    again = min((span.ended_at for span in closings if span.ended_at), default=None)
    minutes = None
    if answer is not None:
        minutes = int(working_time_between(work_calendar_for(case.unit), case.opened_at, answer.at).total_seconds()) // 60
    return {
        "case": case, "id": case.pk, "unit": case.unit_id, "kind": case.kind, "channel": case.channel, "hidden": case.confidential,
        "opened": local_day(case.opened_at), "closed": local_day(case.closed_at), "answered": local_day(answer.at if answer else None),
        "minutes": minutes, "first_closed": local_day(closings[0].started_at) if closings else None,
        "reopened": bool(closings and again and again - closings[0].started_at <= timedelta(days=30)),
        "holders": len(case.assignments.all()), "promises": list(case.promises.all()),
    }  # fmt: skip


def _windows() -> list[Window]:
    today = local_day(AT)
    assert isinstance(today, date)
    return [Window(today - timedelta(days=60), today), Window(today - timedelta(days=17), today - timedelta(days=3))]


def _questions(world: World) -> list[tuple[dict[str, tuple[Any, ...]], Callable[[Row], bool]]]:
    inside = {world.branch.pk, world.counter_team.pk, world.lobby_team.pk}
    return [
        ({}, lambda row: True),
        ({"unit": (world.branch.pk,)}, lambda row: row["unit"] in inside),
        (
            {"kind": ("complaint", "request"), "channel": ("web",)},
            lambda row: row["kind"] in ("complaint", "request") and row["channel"] == "web",
        ),
    ]


SHARES: dict[str, tuple[str, Callable[[Row], bool], Callable[[Row], bool]]] = {
    "complaint_share": ("opened", lambda row: True, lambda row: row["kind"] == "complaint"),
    "praise_share": ("opened", lambda row: True, lambda row: row["kind"] == "praise"),
    "reopen_rate": ("first_closed", lambda row: row["first_closed"] is not None, lambda row: row["reopened"]),
    "reassigned_rate": ("closed", lambda row: row["holders"] > 0, lambda row: row["holders"] > 1),
    "resolved_coded": ("closed", lambda row: row["closed"] is not None, lambda row: row["case"].resolution in ("answered", "fulfilled", "remedied")),
}  # fmt: skip


def test_x1_shares_of_two_thousand_cases_equal_a_recount_with_their_rows(world: World, viewer: Viewer) -> None:
    rows = told(world, 2000)
    for code, window, (filters, chosen) in product(SHARES, _windows(), _questions(world)):
        when, below, above = SHARES[code]
        counted = [
            row for row in rows if chosen(row) and not row["hidden"] and row[when] and window.start <= row[when] < window.end and below(row)
        ]
        hits = [row for row in counted if above(row)]
        question = Question(code, window, filters=filters)
        total = evaluate(question, viewer).total
        assert (total.numerator, total.denominator) == (len(hits), len(counted)), question
        expected = wilson(len(hits), len(counted))
        assert (total.value, total.low, total.high) == pytest.approx((100 * expected.estimate, 100 * expected.low, 100 * expected.high))
        assert set(row_ids(question, viewer, limit=None)[1]) == {row["id"] for row in counted}
        assert set(row_ids(question, viewer, part="numerator", limit=None)[1]) == {row["id"] for row in hits}


def test_x1_counts_by_kind_and_week_add_up_to_a_recount(rows: list[Row], viewer: Viewer) -> None:
    window = _windows()[0]
    answer = evaluate(Question("cases_opened", window, ("kind",), "week"), viewer)
    for cell in answer.cells:
        assert cell.period is not None
        week = (max(cell.period, window.start), min(cell.period + timedelta(days=7), window.end))
        mine = [row for row in rows if not row["hidden"] and row["kind"] == cell.key[0] and week[0] <= row["opened"] < week[1]]
        assert cell.value == len(mine)
        found = row_ids(answer.question, viewer, cell.key, cell.period, limit=None)[1]
        assert set(found) == {row["id"] for row in mine}
    assert sum(cell.n for cell in answer.cells) == answer.total.n


def test_x1_response_times_equal_a_recount_in_working_minutes(rows: list[Row], viewer: Viewer) -> None:
    for window, (code, q) in product(_windows(), (("frt", 0.5), ("frt_p90", 0.9))):
        minutes = [row["minutes"] for row in rows if not row["hidden"] and row["answered"] and window.start <= row["answered"] < window.end]
        total = evaluate(Question(code, window), viewer).total
        expected = quantile_interval(minutes, q)
        assert total.n == len(minutes)
        assert (total.value, total.low, total.high) == pytest.approx((expected.estimate, expected.low, expected.high))


def test_x1_promises_equal_a_recount(rows: list[Row], viewer: Viewer) -> None:
    for window in _windows():
        due = [
            promise for row in rows if not row["hidden"] for promise in row["promises"]
            if promise.cancelled_at is None and (promise.met_at or promise.missed_at) and window.start <= local_day(promise.due_at) < window.end
        ]  # fmt: skip
        kept = [promise for promise in due if promise.met_at and promise.met_at <= promise.due_at]
        for code in ("promise_kept", "frt_ontime"):
            total = evaluate(Question(code, window), viewer).total
            assert (total.numerator, total.denominator) == (len(kept), len(due))


def test_x1_handovers_and_the_backlog_equal_a_recount(rows: list[Row], viewer: Viewer) -> None:
    window = _windows()[0]
    passed = [row["holders"] - 1 for row in rows if not row["hidden"] and row["closed"] and window.start <= row["closed"] < window.end]
    assert evaluate(Question("handoffs", window), viewer).total.value == pytest.approx(mean(passed))
    left = [row for row in rows if not row["hidden"] and row["closed"] is None]
    assert evaluate(Question("backlog", window), viewer).total.value == len(left)
    ages = [(AT - row["case"].opened_at).total_seconds() / 86400 for row in left]
    found = evaluate(Question("backlog_age", window), viewer).total
    assert found.value == pytest.approx(quantile_interval(ages, 0.5).estimate)


def test_r073_the_complaint_rate_counts_complaints_against_visits(rows: list[Row], viewer: Viewer) -> None:
    window = _windows()[0]
    total = evaluate(Question("complaint_rate", window), viewer).total
    complaints = [row for row in rows if row["kind"] == "complaint" and window.start <= row["opened"] < window.end]
    visits = sum(Exposure.objects.filter(day_date__gte=window.start, day_date__lt=window.end).values_list("count", flat=True))
    assert (total.numerator, total.denominator) == (len(complaints), visits)
    assert total.value == pytest.approx(1000 * len(complaints) / visits)


def test_first_contacts_resolve_when_nobody_came_again_within_seven_days(rows: list[Row], viewer: Viewer) -> None:
    window = _windows()[0]
    known = [row for row in rows if row["case"].customer_id]
    settled = [row for row in known if window.start <= row["opened"] + timedelta(days=7) < window.end]

    def came_again(row: Row) -> bool:
        mine = row["case"]
        return any(
            other["case"].customer_id == mine.customer_id and other["case"].category_id == mine.category_id
            and (other["case"].opened_at, other["id"]) > (mine.opened_at, mine.pk)
            and other["case"].opened_at - mine.opened_at <= timedelta(days=7)
            for other in known
        )  # fmt: skip

    some = Random(3).sample(settled, min(150, len(settled)))
    total = evaluate(Question("fcr", window), viewer).total
    assert total.denominator == len(settled)
    hits = set(row_ids(Question("fcr", window), viewer, part="numerator", limit=None)[1])
    for row in some:
        if not row["hidden"]:
            assert (row["id"] in hits) == (not came_again(row))


@pytest.fixture
def worked(world: World) -> World:
    fill_work(world, 800)
    loading.rebuild(at=AT)
    return world


def _places(world: World) -> list[tuple[dict[str, tuple[Any, ...]], set[int]]]:
    """The whole bank, and one branch with the teams below it."""
    inside = {world.branch.pk, world.counter_team.pk, world.lobby_team.pk}
    return [({}, {*inside, world.bank.pk, world.other_branch.pk}), ({"unit": (world.branch.pk,)}, inside)]


def test_x1_handling_time_equals_a_recount_in_minutes_of_ended_contacts(worked: World, viewer: Viewer) -> None:
    for window, (filters, units) in product(_windows(), _places(worked)):
        ended = [row for row in Interaction.objects.all() if row.unit_id in units and row.ended_at]
        mine = [row for row in ended if window.start <= local_day(row.ended_at) < window.end]
        minutes = [(row.ended_at - row.started_at).total_seconds() / 60 for row in mine if row.ended_at]
        assert len(mine) > 20
        question = Question("aht", window, filters=filters)
        total = evaluate(question, viewer).total
        assert (total.n, total.value) == (len(mine), pytest.approx(mean(minutes)))
        error = stdev(minutes) / len(minutes) ** 0.5
        assert total.low is not None
        assert total.value is not None
        assert 1.95 * error < total.value - total.low < 2.1 * error
        assert set(row_ids(question, viewer, limit=None)[1]) == {row.pk for row in mine}


def test_x1_occupancy_and_shrinkage_equal_a_recount_of_the_minutes_people_were_in_each_state(worked: World, viewer: Viewer) -> None:
    at_work, paid = {"busy", "available"}, set(Presence.State.values) - {"off"}
    for window, (filters, units) in product(_windows(), _places(worked)):
        rows = [row for row in Presence.objects.select_related("staff") if row.staff.unit_id in units and row.ended_at]
        minutes: dict[str, float] = dict.fromkeys(Presence.State.values, 0.0)
        for row in rows:
            if window.start <= local_day(row.started_at) < window.end and row.ended_at:
                minutes[row.state] += (row.ended_at - row.started_at).total_seconds() / 60
        present = sum(minutes[state] for state in at_work)
        on_duty = sum(minutes[state] for state in paid)
        found = evaluate(Question("occupancy", window, filters=filters), viewer).total
        assert found.value == pytest.approx(100 * minutes["busy"] / present)
        found = evaluate(Question("shrinkage", window, filters=filters), viewer).total
        assert found.value == pytest.approx(100 * (on_duty - present) / on_duty)


def test_x1_records_not_imported_equal_a_recount_of_the_finished_runs(worked: World, viewer: Viewer) -> None:
    for window, (filters, units) in product(_windows(), _places(worked)):
        done = [run for run in ImportRun.objects.exclude(finished_at=None) if run.unit_id in units]
        mine = [run for run in done if window.start <= local_day(run.finished_at) < window.end]
        failed, records = sum(run.failed for run in mine), sum(run.records for run in mine)
        assert failed
        question = Question("import_failed", window, filters=filters)
        total = evaluate(question, viewer).total
        assert (total.numerator, total.denominator) == (failed, records)
        assert total.value == pytest.approx(100 * failed / records)
        assert set(row_ids(question, viewer, limit=None)[1]) == {run.pk for run in mine}


def test_x1_visits_per_day_equal_a_recount_of_the_counted_days(worked: World, viewer: Viewer) -> None:
    for window, (filters, units) in product(_windows(), _places(worked)):
        mine = [row for row in Exposure.objects.all() if row.unit_id in units and window.start <= row.day_date < window.end]
        question = Question("visits_per_day", window, filters=filters)
        total = evaluate(question, viewer).total
        assert (total.numerator, total.denominator) == (sum(row.count for row in mine), len(mine))
        assert total.value == pytest.approx(mean(row.count for row in mine))
        assert set(row_ids(question, viewer, limit=None)[1]) == {row.pk for row in mine}


def test_every_measure_answers_and_names_its_fact(rows: list[Row], viewer: Viewer) -> None:
    for measure in measures.all():
        answer = evaluate(Question(measure.id, _windows()[0]), viewer)
        assert answer.loaded_at == AT
        assert [cell.value for cell in answer.cells] in ([], [answer.total.value]), "without a breakdown the only cell is the whole"
        assert answer.measure.stamp == f"{measure.id}@{measure.version}"
        assert str(measure.name)
        assert str(measure.definition)
