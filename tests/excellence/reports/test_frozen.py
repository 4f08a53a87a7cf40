"""A report shows for ever what it showed when it was made: the numbers, the definitions, the bytes of its PDF (rule X9)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override
from tests.cast import AT, World, local
from tests.excellence.reports.made import FEBRUARY, better_in_february, february, fill, manager, plan, steady

from steward.core.cases.models import Case
from steward.excellence.insights.reports import book, kept, operations, queries, snapshot, texts
from steward.excellence.insights.reports.errors import (
    CorrectedAlready,
    IssuedAlready,
    NothingLoaded,
    NotIssued,
    PeriodNotOver,
    SnapshotDamaged,
    SpecEndedAlready,
)
from steward.excellence.insights.reports.models import Report, Snapshot
from steward.ground.access.errors import Forbidden
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from steward.ground.measures.declarations import Measure, measures

MAY = local("2026-05-04 09:00")


@contextmanager
def redeclared(code: str, **changes: Any) -> Iterator[Measure]:
    """Another version of a measure, as a later release may bring it."""
    old = measures.get(code)
    measures.forget(code)
    measures.register(replace(old, version=old.version + 1, **changes))
    try:
        yield measures.get(code)
    finally:
        measures.forget(code)
        measures.register(old)


def numbers(content: dict[str, Any]) -> dict[str, Any]:
    return {figure["stamp"]: figure["now"]["value"] for figure in content["figures"]}


def late_papers(world: World, at: datetime) -> None:
    """Ten complaints of February that are entered in May."""
    when = local("2026-02-10 10:00")
    rows = [
        Case(
            organisation=world.bank,
            number=f"L-{index}",
            unit=world.counter_team,
            kind="complaint",
            state="open",
            channel="web",
            title="补录",
            opened_at=when,
            changed_at=when,
        )
        for index in range(10)
    ]
    Case.objects.bulk_create(rows)
    loading.rebuild(at=at)


def test_r080_the_same_report_made_again_months_later_gives_the_same_numbers_and_the_same_pdf(world: World) -> None:
    fill(world, better_in_february)
    report = february(world, plan(world))
    operations.issue_report(report=report, by=manager(world), at=AT)
    report = Report.objects.get(pk=report.pk)
    then, pdf = numbers(queries.content_of(report)), {code: kept.render(report, code) for code in ("zh-hans", "en")}
    late_papers(world, MAY)
    world.bank.name = localized("改名银行")
    type(world.bank).objects.filter(pk=world.bank.pk).update(name=localized("改名银行"))
    type(world.cast.manager).objects.filter(pk=world.cast.manager.pk).update(name="改名的人")
    with redeclared("complaint_share", definition="Something else altogether.", where="kind <> 'praise'"):
        again = Report.objects.get(pk=report.pk)
        assert numbers(queries.content_of(again)) == then
        assert {code: kept.render(again, code) for code in ("zh-hans", "en")} == pdf
        definition = next(figure for figure in queries.content_of(again)["figures"] if figure["id"] == "complaint_share")
        assert definition["stamp"] == "complaint_share@1"
        assert definition["definition"]["en"] != "Something else altogether."


def test_r080_a_fresh_report_may_differ_and_says_why(world: World) -> None:
    fill(world, better_in_february)
    spec = plan(world)
    report = february(world, spec)
    operations.issue_report(report=report, by=manager(world), at=AT)
    late_papers(world, MAY)
    with redeclared("praise_share", definition="Words of praise, counted otherwise."), override("en"):
        fresh = operations.make_report(spec=spec, start=FEBRUARY, by=manager(world), at=MAY).report
        seen = queries.compared(fresh, queries.content_of(fresh))
        assert seen is not None
        assert seen.older.pk == report.pk
        found = {one.name: one for one in seen.found}
        assert found["Share of praise"].kind == "definition"
        assert "praise_share@1 to praise_share@2" in found["Share of praise"].why
        data = found["Cases received"]
        assert data.kind == "data"
        assert (data.before[:3], data.now[:3]) == ("280", "290")
        assert "generation 1 of" in data.why
        assert "generation 2 of" in data.why


def test_r080_a_report_made_twice_from_the_same_data_does_not_differ(world: World) -> None:
    fill(world, steady)
    spec = plan(world)
    first, second = february(world, spec), february(world, spec, at=AT + timedelta(hours=1))
    seen = queries.compared(second, queries.content_of(second))
    assert seen is not None
    assert seen.older.pk == first.pk
    assert list(seen.found) == []


def test_r080_nothing_changes_after_the_issue(world: World) -> None:
    fill(world, steady)
    report = february(world, plan(world))
    words = operations.write_commentary(report=report, part="changed", text="二月来件平稳。", by=manager(world), at=AT)
    proposed = operations.add_recommendation(
        report=report,
        text="保留机动窗口",
        question="是否同意？",
        owner=world.staff("supervisor"),
        due_date=FEBRUARY,
        by=manager(world),
        at=AT,
    )
    issued = operations.issue_report(report=report, by=manager(world), at=AT)
    before = texts.written(issued)
    for act in (
        lambda: operations.write_commentary(report=report, part="changed", text="再说一句", by=manager(world), at=AT),
        lambda: operations.change_commentary(commentary=words, text="改口", by=manager(world), at=AT),
        lambda: operations.withdraw_recommendation(recommendation=proposed, by=manager(world), at=AT),
        lambda: operations.issue_report(report=report, by=manager(world), at=AT),
    ):
        with pytest.raises(IssuedAlready):
            act()
    again = Report.objects.get(pk=report.pk)
    assert texts.written(again) == before
    assert again.seal == texts.seal_of(queries.sha_of(again), before)
    assert Entry.objects.filter(code="reports.report_issued", subject_id=report.pk).get().public == {"seal": again.seal}


def test_r080_a_snapshot_that_was_touched_is_not_shown(world: World) -> None:
    fill(world, steady, days=60)
    report = february(world, plan(world))
    row = Snapshot.objects.get(report=report)
    forged = snapshot.freeze({**queries.content_of(report), "made_at": "2020-01-01T00:00:00+00:00"})
    Snapshot.objects.filter(pk=row.pk).update(body=forged.body)
    with pytest.raises(SnapshotDamaged):
        queries.content_of(report)
    Snapshot.objects.filter(pk=row.pk).update(body=b"nothing of the kind")
    with pytest.raises(SnapshotDamaged):
        queries.content_of(report)


def test_r080_a_correction_replaces_the_report_when_it_is_issued_and_not_before(world: World) -> None:
    fill(world, steady)
    report = february(world, plan(world))
    operations.write_commentary(report=report, part="changed", text="二月来件平稳。", by=manager(world), at=AT)
    with pytest.raises(NotIssued):
        operations.correct_report(report=report, by=manager(world), at=AT, reason="数错了")
    report = operations.issue_report(report=report, by=manager(world), at=AT)
    late_papers(world, MAY)
    newer = operations.correct_report(report=report, by=manager(world), at=MAY, reason="补录了十件投诉").report
    assert Report.objects.get(pk=report.pk).state == "issued"
    assert [row.text for row in texts.current_commentary(newer)] == ["二月来件平稳。"]
    with pytest.raises(CorrectedAlready):
        operations.correct_report(report=report, by=manager(world), at=MAY, reason="又一次")
    operations.issue_report(report=newer, by=manager(world), at=MAY)
    assert Report.objects.get(pk=report.pk).state == "corrected"
    assert numbers(queries.content_of(report))["cases_opened@1"] == 280


def test_r080_a_changed_plan_is_a_new_version_and_old_reports_keep_theirs(world: World) -> None:
    fill(world, steady, days=60)
    first = plan(world)
    report = february(world, first)
    second = plan(world, measures=["cases_opened"], replaces=first, at=AT + timedelta(minutes=1))
    assert (second.series, second.version) == (first.series, 2)
    assert len(queries.content_of(report)["figures"]) == 3
    with pytest.raises(SpecEndedAlready):
        february(world, type(first).objects.get(pk=first.pk))
    with pytest.raises(SpecEndedAlready):
        plan(world, replaces=first)


def test_r080_only_periods_that_are_over_and_figures_that_are_loaded(world: World) -> None:
    spec = plan(world)
    with pytest.raises(NothingLoaded):
        february(world, spec)
    with pytest.raises(PeriodNotOver):
        operations.make_report(spec=spec, start=AT.date(), by=manager(world), at=AT)
    with pytest.raises(Forbidden):
        february(world, spec, who="supervisor")


def test_r080_the_workbook_is_the_same_each_time_and_holds_the_numbers(world: World) -> None:
    import io

    from openpyxl import load_workbook

    fill(world, steady)
    report = february(world, plan(world))
    content = queries.content_of(report)
    made = [book.xlsx_of(content, texts.written(report), queries.sha_of(report), language="en") for _ in range(2)]
    assert made[0] == made[1]
    sheets = load_workbook(io.BytesIO(made[0]))
    assert sheets.sheetnames == ["Figures", "Courses", "Groups", "Written by people", "Definitions", "About"]
    rows = list(sheets["Figures"].values)
    assert rows[1][:2] == ("Cases received", 280)
    assert rows[2][1] == pytest.approx(20)
    assert [row[1] for row in sheets["About"].values][-1] == queries.sha_of(report)


def test_canonical_json_does_not_depend_on_the_order_things_were_put_in() -> None:
    assert snapshot.fingerprint({"a": 1, "b": [1.5, None]}) == snapshot.fingerprint({"b": [1.5, None], "a": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        snapshot.canonical({"a": float("nan")})
