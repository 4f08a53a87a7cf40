"""Process mining against outside truths: published counts of three logs (steward.science.checks.mining), the same questions asked in plain Python of
random logs, and alignments against a search through all designed paths.
"""

from __future__ import annotations

import gzip
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.science.published import must_hold, truths_of

from steward.science import mining
from steward.science.checks import Truth
from steward.science.checks import mining as truths
from steward.science.mining import Design, EventLog, NoData

START = np.datetime64("2026-03-02T09:00")


@pytest.fixture(scope="module", autouse=True)
def _let_go_of_the_logs() -> Iterator[None]:
    """DuckDB complains of connections that are still open when Python ends."""
    yield
    for read in (truths.desk, truths.sepsis, truths.incidents):
        read.cache_clear()


@pytest.mark.parametrize("truth", truths_of("mining"))
def test_published(truth: Truth) -> None:
    must_hold(truth)


Row = tuple[str, str, int, str]
names, people = st.sampled_from(["1", "2", "3", "NA", "工单 4"]), st.sampled_from(["甲", "乙", "丙", ""])
rows = st.lists(st.tuples(names, st.sampled_from("ABCD"), st.integers(0, 500), people), min_size=1, max_size=40)


def log_of(found: list[Row]) -> EventLog:
    cases, activities, minutes, people = zip(*found, strict=True)
    return EventLog.from_arrays(cases, activities, START + np.array(minutes).astype("timedelta64[m]"), people=people)


def by_hand(found: list[Row]) -> dict[str, list[Row]]:
    """Events of each case in order of time, ties as written."""
    traces: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(found, key=lambda row: row[2]):
        traces[row[0]].append(row)
    return traces


@given(rows)
@settings(max_examples=40, deadline=None)
def test_paths_pairs_and_waits_equal_those_of_plain_python(found: list[Row]) -> None:
    log, traces = log_of(found), by_hand(found)
    paths = Counter(tuple(row[1] for row in trace) for trace in traces.values())
    assert {variant.path: variant.cases for variant in mining.variants(log)} == paths
    assert sum(variant.share for variant in mining.variants(log)) == pytest.approx(1)
    waits: dict[tuple[str, str], list[float]] = defaultdict(list)
    for trace in traces.values():
        for one, other in pairwise(trace):
            waits[one[1], other[1]].append((other[2] - one[2]) / 60)
    assert {(pair.first, pair.then): pair.n for pair in mining.directly_follows(log)} == {pair: len(times) for pair, times in waits.items()}
    for pair in mining.directly_follows(log):
        assert pair.median_hours == pytest.approx(statistics.median(waits[pair.first, pair.then]))
    total = sum(map(sum, waits.values()))
    assert sum(step.total_hours for step in mining.waiting(log)) == pytest.approx(total)
    if total:
        assert sum(step.share for step in mining.waiting(log)) == pytest.approx(1)
        assert mining.bottlenecks(log, top=1)[0].total_hours == pytest.approx(max(map(sum, waits.values())))


@given(rows)
@settings(max_examples=30, deadline=None)
def test_rework_and_handovers_equal_those_of_plain_python(found: list[Row]) -> None:
    log, traces = log_of(found), by_hand(found)
    again = {
        step: sum(max(0, [row[1] for row in trace].count(step) - 1) for trace in traces.values())
        for step in "ABCD"
    }  # fmt: skip
    assert {each.activity: each.repetitions for each in mining.rework(log)} == {step: n for step, n in again.items() if n}
    moves = Counter(
        (one[3], other[3]) for trace in traces.values() for one, other in pairwise([row for row in trace if row[3]]) if one[3] != other[3]
    )
    if any(row[3] for row in found):
        assert {(each.giver, each.taker): each.n for each in mining.handovers(log)} == moves
    else:
        with pytest.raises(NoData):
            mining.handovers(log)


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_lines_does_not_matter_where_times_differ(found: list[Row], random: object) -> None:
    spread = [(case, step, index * 7, who) for index, (case, step, _minute, who) in enumerate(found)]
    mixed = list(spread)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = log_of(spread), log_of(mixed)
    assert mining.summary(one) == mining.summary(other)
    assert mining.variants(one) == mining.variants(other)
    assert mining.directly_follows(one) == mining.directly_follows(other)


def test_ties_go_by_the_given_order_then_as_written() -> None:
    at = np.array([START, START, START])
    assert mining.variants(EventLog.from_arrays(["1"] * 3, list("CAB"), at))[0].path == ("C", "A", "B")
    assert mining.variants(EventLog.from_arrays(["1"] * 3, list("CAB"), at, order=[3, 1, 2]))[0].path == ("A", "B", "C")


def test_waiting_and_work_are_told_apart_where_the_log_can() -> None:
    hours = np.array([0, 5, 9]).astype("timedelta64[h]")
    began = START + np.array([0, 4, 6]).astype("timedelta64[h]")
    log = EventLog.from_arrays(["1"] * 3, list("ABC"), START + hours, started=began)
    steps = {step.activity: step for step in mining.waiting(log)}
    assert (steps["B"].total_hours, steps["B"].worked_hours) == (4, 1)
    assert (steps["C"].total_hours, steps["C"].worked_hours) == (1, 3)
    assert steps["B"].share == pytest.approx(4 / 9)


def test_handing_back_is_seen() -> None:
    log = log_of([("1", "A", 0, "甲"), ("1", "A", 10, "乙"), ("1", "A", 20, "甲"), ("1", "A", 30, "乙")])
    forth = next(each for each in mining.handovers(log) if each.giver == "甲")
    assert (forth.n, forth.returned, forth.median_hours) == (2, 1, pytest.approx(1 / 6))


