"""The pages of reports: who sees what, writing in place, issuing, downloads."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from tests.cast import AT, World
from tests.excellence.reports.made import february, fill, manager, plan, steady

from steward.excellence.insights.reports import operations
from steward.excellence.insights.reports.errors import DiscardedAlready, IssuedAlready, NotIssued
from steward.excellence.insights.reports.models import Commentary, Report, ReportSpec
from steward.excellence.insights.reports.views import files
from steward.ground.access.errors import Forbidden
from steward.ground.files.models import FileRef
from steward.ground.jobs.models import Job
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry


@pytest.fixture
def report(world: World) -> Report:
    fill(world, steady)
    return february(world, plan(world, recipients=[world.cast.front_line]))


def test_r080_every_figure_links_to_its_definition_with_the_question(report: Report, signed_in: Any) -> None:
    page = signed_in("manager").get(reverse("reports:report", args=[report.public_id])).content.decode()
    assert "/insights/measures/complaint_share/?from=2026-02-01&amp;to=2026-02-28" in page
    assert "complaint_share@1" in page
    assert "260" not in report.headline


def test_r080_written_in_place_issued_and_read_by_a_recipient(report: Report, signed_in: Any) -> None:
    boss, front = signed_in("manager"), signed_in("front_line")
    address = reverse("reports:report", args=[report.public_id])
    assert front.get(address).status_code == 404
    boss.post(reverse("reports:comment", args=[report.public_id]), {"part": "changed", "text": "服务显著改善。"})
    assert Commentary.objects.get().flags == ["显著", "改善"]
    asked = boss.get(reverse("reports:issue", args=[report.public_id])).content.decode()
    assert "不能撤回" in asked
    assert "没有数据支持" in asked
    assert boss.post(reverse("reports:issue", args=[report.public_id])).status_code == 302
    page = front.get(address)
    assert page.status_code == 200
    assert "数据不支持以下措辞" in page.content.decode()
    assert front.get(reverse("reports:list")).content.decode().count("data-row") == 1


def test_r080_the_issued_pdf_is_kept_and_handed_out_as_it_was(report: Report, signed_in: Any) -> None:
    boss = signed_in("manager")
    assert boss.post(reverse("reports:issue", args=[report.public_id])).status_code == 302
    at_once = boss.get(reverse("reports:pdf", args=[report.public_id]), {"lang": "zh-hans"})
    assert at_once.content[:5] == b"%PDF-"
    run_waiting(AT)
    assert FileRef.objects.of(report).count() == 1
    first = b"".join(boss.get(reverse("reports:pdf", args=[report.public_id])).streaming_content)
    assert first == at_once.content
    assert Entry.objects.filter(code="reports.report_downloaded", subject_id=report.pk).count() == 2


def test_r080_the_pdf_of_a_draft_is_made_by_a_job_and_linked_when_it_is_there(report: Report, world: World, signed_in: Any) -> None:
    boss, address = signed_in("manager"), reverse("reports:report", args=[report.public_id])
    fetch = reverse("reports:pdf", args=[report.public_id])
    answer = boss.get(fetch)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?lang=zh-hans")
    assert FileRef.objects.of(report).count() == 0, "nothing is set inside the request"
    assert Entry.objects.filter(code="reports.report_downloaded").count() == 0
    waiting = boss.get(address).content.decode()
    assert "正在生成 PDF" in waiting
    assert "data-live" in waiting
    boss.get(fetch)
    assert Job.objects.filter(name="reports.keep_pdf").count() == 1, "asking again asks nothing new"
    run_waiting(AT)
    ready = boss.get(address).content.decode()
    assert "正在生成 PDF" not in ready
    assert fetch in ready
    assert b"".join(boss.get(fetch).streaming_content)[:5] == b"%PDF-"
    assert Entry.objects.filter(code="reports.report_downloaded").count() == 1
    operations.write_commentary(report=report, part="why", text="来件集中在柜面。", by=manager(world), at=AT)
    assert boss.get(fetch).status_code == 302, "the file does not hold the newest words, so it is made again"
    run_waiting(AT)
    assert FileRef.objects.of(report).count() == 1
    operations.issue_report(report=report, by=manager(world), at=AT)
    assert FileRef.objects.of(report).count() == 0, "a draft's file is not handed out as the issued report"


def test_r080_a_draft_whose_pdf_failed_says_so(report: Report, signed_in: Any) -> None:
    boss = signed_in("manager")
    boss.get(reverse("reports:pdf", args=[report.public_id]))
    Job.objects.update(state=Job.State.FAILED)
    page = boss.get(reverse("reports:report", args=[report.public_id])).content.decode()
    assert "PDF 未能生成" in page
    assert "data-live-target" not in page


def test_r080_a_draft_is_discarded_after_a_question_and_is_used_no_more(report: Report, world: World, signed_in: Any) -> None:
    boss, address = signed_in("manager"), reverse("reports:report", args=[report.public_id])
    words = operations.write_commentary(report=report, part="why", text="来件集中在柜面。", by=manager(world), at=AT)
    assert reverse("reports:discard", args=[report.public_id]) in boss.get(address).content.decode()
    assert "不能撤回" in boss.get(reverse("reports:discard", args=[report.public_id])).content.decode()
    report.refresh_from_db()
    assert report.state == "draft", "asking changes nothing"
    assert boss.post(reverse("reports:discard", args=[report.public_id]), {"reason": "补录后重做"}).status_code == 302
    report.refresh_from_db()
    assert report.state == "discarded"
    entry = Entry.objects.get(code="reports.report_discarded", subject_id=report.pk)
    assert (entry.public["start"], entry.reason) == ("2026-02-01", "补录后重做")
    assert "已作废" in boss.get(address).content.decode()
    assert boss.get(reverse("reports:list")).content.decode().count("data-row") == 0
    assert boss.get(f"{reverse('reports:list')}?state=discarded").content.decode().count("data-row") == 1
    for refused in (
        lambda: operations.discard_report(report=report, by=manager(world), at=AT),
        lambda: operations.issue_report(report=report, by=manager(world), at=AT),
        lambda: operations.change_commentary(commentary=words, text="别的话", by=manager(world), at=AT),
    ):
        with pytest.raises(DiscardedAlready):
            refused()
    with pytest.raises(NotIssued):
        operations.correct_report(report=report, by=manager(world), at=AT, reason="错了")
    for name in ("pdf", "xlsx"):
        assert boss.get(reverse(f"reports:{name}", args=[report.public_id])).status_code == 409
    assert signed_in("front_line").get(address).status_code == 404


def test_r080_who_may_not_write_discards_nothing(report: Report, world: World, signed_in: Any) -> None:
    before = Entry.objects.count()
    for who in ("quality_reviewer", "other_branch", "front_line", "outsider"):
        with pytest.raises(Forbidden):
            operations.discard_report(report=report, by=world.actor(who), at=AT)
        assert signed_in(who).post(reverse("reports:discard", args=[report.public_id])).status_code in (403, 404)
    report.refresh_from_db()
    assert report.state == "draft"
    assert Entry.objects.count() == before


def test_r080_an_issued_report_is_not_discarded_and_a_discarded_correction_frees_it(report: Report, world: World) -> None:
    operations.issue_report(report=report, by=manager(world), at=AT)
    with pytest.raises(IssuedAlready):
        operations.discard_report(report=report, by=manager(world), at=AT)
    newer = operations.correct_report(report=report, by=manager(world), at=AT, reason="补录").report
    operations.discard_report(report=newer, by=manager(world), at=AT)
    again = operations.correct_report(report=report, by=manager(world), at=AT, reason="再补录").report
    operations.issue_report(report=again, by=manager(world), at=AT)
    report.refresh_from_db()
    assert report.state == "corrected"


def test_r080_without_the_extra_the_page_says_so(report: Report, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from steward.excellence.insights.reports.views import report as page

    monkeypatch.setattr(files, "extra_missing", lambda: True)
    monkeypatch.setattr(page, "extra_missing", lambda: True)
    answer = signed_in("manager").get(reverse("reports:pdf", args=[report.public_id]))
    assert answer.status_code == 501
    assert "steward[reports]" in answer.content.decode()
    assert "PDF：未安装" in signed_in("manager").get(reverse("reports:report", args=[report.public_id])).content.decode()


def test_r080_a_plan_is_made_by_the_form_and_reports_with_one_click(world: World, signed_in: Any) -> None:
    fill(world, steady, days=80)
    boss = signed_in("manager")
    data = {
        "name_zh": "周报", "name_en": "Weekly", "unit": world.branch.public_id, "grain": "week", "measures": ["cases_opened", "frt"],
        "breakdown": "unit", "sections": ["changed", "why"], "language": "en", "recipients": [world.cast.supervisor.public_id],
    }  # fmt: skip
    assert boss.post(reverse("reports:spec_new"), data).status_code == 302
    spec = ReportSpec.objects.get()
    assert (spec.owner, spec.sections, list(spec.recipients.all())) == (world.cast.manager, ["changed", "why"], [world.cast.supervisor])
    assert boss.post(reverse("reports:make", args=[spec.public_id])).status_code == 302
    made = Report.objects.get()
    assert made.start_date.isoformat() == "2026-02-23"
    too_many = {**data, "measures": [f"m{number}" for number in range(13)]}
    assert boss.post(reverse("reports:spec_new"), too_many).status_code == 422


def test_r080_the_list_is_filtered_by_its_address_and_exported(report: Report, world: World, signed_in: Any) -> None:
    boss = signed_in("manager")
    operations.issue_report(report=report, by=manager(world), at=AT)
    for query, count in (
        ("q=质量", 1),
        ("q=Monthly", 1),
        ("q=nothing", 0),
        ("state=draft", 0),
        ("state=issued&grain=month", 1),
        ("since=2026-03-01", 0),
    ):
        assert boss.get(f"{reverse('reports:list')}?{query}").content.decode().count("data-row") == count, query
    text = b"".join(boss.get(f"{reverse('reports:list')}?format=csv").streaming_content).decode()
    assert "2026年2月" in text
    assert Entry.objects.filter(code="access.rows_exported").exists()
