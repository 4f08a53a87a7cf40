"""Rule X1: the rows behind a figure, counted by hand on the page, are the figure."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from steward.core.cases.models import Case
from steward.excellence.insights.behind import parts_of
from steward.ground.journal.models import Entry
from steward.ground.measures import loading
from steward.ground.measures.declarations import Measure, Ratio, breakdowns, measures
from steward.ground.measures.evaluate import evaluate, evaluate_many
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of
from tests.cast import AT, World
from tests.ground.measures.random_cases import fill

from .figures import said

pytestmark = pytest.mark.store

WINDOW = Window(AT.date() - timedelta(days=60), AT.date())
SPAN = {"from": WINDOW.start.isoformat(), "to": (WINDOW.end - timedelta(days=1)).isoformat()}
CODES = sorted(measure.id for measure in measures.all() if measure.fact in ("cases", "promises", "messages", "exposures"))


@pytest.fixture
def busy(world: World) -> World:
    fill(world, 300, seed=3)
    loading.rebuild(at=AT)
    return world


def _exported(client: Any, code: str, **query: Any) -> list[list[str]]:
    response = client.get(reverse("insights:rows", args=[code]), {**SPAN, **query, "format": "csv"})
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode().lstrip("\ufeff"))))[1:]


def _expected(measure: Measure, part: str, cell: Any) -> int | None:
    if isinstance(measure.statistic, Ratio):
        return None  # sums of amounts: the rows are those that have one
    if len(parts_of(measure)) == 1:
        return round(cell.n)
    return None if measure.id == "complaint_rate" and part == "denominator" else round(getattr(cell, part))


@pytest.mark.parametrize("code", CODES)
def test_x1_hand_counted_rows_are_the_figure(code: str, busy: World, signed_in: Any) -> None:
    """The whole, and every cell by unit, above and below the line."""
    client, measure = signed_in("manager"), measures.get(code)
    if measure.disclosure == "statistic":
        # A statistic counts confidential cases, too, whose rows nobody opens; without them the hand-count must agree.
        Case.objects.update(confidential=False)
        loading.rebuild(at=AT)
    viewer = viewer_of(busy.cast.manager, at=AT)
    for part, _label in parts_of(measure):
        wanted = _expected(measure, part, evaluate(Question(code, WINDOW), viewer).total)
        rows = _exported(client, code, part=part)
        assert wanted is None or len(rows) == wanted
        page = client.get(reverse("insights:rows", args=[code]), {**SPAN, "part": part})
        assert page.status_code == 200
        assert len(page.context["rows"].links) == min(len(rows), 50)
        for cell in evaluate(Question(code, WINDOW, ("unit",)), viewer).cells:
            public = busy_ids(busy)[cell.key[0]]
            wanted = _expected(measure, part, cell)
            assert wanted is None or len(_exported(client, code, part=part, by="unit", at=public)) == wanted


def busy_ids(world: World) -> dict[Any, str]:
    units = (world.bank, world.branch, world.counter_team, world.lobby_team, world.other_branch)
    return {unit.pk: str(unit.public_id) for unit in units}


def test_x1_the_page_shows_definition_n_interval_and_links_to_each_case(busy: World, signed_in: Any) -> None:
    response = signed_in("manager").get(reverse("insights:measure", args=["reopen_rate"]), SPAN)
    text, html = said(response), response.content.decode()
    measure = measures.get("reopen_rate")
    total = evaluate(Question("reopen_rate", WINDOW), viewer_of(busy.cast.manager, at=AT)).total
    assert str(measure.definition) in text
    assert f"n = {round(total.n)}" in text
    assert f"{total.low:.1f}–{total.high:.1f}" in text
    links = re.findall(r"/cases/[0-9a-f-]{36}/", html)
    assert links
    assert Case.objects.filter(public_id__in=[link.split("/")[2] for link in links]).count() == len(set(links))


def test_x1_each_period_of_a_course_opens_its_rows(busy: World, signed_in: Any) -> None:
    client = signed_in("manager")
    answer = evaluate(Question("cases_opened", WINDOW, (), "week"), viewer_of(busy.cast.manager, at=AT))
    for cell in answer.cells[:3]:
        assert cell.period is not None
        assert len(_exported(client, "cases_opened", grain="week", period=cell.period.isoformat())) == cell.n


def test_x1_exports_stand_in_the_journal_and_run_nothing(busy: World, signed_in: Any) -> None:
    one = Case.objects.filter(confidential=False, opened_at__lt=AT - timedelta(days=3)).latest("opened_at")
    Case.objects.filter(pk=one.pk).update(title="=HYPERLINK(1)")
    rows = _exported(signed_in("manager"), "cases_opened")
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)
    entry = Entry.objects.filter(code="access.rows_exported").latest("seq")
    assert entry.public["list"] == "insights.rows.cases_opened"
    assert entry.public["rows"] == len(rows)


def test_every_breakdown_that_is_offered_can_be_asked(busy: World, signed_in: Any) -> None:
    offered = [(measure, dimension.name) for measure in measures.all() for dimension in breakdowns(measure)]
    assert len(offered) > 150
    viewer = viewer_of(busy.cast.manager, at=AT)
    assert len(evaluate_many([Question(measure.id, WINDOW, (name,)) for measure, name in offered], viewer)) == len(offered)
    client = signed_in("manager")
    for name, measure in {name: measure for measure, name in offered}.items():
        page = client.get(reverse("insights:measure", args=[measure.id]), {**SPAN, "by": name})
        assert page.status_code == 200, (measure.id, name)
        assert "groups_problem" not in (page.context or {}), (measure.id, name)