def test_time_between_steps() -> None:
    log = log_of([("1", "A", 0, ""), ("1", "B", 30, ""), ("2", "A", 0, ""), ("2", "B", 120, ""), ("3", "A", 5, ""), ("4", "B", 5, "")])
    found = mining.time_between(log, "A", "B", limit_hours=1)
    assert (found.n, found.within, found.never, found.median_hours, found.share_within) == (2, 1, 1, 1.25, 0.5)
    with pytest.raises(ValueError, match="no activity 'Z'"):
        mining.time_between(log, "A", "Z")


# --- The designed process ---

LOOP = Design.of({"register": ["examine"], "examine": ["examine", "decide", "ask"], "ask": ["examine"], "decide": ["inform"]},
                 starts=["register"], ends=["inform"])  # fmt: skip


def designed_paths(design: Design, longest: int) -> list[tuple[str, ...]]:
    found, open_paths = [], [(step,) for step in design.starts]
    while open_paths:
        path = open_paths.pop()
        if path[-1] in design.ends:
            found.append(path)
        if len(path) < longest:
            open_paths += [(*path, other) for one, other in design.follows if one == path[-1]]
    return found


def edits(path: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Skipped and added steps between two paths: the longest common subsequence."""
    best = np.zeros((len(path) + 1, len(other) + 1), int)
    for i, one in enumerate(path, 1):
        for j, two in enumerate(other, 1):
            best[i, j] = best[i - 1, j - 1] + 1 if one == two else max(best[i - 1, j], best[i, j - 1])
    return len(path) + len(other) - 2 * int(best[-1, -1])


@given(st.lists(st.sampled_from(["register", "examine", "ask", "decide", "inform", "shout"]), max_size=6).map(tuple))
@settings(max_examples=150, deadline=None)
def test_no_designed_path_explains_it_cheaper(path: tuple[str, ...]) -> None:
    found = mining.align(path, LOOP)
    cheapest = min(edits(path, other) for other in designed_paths(LOOP, len(path) + 5))
    assert len(found.skipped) + len(found.extra) == cheapest
    assert found.fits == (cheapest == 0)
    assert 0 <= found.fitness <= 1


def test_what_was_skipped_and_added_is_named() -> None:
    found = mining.align(("register", "shout", "examine", "inform"), LOOP)
    assert (found.skipped, found.extra) == (("decide",), ("shout",))
    assert mining.align((), LOOP).skipped == ("register", "examine", "decide", "inform")
    assert mining.align(("register", "examine", "ask", "examine", "decide", "inform"), LOOP).fits


def test_conformance_counts_cases() -> None:
    right = [("1", step, place, "") for place, step in enumerate(["register", "examine", "decide", "inform"])]
    wrong = [("2", step, place, "") for place, step in enumerate(["register", "decide", "inform"])]
    found = mining.conformance(log_of(right + wrong), LOOP)
    assert (found.cases, found.fitting, found.skipped, found.extra) == (2, 1, (("examine", 1),), ())
    assert found.mean_fitness == pytest.approx((1 + (1 - 1 / 7)) / 2)


def test_a_design_without_a_way_through_is_refused() -> None:
    with pytest.raises(ValueError, match="the step stray lies on no path"):
        Design.of({"a": ["b"], "stray": ["b"]}, starts=["a"], ends=["b"])
    with pytest.raises(ValueError, match="first and a last"):
        Design.of({"a": ["b"]}, starts=[], ends=["b"])


# --- Files and bad input ---


def test_files(tmp_path: Path) -> None:
    text = tmp_path / "log.csv"
    text.write_text("Fall;Schritt;Ende;Wer\nNA;A;01.03.2026 10:00;x\nNA;B;01.03.2026 11:30;\n", encoding="utf-8")
    names = {"case": "Fall", "activity": "Schritt", "time": "Ende", "person": "Wer", "delimiter": ";"}
    log = mining.read_csv(text, time_format="%d.%m.%Y %H:%M", **names)
    assert mining.summary(log).max_hours == 1.5
    with pytest.raises(ValueError, match=r"01\.03\.2026 10:00"):
        mining.read_csv(text, **names)
    with pytest.raises(ValueError, match="no column 'Nummer'"):
        mining.read_csv(text, **(names | {"case": "Nummer"}))
    with pytest.raises(ValueError, match="a case, an activity and a time"):
        mining.read_csv(text, **(names | {"case": "Wer"}), time_format="%d.%m.%Y %H:%M")
    xes = tmp_path / "log.xes.gz"
    event = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2026-03-0{}T08:00:00+08:00"/></event>'
    body = f'<log><trace><string key="concept:name" value="7"/>{event.format("A", 1)}{event.format("B", 3)}</trace></log>'
    xes.write_bytes(gzip.compress(body.encode()))
    assert mining.variants(mining.read_xes(xes))[0].path == ("A", "B")
    xes.write_bytes(gzip.compress(b"<log><trace>"))
    with pytest.raises(ValueError, match="no XES file"):
        mining.read_xes(xes)


def test_bad_input_is_named() -> None:
    with pytest.raises(NoData, match="no events"):
        EventLog.from_arrays([], [], np.array([], "datetime64[s]"))
    with pytest.raises(ValueError, match="one entry for each event"):
        EventLog.from_arrays(["1"], ["A", "B"], [START, START])
    with pytest.raises(ValueError, match="must not have gaps"):
        EventLog.from_arrays(["1"], ["A"], [np.datetime64("NaT")])
    single = EventLog.from_arrays(["1"], ["A"], [START])
    assert mining.summary(single).cases == 1
    assert mining.directly_follows(single) == mining.waiting(single) == mining.rework(single) == []
