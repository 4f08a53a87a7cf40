"""Words about a person in reports: found, exported, and taken out on request, in drafts and in issued reports with a new seal."""

from __future__ import annotations

import pytest
from tests.cast import AT, World
from tests.excellence.reports.made import february, fill, manager, plan, steady

from steward.excellence.insights.reports import operations, personal, queries, texts
from steward.excellence.insights.reports.models import Commentary, Report
from steward.ground.files.models import FileRef
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import erase_person, export_person, places

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "13800138000"


def written(world: World) -> tuple[Report, Report]:
    """An issued report and a draft whose words name the customer."""
    fill(world, steady)
    spec = plan(world)
    issued, draft = february(world, spec), february(world, spec)
    by = manager(world)
    for report in (issued, draft):
        operations.write_commentary(report=report, part="why", text="陈晓明连续来电三次。", by=by, at=AT)
        operations.write_commentary(report=report, part="changed", text="总体平稳。", by=by, at=AT)
    operations.add_recommendation(
        report=issued,
        text=f"回访陈晓明（{PHONE}）",
        question="是否同意？",
        owner=world.staff("supervisor"),
        due_date=AT.date(),
        by=by,
        at=AT,
    )
    return operations.issue_report(report=issued, by=by, at=AT), draft


def test_r080_what_reports_say_of_a_person_is_found_and_exported(world: World, transactional_db: None) -> None:
    written(world)
    person = Person.of(world.customer)
    assert personal.find(person) == 3
    rows = export_person(person)[personal.KEY]
    assert [row["from"] for row in rows] == ["2026-02-01"] * 3
    assert any(PHONE in row["text"] for row in rows)
    assert personal.find(Person.of(world.other_customer)) == 0
    assert personal.find(Person("org.staff", 1, "x")) == 0
    keys = [place.key for place in places()]
    assert keys.index(personal.KEY) < keys.index("customers"), "the name must still be there when it is looked for"


def test_r080_erasing_a_person_takes_them_out_of_drafts_and_issued_reports(world: World, transactional_db: None) -> None:
    issued, draft = written(world)
    run_waiting(AT)
    operations.issue_report(report=draft, by=manager(world), at=AT)
    before = issued.seal
    done = erase_person(Person.of(world.customer), at=AT)
    assert done.blanked[personal.KEY] == 3
    assert not Commentary.objects.filter(text__contains="陈晓明").exists()
    assert Commentary.objects.filter(text="—连续来电三次。").count() == 2
    for report in Report.objects.all():
        assert "陈晓明" not in str(report.texts)
        assert PHONE not in str(report.texts)
        assert "总体平稳。" in str(report.texts)
        assert report.seal == texts.seal_of(queries.sha_of(report), texts.written(report))
    issued.refresh_from_db()
    assert issued.seal != before
    entry = Entry.objects.filter(code="reports.words_erased", subject_id=issued.pk).get()
    assert entry.public == {"seal": issued.seal}
    assert not FileRef.objects.of(issued).exists()
    assert erase_person(Person.of(world.customer), at=AT).blanked[personal.KEY] == 0


def test_r080_a_name_of_another_organisation_is_left_alone(world: World, transactional_db: None) -> None:
    from steward.core.customers import operations as customers

    written(world)
    namesake = customers.register_customer(unit=world.hotel, name="陈晓明", by=world.actor("outsider"), at=AT)
    assert personal.find(Person.of(namesake)) == 0
    erase_person(Person.of(namesake), at=AT)
    assert Commentary.objects.filter(text__contains="陈晓明").count() == 2
