"""What may be said of a change (rule X2): five changes that are none are announced nowhere; real ones are, with interval and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils.translation import override
from tests.cast import AT, SETUP, World

from steward.core.cases.models import Case
from steward.core.catalog import operations as catalog
from steward.ground.fields import localized
from steward.ground.measures import groups, loading, words
from steward.ground.measures.compare import Change, change, charted, compare, compare_groups, course, decompose, in_its_series
from steward.ground.measures.declarations import measures
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Cell, Point, Question, Viewer, Window
from steward.ground.measures.viewers import viewer_of
from steward.science.inference import Verdict

pytestmark = pytest.mark.store

TODAY = AT.date()
WEEK = Window(TODAY - timedelta(days=7), TODAY)
BEFORE = Window(TODAY - timedelta(days=35), TODAY - timedelta(days=7))
LOADED_WORDS = ("证据表明", "提升", "显著提高", "改善（", "evidence that", "improved")


def made(world: World, number: str, at: datetime, **more: Any) -> Case:
    values = {"unit": world.counter_team, "kind": "enquiry", "state": "open", **more}
    return Case(organisation=world.bank, number=number, channel="web", title="题", opened_at=at, changed_at=at, **values)


def fill_days(world: World, per_day: Callable[[int], int], kind_of: Callable[[int, int], str]) -> None:
    """Cases on each of the last 120 days; day 0 is yesterday. kind_of(day, index) → the kind of a case."""
    rows = []
    for day in range(120):
        for index in range(per_day(day)):
            at = AT - timedelta(days=day + 1, hours=-(index % 8))
            rows.append(made(world, f"C-{day:03d}-{index:04d}", at, kind=kind_of(day, index)))
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)


def _viewer(world: World) -> Viewer:
    return viewer_of(world.cast.manager, at=AT)


def _quiet(seen: Change) -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            said = words.said(seen)
            assert said.tone == ""
            assert not any(word in said.sentence for word in LOADED_WORDS), said.sentence


def test_x2_an_ordinary_week_after_a_bad_one_is_no_improvement(world: World) -> None:
    """Regression to the mean: four bad days in the week before, by chance."""
    rng = Random(4)
    fill_days(world, lambda day: 20, lambda day, index: "complaint" if rng.random() < (0.32 if 8 <= day < 12 else 0.25) else "enquiry")
    _quiet(compare(Question("complaint_share", WEEK), BEFORE, _viewer(world)))


def test_x2_few_cases_say_nothing(world: World) -> None:
    fill_days(world, lambda day: 1, lambda day, index: "enquiry" if day < 7 else "complaint")
    seen = compare(Question("complaint_share", WEEK), BEFORE, _viewer(world))
    assert seen.verdict is Verdict.INSUFFICIENT
    _quiet(seen)


def test_x2_a_sure_change_too_small_to_matter_is_no_change(world: World) -> None:
    fill_days(world, lambda day: 300, lambda day, index: "complaint" if index % 300 < (76 if day < 7 else 75) else "enquiry")
    seen = compare(Question("complaint_share", WEEK), BEFORE, _viewer(world))
    assert seen.verdict is Verdict.NO_CHANGE
    _quiet(seen)


def test_x2_a_low_point_within_the_limits_of_a_restless_series_is_none(world: World) -> None:
    """The interval of this one week excludes 0, and yet such weeks are usual here: the control chart has no signal."""
    fill_days(world, lambda day: 40, lambda day, index: "complaint" if index < (8 if (day // 7) % 2 == 0 else 16) else "enquiry")
    seen = compare(Question("complaint_share", WEEK), BEFORE, _viewer(world))
    assert seen.low is not None
    assert seen.signal is False
    assert seen.verdict is not Verdict.EVIDENCE
    _quiet(seen)


def test_x2_a_group_of_a_restless_series_is_held_against_its_own_chart(world: World) -> None:
    """Among groups each week looks like evidence; the chart of the group has seen such weeks before."""
    fill_days(world, lambda day: 40, lambda day, index: "complaint" if index < (8 if (day // 7) % 2 == 0 else 16) else "enquiry")
    question, before, viewer = Question("complaint_share", WEEK, ("team",)), WEEK.before(), _viewer(world)
    [(key, found)] = compare_groups(question, before, viewer).items()
    assert (key, found.verdict) == ((world.counter_team.pk,), Verdict.EVIDENCE)
    held = in_its_series(found, replace(question, filters={"team": key}), before, viewer)
    assert (held.signal, held.verdict, held.estimate) == (False, Verdict.DIRECTION_ONLY, found.estimate)
    _quiet(held)


def test_x2_a_changed_mix_is_named_as_such(world: World) -> None:
    """Every service improved by a point, and the whole got worse: 85.0 → 81.0 % is rate +1.0 and mix −5.0 (domain §20)."""
    cells = {"a": (0.90, 0.91, 0.75, 0.50), "b": (0.70, 0.71, 0.25, 0.50)}
    services = {name: catalog.open_service(unit=world.bank, code=name, name=localized(name, en=name), by=SETUP, at=AT) for name in cells}
    rows = []
    for name, (was, now, weight_was, weight_now) in cells.items():
        for window, rate, weight in ((BEFORE, was, weight_was), (WEEK, now, weight_now)):
            n = round(2000 * weight)
            for index in range(n):
                at = AT.replace(year=window.start.year, month=window.start.month, day=window.start.day) + timedelta(days=1)
                kind = "praise" if index < round(n * rate) else "enquiry"
                rows.append(made(world, f"M{name}{window.start:%m%d}{index:05d}", at, kind=kind, service=services[name]))
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)
    found = decompose(Question("praise_share", WEEK), BEFORE, "service", _viewer(world))
    assert found is not None
    assert (found.shift.before, found.shift.after) == pytest.approx((85.0, 81.0))
    assert (found.shift.rate_effect, found.shift.mix_effect) == pytest.approx((1.0, -5.0))
    assert sum(effect for _key, effect in found.top(2)) == pytest.approx(-4.0)


def test_a_real_and_lasting_change_is_evidence_with_its_direction(world: World) -> None:
    fill_days(world, lambda day: 60, lambda day, index: "praise" if index < (30 if day < 7 else 9) else "enquiry")
    seen = compare(Question("praise_share", WEEK), BEFORE, _viewer(world))
    assert (seen.verdict, seen.signal, seen.better) == (Verdict.EVIDENCE, True, True)
    with override("zh-hans"):
        said = words.said(seen)
        assert said.sentence == "表扬占比：有证据表明上升（改善）"
        assert said.tone == "good"
        assert "15.0%" in said.detail


def test_more_cases_are_told_without_calling_them_better_or_worse(world: World) -> None:
    fill_days(world, lambda day: 90 if day < 7 else 40, lambda day, index: "enquiry")
    seen = compare(Question("cases_opened", WEEK), BEFORE, _viewer(world))
    assert seen.relative
    assert seen.verdict is Verdict.EVIDENCE
    assert seen.better is None
    assert seen.estimate == pytest.approx(90 / 40 - 1)
    with override("en"):
        assert words.said(seen).sentence == "Cases received: there is evidence that it rose"


def test_a_series_has_gaps_limits_and_signals_at_their_places(world: World) -> None:
    fill_days(
        world, lambda day: 0 if day in (20, 21) else 40, lambda day, index: "complaint" if index < (30 if day == 3 else 10) else "enquiry"
    )
    question = Question("complaint_share", Window(TODAY - timedelta(days=60), TODAY), grain="day")
    seen = course(question, _viewer(world))
    assert len(seen.points) == 60
    assert [point.start for point in seen.points if point.value is None] == [TODAY - timedelta(days=22), TODAY - timedelta(days=21)]
    assert seen.points[-4].value == 75.0
    assert len(seen.points) - 4 in seen.signalled


def test_a_short_series_has_no_chart() -> None:
    points = [Point(date(2026, 1, 1 + day), date(2026, 1, 2 + day), 10.0, 5.0, 20.0, 50, 5, 50) for day in range(5)]
    assert charted(measures.get("complaint_share"), points).chart is None


def test_hidden_cells_are_never_compared() -> None:
    hidden = Cell((), None, None, None, None, 0, 0, 0, "small")
    shown = Cell((), None, 20.0, 15.0, 26.0, 200, 40, 200)
    assert change(measures.get("fcr"), shown, hidden, (7, 28), None).verdict is Verdict.INSUFFICIENT


def test_r094_comparing_two_teams_shows_that_the_order_turns_round_within_the_kinds(world: World) -> None:
    """Team A 95/70 %, B 93/66 %: crude 75.0 against 87.6, standardised 82.5 against 79.5 (domain §4.5)."""
    plan = {
        world.counter_team: {"enquiry": (100, 95), "request": (400, 280)},
        world.lobby_team: {"enquiry": (400, 372), "request": (100, 66)},
    }
    rows = []
    for unit, kinds in plan.items():
        for kind, (n, solved) in kinds.items():
            for index in range(n):
                at = AT - timedelta(days=3)
                done = {"state": "closed", "closed_at": at, "resolution": "answered" if index < solved else "withdrawn"}
                rows.append(made(world, f"S{unit.pk}{kind[0]}{index:04d}", at, unit=unit, kind=kind, **done))
    Case.objects.bulk_create(rows)
    loading.rebuild(at=AT)
    question = Question("resolved_coded", WEEK, ("team",))
    viewer = _viewer(world)
    answer = evaluate(question, viewer)
    assert {cell.key[0]: cell.value for cell in answer.cells} == pytest.approx({world.counter_team.pk: 75.0, world.lobby_team.pk: 87.6})
    found = groups.adjusted(question, "kind", viewer)
    assert found is not None
    rates = dict(zip((key[0] for key in found.keys), found.rates, strict=True))
    assert rates == pytest.approx({world.counter_team.pk: 82.5, world.lobby_team.pk: 79.5})
    assert found.reversed == [((world.counter_team.pk,), (world.lobby_team.pk,))]


def test_no_ranks_while_intervals_overlap_and_a_funnel_instead(world: World) -> None:
    def cell(unit: int, hits: int, n: int) -> Cell:
        share = 100 * hits / n
        return Cell((unit,), None, share, share - 8, share + 8, n, hits, n)

    assert groups.ranks([cell(1, 80, 100), cell(2, 75, 100), cell(3, 20, 100)], up=True) == [None, None, None]
    assert groups.ranks([cell(1, 80, 100), cell(3, 20, 100)], up=True) == [1, 2]
    assert groups.ranks([cell(1, 80, 100), cell(3, 20, 100)], up=False) == [2, 1]
    fill_days(world, lambda day: 10, lambda day, index: "complaint" if index < 3 else "enquiry")
    answer = evaluate(Question("complaint_share", BEFORE, ("team",)), _viewer(world))
    assert groups.funnel(answer) is None, "one group has nobody to be compared with"
