"""R-029: a journey from first contact to delivery: blueprint, times from the event log, why P90s do not add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.cast import AT, World

from steward.core.catalog.controlled import operations
from steward.core.catalog.controlled.errors import InvalidContent
from steward.core.catalog.models import DocumentVersion
from steward.excellence.improvement import demo
from steward.excellence.improvement.errors import UnreadableLog
from steward.excellence.improvement.journeys import kind
from steward.excellence.improvement.journeys.csvlog import read_log
from steward.excellence.improvement.journeys.elapsed import elapsed_of
from steward.excellence.improvement.journeys.queries import elapsed_in, newest_log
from steward.excellence.improvement.journeys.words import reasons
from steward.excellence.improvement.models import EventLog, LoggedEvent
from steward.excellence.improvement.operations import Happened, load_log
from steward.ground.access.errors import Forbidden
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.models import Entry

SignedIn = Callable[[str], Client]


def journeys(parts: Any, *, leave: Any = None) -> dict[str, Any]:
    """Touchpoints a, b, … of journeys that begin a day apart: `parts` minutes each, without work. leave: after which of them each journey ends."""
    parts = np.asarray(parts, dtype=float)
    ends = np.cumsum(parts, axis=0) + np.arange(parts.shape[1]) * 1440.0
    found = {}
    for row in range(parts.shape[0]):
        there = np.arange(parts.shape[1]) if leave is None else np.flatnonzero(np.asarray(leave) >= row)
        begun = ends[row] - parts[row]
        found["abcdefgh"[row]] = (there, begun[there], ends[row][there])
    return found


def test_p90s_add_up_only_when_the_same_are_slow_everywhere() -> None:
    minutes = np.random.default_rng(1).gamma(2, 10, 400)
    same = elapsed_of(journeys([minutes, minutes]), ["a", "b"], ends_at=1e9, seed=1)
    assert same is not None
    assert same.p90 == pytest.approx(same.sum_of_p90)
    assert same.slow_together
    assert same.all_slow == pytest.approx(0.1, abs=0.01)
    other = elapsed_of(journeys([minutes, 100 - minutes]), ["a", "b"], ends_at=1e9, seed=1)
    assert other is not None
    assert other.even_out
    assert other.p90 == pytest.approx(100)


def test_independent_touchpoints_are_said_to_be_so_and_the_interval_holds_the_value() -> None:
    random = np.random.default_rng(2)
    found = elapsed_of(journeys(random.exponential(10, (2, 4000))), ["a", "b"], ends_at=1e9, seed=1)
    assert found is not None
    assert not found.slow_together
    assert not found.even_out
    assert found.p90 == pytest.approx(38.897, rel=0.05)  # gamma(2, 10)
    assert found.sum_of_p90 == pytest.approx(2 * 10 * np.log(10), rel=0.05)
    assert found.p90_low is not None
    assert found.p90_high is not None
    assert found.p90_low < found.p90 < found.p90_high


def test_who_leaves_is_counted_where_they_left_and_who_may_still_come_is_not() -> None:
    leave = [2] * 60 + [0] * 20 + [1] * 20  # 20 end after a, 20 after b
    parts = np.full((3, 100), 10.0)
    found = elapsed_of(journeys(parts, leave=leave), ["a", "b", "c"], ends_at=1e9, seed=1)
    assert found is not None
    assert [(one.reached, one.left) for one in found.passages] == [(100, pytest.approx(0.2)), (80, pytest.approx(0.25)), (60, None)]
    late = elapsed_of(journeys(parts, leave=leave), ["a", "b", "c"], ends_at=99 * 1440 + 15.0, seed=1)
    assert late is not None
    assert late.under_way == 1


def test_too_few_journeys_say_nothing() -> None:
    assert elapsed_of(journeys(np.ones((2, 29))), ["a", "b"], ends_at=1e9, seed=1) is None
    assert elapsed_of(journeys(np.ones((1, 99))), ["a"], ends_at=1e9, seed=1) is None


@pytest.fixture
def visit(world: World) -> DocumentVersion:
    by = world.actor("supervisor")
    draft = operations.open_document(
        unit=world.branch, kind="journey", code="visit", name=localized("就诊旅程", en="A visit"), by=by, at=AT, content=demo.content()
    )
    load_log(unit=world.branch, code="visit", source="log.csv", happened=demo.visits(Demo()), by=by, at=AT)
    return draft


@pytest.mark.django_db
def test_r029_the_end_to_end_p90_differs_from_the_sum_of_p90s_and_the_screen_says_why(
    visit: DocumentVersion, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    found = elapsed_in(EventLog.objects.get(), visit.content)
    assert found is not None
    assert found.p90 < 0.9 * found.sum_of_p90
    assert found.slow_together
    assert 0 < found.passages[1].left < found.passages[0].left < 0.2  # type: ignore[operator]
    client, address = signed_in("supervisor"), reverse("improvement:journey_live", args=[visit.public_id])
    assert client.get(address).status_code == 200  # a page of its own where there is no script
    with django_assert_max_num_queries(12):
        html = client.get(address, headers={"HX-Request": "true"}).content.decode()  # the part the page loads
    for sentence in reasons(found):
        assert sentence in html.replace("&#x27;", "'")
    assert f"{round(found.p90)}" in html
    assert f"{round(found.sum_of_p90)}" in html
    page = client.get(reverse("catalog:document", args=[visit.document.public_id])).content.decode()
    assert "候诊叫号" in page
    assert page.index("blueprint-line") > page.index("导诊台引导")
    assert page.index("blueprint-line") < page.index("按预约时段排号")


@pytest.mark.django_db
def test_a_log_keeps_no_name_of_a_case_and_a_later_one_takes_its_place(world: World) -> None:
    by = world.actor("supervisor")
    load_log(unit=world.branch, code="v", source="a", happened=[Happened("6222 0000 1234", "x", AT)], by=by, at=AT)
    later = load_log(unit=world.branch, code="v", source="b", happened=[Happened("p", "x", AT)], by=by, at=AT + timedelta(days=1))
    assert LoggedEvent.objects.filter(trace=1).count() == 2
    entry = Entry.objects.filter(code="improvement.log_loaded").first()
    assert entry is not None
    assert entry.public == {"rows": 1, "traces": 1}
    draft = operations.open_document(unit=world.branch, kind="journey", code="v", name=localized("x"), by=by, at=AT)
    for who in ("supervisor", "front_line"):
        assert newest_log(getattr(world.cast, who), draft.document, "v", at=AT) == later
    assert newest_log(world.cast.outsider, draft.document, "v", at=AT) is None
    with pytest.raises(Forbidden):
        load_log(unit=world.branch, code="v", source="c", happened=[Happened("p", "x", AT)], by=world.actor("front_line"), at=AT)


@pytest.mark.django_db
def test_a_journey_is_written_and_its_log_read_in_the_browser(visit: DocumentVersion, signed_in: SignedIn) -> None:
    client, address = signed_in("supervisor"), reverse("improvement:journey_edit", args=[visit.document.public_id])
    board = client.get(address).context["board"]
    data: dict[str, Any] = {
        "touchpoint": [row.key for row in board.rows],
        "purpose": board.purpose,
        "log": "visit",
        "seen_at": board.seen_at,
    }
    data |= {f"{row.key}.{name}": value for row in board.rows for name, value in row.said.items()}
    for done in ("after:wait", "up:doctor", "down:register", "remove:test", "add", "after:nobody"):
        assert client.post(address, {**data, "do": done}, headers={"HX-Request": "true"}).status_code == 200
    visit.refresh_from_db()
    assert visit.content == kind.clean(demo.content())
    assert client.post(address, {**data, "do": "save"}).status_code == 302
    visit.refresh_from_db()
    assert visit.content == kind.clean(demo.content())
    assert client.post(address, {**data, "do": "save"}).status_code == 422  # saved meanwhile
    file = SimpleUploadedFile("more.csv", "case,activity,ended\n1,挂号签到,2026-03-01T08:00:00\n1,候诊叫号,2026-03-01T08:20:00\n".encode())
    client.post(reverse("improvement:journey_log", args=[visit.document.public_id]), {"file": file})
    log = EventLog.objects.order_by("-pk").first()
    assert log is not None
    assert (log.rows, log.traces, log.code) == (2, 1, "visit")


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xff\xfe", 1),
        (b"", 1),
        (b"case,activity\n1,a\n", 1),
        (b"case,activity,ended\n,a,2026-03-01\n", 2),
        (b"case,activity,ended\n1,a,2026-03-01\n1,a,yesterday\n", 3),
        (b"case,activity,ended,started\n1,a,2026-03-01T08:00:00,2026-03-01T09:00:00\n", 2),
    ],
)
def test_a_log_that_cannot_be_read_says_where(data: bytes, line: int) -> None:
    with pytest.raises(UnreadableLog) as caught:
        read_log(data, zone=AT.tzinfo)  # type: ignore[arg-type]
    assert caught.value.params["line"] == line


@pytest.mark.django_db
def test_problems_of_a_journey(world: World) -> None:
    content = {"touchpoints": [{"key": "a", "name": {"en": "A"}, "process": "gone", "measures": ["nothing"]}]}
    draft = operations.open_document(
        unit=world.branch, kind="journey", code="j", name=localized("x"), by=world.actor("supervisor"), at=AT, content=content
    )
    assert {(one.code, one.blocks) for one in kind.problems(draft)} == {
        ("short", True), ("process", True), ("measure", True), ("no_customer", False),
    }  # fmt: skip
    many = [{"key": f"t{n}"} for n in range(31)]
    for wrong in ([], *({"touchpoints": rows} for rows in ("x", [{"key": "<"}], [{"key": "a"}] * 2, many))):
        with pytest.raises(InvalidContent):
            kind.clean(wrong)
