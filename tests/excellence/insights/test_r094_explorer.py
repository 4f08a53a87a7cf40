"""R-094: questions by choosing; ratio of sums, mix, Simpson's check, intervals everywhere; analyses kept, shared, decided on, sent."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from steward.core.cases.models import Case
from steward.core.catalog import operations as catalog
from steward.excellence.insights import address, jobs, operations, spans
from steward.excellence.insights.models import SavedAnalysis
from steward.ground.access.models import User
from steward.ground.delivery.models import Dispatch, Notice
from steward.ground.fields import localized
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from steward.ground.measures.questions import Window
from tests.cast import AT, World

from .figures import cases, said, speaks


def _closed(world: World, unit: Any, service: Any, mark: str, count: int, resolved: int) -> None:
    """So many closed cases of a service, so many of them resolved."""
    Case.objects.bulk_create(
        Case(organisation=world.bank, number=f"{mark}-{index:05d}", unit=unit, kind="request", channel="web", title="题", service=service,
             state="closed", resolution="fulfilled" if index < resolved else "withdrawn", opened_at=AT - timedelta(days=6),
             closed_at=AT - timedelta(days=5), changed_at=AT)
        for index in range(count)
    )  # fmt: skip


@pytest.fixture
def paradox(world: World) -> World:
    """Team A: 95 % of 200 easy, 70 % of 800 hard. Team B: 93 % of 800 easy, 66 % of 200 hard: crude 75.0 and 87.6 %."""
    hard = catalog.open_service(unit=world.bank, code="loan", name=localized("贷款", en="Loans"), by=world.actor("manager"), at=AT)
    parts = ((world.counter_team, world.service, "A1", 200, 190), (world.counter_team, hard, "A2", 800, 560),
             (world.lobby_team, world.service, "B1", 800, 744), (world.lobby_team, hard, "B2", 200, 132))  # fmt: skip
    for part in parts:
        _closed(world, *part)
    loading.rebuild(at=AT)
    return world


def test_r094_simpson_turns_the_order_round_and_the_page_says_so(paradox: World, signed_in: Any) -> None:
    text = said(signed_in("supervisor").get(reverse("insights:explore"), {"m": "resolved_coded", "by": "team"}))
    assert "75.0%" in text
    assert "87.6%" in text
    assert "82.5%" in text
    assert "79.5%" in text
    assert "分层后方向相反" in text
    speaks(paradox.cast.supervisor, "en")
    text = said(signed_in("supervisor").get(reverse("insights:measure", args=["resolved_coded"]), {"by": "team"}))
    assert "the order is the other way round" in text
    assert "Counter team and Lobby team" in text


def test_r094_a_comparison_without_a_paradox_warns_of_none(world: World, signed_in: Any) -> None:
    for unit, mark, resolved in ((world.counter_team, "C", 90), (world.lobby_team, "D", 60)):
        _closed(world, unit, world.service, mark, 100, resolved)
    loading.rebuild(at=AT)
    text = said(signed_in("supervisor").get(reverse("insights:explore"), {"m": "resolved_coded", "by": "team"}))
    assert "90.0%" in text
    assert "分层后方向相反" not in text


def test_r094_each_cell_has_its_interval_its_n_and_its_rows(paradox: World, signed_in: Any) -> None:
    client = signed_in("supervisor")
    page = client.get(reverse("insights:explore"), {"m": ["resolved_coded", "cases_closed"], "by": "service"})
    found = page.context["found"]
    assert [len(line.cells) for line in found.lines] == [2, 2]
    for line in found.lines:
        for cell in line.cells:
            assert cell.range
            assert cell.n == "1,000"
            assert client.get(cell.rows).status_code == 200


def test_r094_the_three_exports_have_the_same_numbers(paradox: World, signed_in: Any) -> None:
    from openpyxl import load_workbook

    client, query = signed_in("supervisor"), {"m": "resolved_coded", "by": "team"}
    text = b"".join(client.get(reverse("insights:explore"), {**query, "format": "csv"}).streaming_content).decode().lstrip("\ufeff")
    lines = list(csv.reader(io.StringIO(text)))
    book = load_workbook(io.BytesIO(client.get(reverse("insights:explore"), {**query, "format": "xlsx"}).content))
    told = json.loads(client.get(reverse("insights:explore"), {**query, "format": "json"}).content)
    assert [float(line[1]) for line in lines[1:]] == pytest.approx([75.0, 87.6, 81.3])
    assert [row[1] for row in list(book.worksheets[0].values)[1:]] == pytest.approx([75.0, 87.6, 81.3])
    assert [cell["value"] for cell in told["measures"][0]["cells"]] == pytest.approx([75.0, 87.6])
    assert "pk" not in json.dumps(told)
    assert Entry.objects.filter(code="access.rows_exported").count() == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("m=nothing", "nothing"), ("m=frt&by=galaxy", "galaxy"), ("m=frt&grain=hour", "hour"), ("m=frt&span=someday", "someday"),
        ("m=frt&from=2026-02-30&to=x", "最近 28 天"), ("m=frt&from=0001-01-01&to=9999-12-31", "最近 28 天"), ("m=frt&in.unit=no-id", "筛选值"),
        ("m=frt&in.service=00000000-0000-7000-8000-000000000000", "筛选值"), ("m=frt&by=unit&by=kind&by=channel", "最多"),
        ("m=frt&m=fcr&m=backlog&m=cases_opened&m=aht", "最多"), ("m=backlog&grain=week", "没有"), ("m=complaint_rate&by=kind", "不能"),
        ("in.kind=%00%27%20OR&m=frt", ""), ("m=frt&at=x&period=y", ""),
    ],
)  # fmt: skip
def test_r094_bad_addresses_are_answered_in_the_readers_language(query: str, words: str, world: World, signed_in: Any) -> None:
    loading.rebuild(at=AT)
    page = signed_in("supervisor").get(f"{reverse('insights:explore')}?{query}")
    assert page.status_code == 200
    assert words in said(page)


def test_r094_a_question_survives_its_address(world: World) -> None:
    query = (
        f"m=frt&m=fcr&from=2026-01-05&to=2026-02-01&by=unit&by=kind&grain=week&in.kind=complaint&in.unit={world.branch.public_id}&vs=before"
    )
    asked = address.read(QueryDict(query), organisation_id=world.bank.pk, today=AT.date())
    assert asked.problems == ()
    assert address.read(QueryDict(address.query(asked)), organisation_id=world.bank.pk, today=AT.date()) == asked
    assert str(world.branch.pk) not in address.query(asked).split("=")


@pytest.mark.parametrize(
    ("window", "against", "expected"),
    [
        ((date(2026, 3, 1), date(2026, 3, 12)), "same", (date(2026, 2, 1), date(2026, 2, 12))),
        ((date(2026, 3, 1), date(2026, 4, 1)), "same", (date(2026, 2, 1), date(2026, 3, 1))),
        ((date(2026, 3, 1), date(2026, 3, 31)), "same", (date(2026, 2, 1), date(2026, 3, 1))),
        ((date(2026, 3, 3), date(2026, 3, 13)), "same", (date(2026, 2, 17), date(2026, 2, 27))),
        ((date(2026, 3, 2), date(2026, 3, 9)), "year", (date(2025, 3, 3), date(2025, 3, 10))),
        ((date(2026, 3, 2), date(2026, 3, 9)), "before", (date(2026, 2, 23), date(2026, 3, 2))),
    ],
)
def test_r094_comparisons_meet_the_same_days(window: tuple[date, date], against: str, expected: tuple[date, date]) -> None:
    assert spans.earlier(Window(*window), against) == Window(*expected)


@pytest.mark.parametrize("against", ["before", "same", "year"])
def test_r094_the_page_names_the_days_it_compares_with(against: str, world: World, signed_in: Any) -> None:
    cases(world, world.counter_team, 30, "A")
    loading.rebuild(at=AT)
    speaks(world.cast.supervisor, "en")
    page = said(signed_in("supervisor").get(f"{reverse('insights:explore')}?m=cases_opened&span=last28&vs={against}"))
    held = spans.earlier(spans.window_of("last28", AT.date()), against)
    with override("en"):
        assert f"Held against {date_format(held.start, 'DATE_FORMAT')} to {date_format(held.last, 'DATE_FORMAT')}." in page


def test_r094_an_analysis_is_kept_shared_and_opened_with_the_readers_rights(world: World, signed_in: Any) -> None:
    cases(world, world.counter_team, 12, "K")
    cases(world, world.lobby_team, 30, "L")
    loading.rebuild(at=AT)
    lead = signed_in("supervisor")
    query = "m=cases_opened&span=last28&by=team&csrfmiddlewaretoken=x"
    data = {"name": "两组受理", "query": query, "unit": world.branch.public_id, "note": "大堂加一人"}
    assert lead.post(reverse("insights:analysis_save"), data).status_code == 302
    row = SavedAnalysis.objects.get()
    assert row.query == "m=cases_opened&span=last28&by=team"
    link = reverse("insights:analysis", args=[row.public_id])
    assert lead.get(link).context["found"].told[0].answer.total.n == 42
    other = signed_in("front_line").get(link)
    assert other.context["found"].told[0].answer.total.n == 12, "the link carries the question, not the rights"
    assert "大堂加一人" in said(other)
    assert signed_in("other_branch").get(link).status_code == 404
    entry = Entry.objects.get(code="insights.analysis_saved")
    assert entry.public == {"shared": True, "measures": ["cases_opened"]}


def test_r094_a_decision_note_keeps_its_date(world: World) -> None:
    lead = world.actor("supervisor")
    row = operations.save_analysis(name="看", query="m=frt", by=lead, at=AT)
    assert row.noted_at is None
    later = AT + timedelta(days=1)
    operations.change_analysis(analysis=row, name="看", note="改排班", schedule="", unit=None, by=lead, at=later)
    row.refresh_from_db()
    assert (row.note, row.noted_at) == ("改排班", later)


def test_r094_the_table_is_sent_once_each_date_with_the_owners_rights(world: World) -> None:
    cases(world, world.counter_team, 12, "K", days=8)
    cases(world, world.other_branch, 30, "L", days=8)
    loading.rebuild(at=AT)
    User.objects.filter(pk=world.cast.supervisor.pk).update(email="lead@example.com")
    lead = world.actor("supervisor")
    row = operations.save_analysis(name="每周受理", query="m=cases_opened&span=last28&by=unit", by=lead, at=AT)
    operations.change_analysis(analysis=row, name="每周受理", note="", schedule="weekly", unit=None, by=lead, at=AT)
    row.refresh_from_db()
    due = row.next_mail_at
    assert due is not None
    assert due.astimezone(world.bank.timezone).strftime("%a %H:%M") == "Mon 07:30"
    assert jobs.send_due(row.pk, at=due - timedelta(minutes=1)) == 0
    assert jobs.send_due(row.pk, at=due) == 1
    assert jobs.send_due(row.pk, at=due) == 0, "a second worker finds the date moved on"
    mail = Dispatch.objects.get()
    assert mail.subject == "每周受理"
    assert "12" in mail.body
    assert "42" not in mail.body
    row.refresh_from_db()
    assert row.next_mail_at == due + timedelta(days=7)


def test_r094_who_has_no_address_is_told_on_the_desk(world: World) -> None:
    loading.rebuild(at=AT)
    lead = world.actor("supervisor")
    User.objects.filter(pk=world.cast.supervisor.pk).update(email="")
    row = operations.save_analysis(name="每日", query="m=backlog", by=world.actor("supervisor"), at=AT)
    operations.change_analysis(analysis=row, name="每日", note="", schedule="daily", unit=None, by=lead, at=AT)
    row.refresh_from_db()
    assert row.next_mail_at is not None
    jobs.send_due(row.pk, at=row.next_mail_at)
    assert not Dispatch.objects.exists()
    assert Notice.objects.get().url == reverse("insights:analysis", args=[row.public_id])


def test_r094_names_are_taken_once_and_nothing_asked_is_nothing_kept(world: World, signed_in: Any) -> None:
    lead = signed_in("supervisor")
    for _time in range(2):
        last = lead.post(reverse("insights:analysis_save"), {"name": "同名", "query": "m=frt"})
    assert last.status_code == 422
    assert lead.post(reverse("insights:analysis_save"), {"name": "空", "query": "by=unit"}).status_code == 422
    assert SavedAnalysis.objects.count() == 1
