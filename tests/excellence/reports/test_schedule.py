"""Reports that make themselves: at 07:30 by the clock of the unit, with the rights their owner has then, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override
from tests.cast import AT, SETUP, World, local
from tests.excellence.reports.made import FEBRUARY, fill, plan, steady

from steward.excellence.insights.reports import jobs, mailing, operations, queries, schedules
from steward.excellence.insights.reports.models import Report, ReportSpec
from steward.ground.access import operations as access
from steward.ground.access.models import Grant, Unit, User
from steward.ground.delivery.models import Dispatch, Notice
from steward.ground.jobs.models import Job
from steward.ground.jobs.testing import run_waiting

EARLY = local("2026-01-15 09:00")


def scheduled(world: World, grain: str, **more: object) -> ReportSpec:
    people = [world.cast.supervisor, world.cast.front_line]
    User.objects.filter(pk=world.cast.supervisor.pk).update(email="wang@example.com", language="en")
    return plan(world, grain=grain, is_scheduled=True, recipients=people, at=EARLY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grain", "at", "due"),
    [
        ("week", "2026-03-02 07:29", False),
        ("week", "2026-03-02 07:30", True),
        ("week", "2026-03-04 18:00", True),
        ("month", "2026-03-01 07:29", False),
        ("month", "2026-03-01 07:30", True),
    ],
)
def test_r080_reports_are_due_on_monday_or_on_the_first_by_the_local_clock(world: World, grain: str, at: str, due: bool) -> None:
    spec = scheduled(world, grain)
    windows = [one.window.end.isoformat() for one in schedules.due_reports(at=local(at))]
    newest = {"week": "2026-03-02", "month": "2026-03-01"}[grain]
    assert (newest in windows) is due
    Unit.objects.filter(pk=world.bank.pk).update(zone="Asia/Tokyo")
    tokyo = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (newest in [one.window.end.isoformat() for one in schedules.due_reports(at=tokyo)]) is due
    assert spec.is_scheduled


def test_r080_nothing_is_sent_about_periods_before_the_schedule(world: World) -> None:
    plan(world, grain="month", is_scheduled=True, at=AT)
    assert schedules.due_reports(at=AT + timedelta(minutes=5)) == []


def test_r080_a_scheduled_report_is_made_and_mailed_once(world: World, django_capture_on_commit_callbacks: object) -> None:
    fill(world, steady)
    spec = scheduled(world, "month")
    assert jobs.look_for_due(AT) == 1
    assert jobs.look_for_due(AT) == 1
    assert Job.objects.filter(name="reports.make_scheduled").count() == 1
    run_waiting(AT)
    report = Report.objects.get()
    assert (report.spec_id, report.state, report.by_schedule) == (spec.pk, "draft", True)
    assert report.sent_at is not None
    mail = Dispatch.objects.get(channel="email", about_id=report.pk)
    assert (mail.address, mail.language) == ("wang@example.com", "en")
    assert "Monthly report, February 2026" in mail.subject
    assert f"/insights/reports/{report.public_id}/" in mail.body
    assert "draft" in mail.body
    assert Dispatch.objects.get(channel="desk", about_id=report.pk).recipient_id == world.cast.front_line.pk
    assert jobs.look_for_due(AT + timedelta(minutes=5)) == 0
    assert mailing.send_report(report=report, content=queries.content_of(report), by=SETUP, at=AT) == 0


def test_r080_the_owners_rights_of_that_morning_count(world: World) -> None:
    fill(world, steady)
    spec = scheduled(world, "month")
    for grant in Grant.objects.filter(user=world.cast.manager):
        access.end_grant(grant=grant, by=SETUP, at=AT - timedelta(days=1))
    assert jobs.look_for_due(AT) == 1
    jobs.look_for_due(AT + timedelta(minutes=5))
    run_waiting(AT)
    assert not Report.objects.exists()
    notice = Notice.objects.get(user=world.cast.manager)
    with override("en"):
        assert "owner may no longer" in str(notice.title)
        assert str(notice.text) == str(spec.name)


def test_r080_the_mail_says_only_what_the_verdicts_allow(world: World) -> None:
    fill(world, steady)
    made = operations.make_report(spec=scheduled(world, "month"), start=FEBRUARY, by=world.actor("manager"), at=AT)
    with override("zh-hans"):
        subject, body = mailing.words_of(made.report, made.frozen.content)
    assert subject == "服务质量月报，2026年2月"
    assert "本期没有数据支持的明确变化。" in body
    assert not any(word in body for word in ("提升", "显著", "改善"))
