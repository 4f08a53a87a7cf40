"""Rule X3: who may see the rows sees the figure; small groups of customers stay hidden from the others; answers given in confidence cannot be
found out by any subtraction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from tests.cast import AT, SETUP, World

from steward.core.cases import operations
from steward.core.cases.models import Case
from steward.core.encounters.models import Exposure
from steward.ground.access.models import User
from steward.ground.access.operations import add_confidant
from steward.ground.measures import loading, voice
from steward.ground.measures.declarations import Column, Computed, Fact, Mean, Measure, Share, facts, measures
from steward.ground.measures.errors import FixedPartition, NoRows, NotPossible
from steward.ground.measures.evaluate import evaluate, row_ids
from steward.ground.measures.questions import Answer, Question, Window
from steward.ground.measures.viewers import viewer_of

from .random_cases import fill

pytestmark = pytest.mark.store

TODAY = AT.date()
LONG = Window(TODAY - timedelta(days=100), TODAY + timedelta(days=1))
MONTHS = Window(date(2026, 1, 1), date(2026, 3, 1))


def _cases(world: World, unit: Any, kind: str, count: int, start: int, **more: Any) -> None:
    Case.objects.bulk_create(
        Case(organisation=world.bank, number=f"D-{start + index:05d}", unit=unit, kind=kind, channel="web", title="题", state="open",
             opened_at=AT - timedelta(days=40), changed_at=AT, customer=world.customer, **more)
        for index in range(count)
    )  # fmt: skip


@pytest.fixture
def crowd(world: World) -> World:
    """Forty cases at the counter, four in the lobby, thirty in the other branch: first contacts are a `statistic`."""
    _cases(world, world.counter_team, "enquiry", 40, 0)
    _cases(world, world.lobby_team, "enquiry", 4, 100)
    _cases(world, world.other_branch, "request", 30, 200)
    loading.rebuild(at=AT)
    return world


def _asked(world: World, who: str, question: Question) -> Answer:
    return evaluate(question, viewer_of(User.objects.get(pk=getattr(world.cast, who).pk), at=AT))


def test_x3_work_figures_count_only_rows_the_reader_may_see(world: World) -> None:
    made = fill(world, 200)
    loading.rebuild(at=AT)
    question = Question("cases_opened", LONG)
    counter = [case for case in made if case.unit_id == world.counter_team.pk and not case.confidential]
    assert _asked(world, "front_line", question).total.n == len(counter)
    everything = [case for case in made if not case.confidential]
    assert _asked(world, "manager", question).total.n == len(everything)
    assert _asked(world, "outsider", question).total.n == 0
    ids = set(row_ids(question, viewer_of(world.cast.other_branch, at=AT), limit=None)[1])
    assert ids == {case.pk for case in made if case.unit_id == world.other_branch.pk and not case.confidential}


def test_x3_a_filter_by_a_foreign_unit_opens_nothing(world: World) -> None:
    fill(world, 100)
    loading.rebuild(at=AT)
    for unit in (world.other_branch.pk, world.bank.pk, world.hotel.pk):
        found = _asked(world, "front_line", Question("cases_opened", LONG, filters={"unit": (unit,)}))
        assert found.total.n == (found.total.n if unit == world.bank.pk else 0)
    hotel = _asked(world, "outsider", Question("cases_opened", LONG, filters={"unit": (world.bank.pk,)}))
    assert hotel.total.n == 0


def test_x3_what_belongs_to_a_confidential_case_counts_only_for_those_on_its_list(world: World) -> None:
    lead, at = world.actor("supervisor"), AT - timedelta(days=1)
    for confidential in (False, True):
        made = operations.open_case(
            unit=world.counter_team, kind="enquiry", channel="counter", title="问", by=SETUP, at=at, confidential=confidential
        )
        if confidential:
            add_confidant(subject=made, user=world.cast.supervisor, by=SETUP, at=at)
        operations.add_message(case=made, direction="out", channel="counter", body="答", by=lead, at=at)
    loading.rebuild(at=AT)
    measure = "replies_sent"
    assert _asked(world, "manager", Question(measure, LONG)).total.n == 1
    assert _asked(world, "supervisor", Question(measure, LONG)).total.n == 2, "they stand on its list"
    assert len(row_ids(Question(measure, LONG), viewer_of(world.cast.manager, at=AT), limit=None)[1]) == 1


def test_x3_a_rate_is_small_where_few_people_met_it_however_many_visits(world: World) -> None:
    _cases(world, world.counter_team, "complaint", 30, 0)
    _cases(world, world.other_branch, "complaint", 4, 100)
    for unit in (world.counter_team, world.other_branch):
        Exposure.objects.create(unit=unit, day_date=TODAY - timedelta(days=40), count=5000, source="test")
    loading.rebuild(at=AT)
    answer = _asked(world, "front_line", Question("complaint_rate", MONTHS, ("unit",)))
    assert {cell.hidden for cell in answer.cells} == {"small", "complement"}
    assert _asked(world, "manager", Question("complaint_rate", MONTHS, ("unit",))).cells[0].numerator in (4, 30)


def test_x3_small_cells_of_customers_are_hidden_with_another_for_their_secrecy(crowd: World) -> None:
    answer = _asked(crowd, "front_line", Question("fcr", MONTHS, ("team",)))
    hidden = {cell.key[0]: cell.hidden for cell in answer.cells}
    assert hidden[crowd.lobby_team.pk] == "small"
    assert "complement" in hidden.values(), "with the total and one more figure the small one could be subtracted"
    for cell in answer.cells:
        if cell.hidden:
            assert (cell.value, cell.n, cell.numerator, cell.denominator) == (None, 0, 0, 0)


def test_x3_whoever_may_see_the_rows_sees_the_small_cell(crowd: World) -> None:
    answer = _asked(crowd, "manager", Question("fcr", MONTHS, ("team",)))
    assert {cell.key[0]: cell.n for cell in answer.cells}[crowd.lobby_team.pk] == 4


def test_x3_filters_cannot_cut_a_small_group_out(crowd: World) -> None:
    lobby, counter, south = crowd.lobby_team.pk, crowd.counter_team.pk, crowd.other_branch.pk
    whole = _asked(crowd, "front_line", Question("fcr", MONTHS)).total
    assert (whole.n, whole.hidden) == (74, "")
    shown = []
    for chosen in ((lobby,), (counter,), (south,), (counter, south), (lobby, south), (counter, lobby)):
        total = _asked(crowd, "front_line", Question("fcr", MONTHS, filters={"team": chosen})).total
        if not total.hidden:
            shown.append(np.array([float(team in chosen) for team in (lobby, counter, south)]))
    shown.append(np.ones(3))
    assert not _in_span(np.array([1.0, 0.0, 0.0]), shown), "the lobby's four can be computed from what is shown"


def test_x3_odd_windows_cannot_single_out_a_day(crowd: World) -> None:
    odd = Window(MONTHS.start, MONTHS.end - timedelta(days=1))
    assert _asked(crowd, "front_line", Question("fcr", odd, filters={"kind": ("enquiry",)})).total.hidden


# ── answers given in confidence ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pulse(world: World) -> Iterator[World]:
    """A team pulse: who answered what stands in a fact of its own. The night shift has four people; the answers are cases only to have rows."""
    night = 4
    for month, (counter, lobby, south) in enumerate([(9, night, 12), (11, night, 3)]):
        for place, (unit, count) in enumerate(((world.counter_team, counter), (world.lobby_team, lobby), (world.other_branch, south))):
            start = 1000 * (month + 1) + 100 * place
            Case.objects.bulk_create(
                Case(organisation=world.bank, number=f"P-{start + index:05d}", unit=unit, kind="praise" if index % 2 else "enquiry", channel="web",
                     title="题", state="open", opened_at=AT.replace(month=1 + month, day=10), changed_at=AT)
                for index in range(count)
            )  # fmt: skip
    fact = Fact(
        "pulse", Case, label="脉搏", capability="cases.view", times=("opened_at",), subjects={},
        columns=(Column("id", "pk"), Column("unit_id", "unit_id"), Column("kind", "kind", "VARCHAR"), Column("opened_at", "opened_at", "TIMESTAMP")),
        computed=(Computed((("score", "DOUBLE"),), lambda batch: {"score": 1 + batch["id"] % 7}),),
    )  # fmt: skip
    happy = Measure("pulse_happy", 1, "pulse", Share("kind = 'praise'"), "满意", "说明", "opened", "%", 5, disclosure="voice", minimum_n=5)
    mean = Measure("pulse_mean", 1, "pulse", Mean("score"), "均分", "说明", "opened", "", 0.5, disclosure="voice", minimum_n=5)
    facts.register(fact)
    measures.register(happy, mean)
    loading.rebuild(at=AT)
    yield world
    facts.forget("pulse")
    measures.forget("pulse_happy")
    measures.forget("pulse_mean")


def _every_question(world: World) -> Iterator[Question]:
    """All that the page, the export or the API could ask, allowed or not."""
    units = [world.bank.pk, world.branch.pk, world.counter_team.pk, world.lobby_team.pk, world.other_branch.pk]
    filters: list[Mapping[str, tuple[Any, ...]]] = [{}, *({"unit": (unit,)} for unit in units)]
    filters += [{"unit": pair} for pair in product(units, units)] + [{"team": (unit,)} for unit in units] + [{"kind": ("praise",)}]
    windows = [MONTHS, Window(date(2026, 1, 1), date(2026, 2, 1)), Window(date(2026, 2, 1), date(2026, 3, 1)), LONG,
               Window(date(2026, 1, 1), date(2026, 1, 11)), Window(date(2026, 1, 10), date(2026, 2, 1))]  # fmt: skip
    bys: list[tuple[str, ...]] = [(), ("unit",), ("team",), ("kind",), ("unit", "kind")]
    for code, window, by, grain, chosen, level in product(
        ("pulse_happy", "pulse_mean"), windows, bys, ("", "day", "week", "month", "quarter"), filters, ("children", "own")
    ):
        yield Question(code, window, by, grain, chosen, level)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["manager", "supervisor", "front_line", "administrator"])
def test_x3_the_night_shifts_pulse_cannot_be_derived_by_subtraction(pulse: World, who: str) -> None:
    """Every figure anybody can get is a sum over teams and months. The night shift (of any month, or of all) is in no combination of them."""
    world, viewer = pulse, viewer_of(getattr(pulse.cast, who), at=AT)
    places = [(unit, month) for unit in (world.counter_team.pk, world.lobby_team.pk, world.other_branch.pk) for month in (1, 2)]
    sizes = dict(zip(places, (9, 11, 4, 4, 12, 3), strict=True))
    shown: list[np.ndarray] = []
    answered = 0
    for question in _every_question(world):
        try:
            answer = evaluate(question, viewer)
        except NotPossible:
            continue
        answered += 1
        for cell in [*answer.cells, answer.total]:
            if cell.hidden or not cell.n:
                continue
            vectors = [
                vector for vector in _possible(places, sizes, question, cell, world) if abs(vector @ list(sizes.values()) - cell.n) < 1e-9
            ]
            assert vectors, f"{question} shows a figure of {cell.n} that no whole group explains"
            shown += vectors[:1]
    assert answered > 20
    for month in ((1,), (2,), (1, 2)):
        night = np.array([float(unit == world.lobby_team.pk and when in month) for unit, when in places])
        assert not _in_span(night, shown)
    south = np.array([float(unit == world.other_branch.pk and when == 2) for unit, when in places])
    assert not _in_span(south, shown), "three answers of the other branch in February"


def _possible(
    places: Sequence[tuple[int, int]], sizes: Mapping[tuple[int, int], int], question: Question, cell: Any, world: World
) -> list[np.ndarray]:
    """Which teams and months a cell can be the sum of, by what it says it is: its pool or the filter, and its month or the window."""
    months = (
        {cell.period.month}
        if cell.period
        else {month for month in (1, 2) if question.window.start <= date(2026, month, 10) < question.window.end}
    )
    if cell.key:
        units = set(cell.key[0])
    else:
        below = {world.bank.pk: {world.counter_team.pk, world.lobby_team.pk, world.other_branch.pk},
                 world.branch.pk: {world.counter_team.pk, world.lobby_team.pk}}  # fmt: skip
        wanted = question.filters.get("unit") or (world.bank.pk,)
        units = {unit for top in wanted for unit in below.get(top, {top})}
    if cell.key and not cell.period and len(months) > 1:
        # A pool of the same teams over months in which it stood so; which ones is told by the size.
        return [_vector(places, units, {month}) for month in months] + [_vector(places, units, months)]
    return [_vector(places, units, months)]


def _vector(places: Sequence[tuple[int, int]], units: set[int], months: set[int]) -> np.ndarray:
    return np.array([float(unit in units and month in months) for unit, month in places])


def _in_span(target: np.ndarray, shown: Sequence[np.ndarray]) -> bool:
    if not shown:
        return False
    table = np.array(shown).T
    best, *_ = np.linalg.lstsq(table, target, rcond=None)
    return bool(np.allclose(table @ best, target, atol=1e-9))


def test_x3_rows_and_free_questions_of_the_pulse_are_refused(pulse: World) -> None:
    viewer = viewer_of(pulse.cast.manager, at=AT)
    with pytest.raises(NoRows):
        row_ids(Question("pulse_happy", MONTHS), viewer)
    for bad in (Question("pulse_happy", MONTHS, ("kind",)), Question("pulse_happy", LONG), Question("pulse_happy", MONTHS, grain="day")):
        with pytest.raises(FixedPartition):
            evaluate(bad, viewer)


def test_pools_join_the_smallest_siblings_and_climb_the_tree() -> None:
    paths = {1: "1.", 2: "1.2.", 3: "1.3.", 21: "1.2.21.", 22: "1.2.22.", 23: "1.2.23.", 31: "1.3.31."}
    assert voice.pools({21: 6, 22: 3, 23: 3, 31: 7}, paths) == [frozenset({21}), frozenset({22, 23}), frozenset({31})]
    assert voice.pools({21: 9, 22: 4, 31: 7}, paths) == [frozenset({21, 22}), frozenset({31})]
    assert voice.pools({21: 9, 31: 2}, paths) == [frozenset({21, 31})]
    assert voice.pools({21: 2, 31: 2}, paths) == []
    assert voice.pools({}, paths) == []
