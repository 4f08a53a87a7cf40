"""Rows become cases with their own past; the same file again changes nothing; what is wrong with a file is told before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cast import AT, World, local

from steward.contact.datahub.errors import BadMapping, ImportRefused, MissingColumns, UnknownZone
from steward.contact.datahub.mapping import Mapping
from steward.contact.datahub.models import ImportRun, RowError, SourceRecord
from steward.contact.datahub.operations import load_rows, prepare_import
from steward.core.cases.health import wrong_caches
from steward.core.cases.models import Case, Message, Promise, StateSpan
from steward.core.cases.operations import apply_policies
from steward.core.customers.models import Customer
from steward.ground.access.errors import Forbidden
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import opened
from steward.ground.journal.sealing import seal_entries, verify
from steward.ground.journal.subscribers import pump_all
from steward.ground.journal.topics import versions
from steward.ground.search.queries import matching_ids

from .helpers import CLOSED, MAPPING, OPEN, faults, load, table, write

pytestmark = pytest.mark.django_db
HEADER_RENAMED = "编号,标题,内容,状态,接收,办结,姓名,电话"


def test_rows_become_cases_with_their_own_dates(world: World, tmp_path: Path) -> None:
    run = load(world, write(tmp_path, table(CLOSED.format(1), OPEN.format(1))))
    assert (run.state, run.records, run.created, run.failed) == ("done", 2, 2, 0)
    case = Case.objects.get(title="第1件")
    assert (case.state, case.kind, case.channel, case.resolution) == ("closed", "complaint", "phone", "answered")
    assert (case.opened_at, case.closed_at, case.changed_at) == (
        local("2026-02-25 10:00"), local("2026-02-26 11:00"), local("2026-02-26 11:00"),
    )  # fmt: skip
    assert case.number.startswith("2026-")
    assert case.version == 1
    assert case.unit == world.counter_team
    spans = list(StateSpan.objects.filter(case=case).order_by("started_at").values_list("state", "started_at", "ended_at"))
    assert spans == [("new", case.opened_at, case.closed_at), ("closed", case.closed_at, None)]
    message = Message.objects.get(case=case)
    assert (message.body, message.direction, message.at, message.author) == ("请核实。", "in", case.opened_at, None)
    assert case.customer is not None
    assert case.customer.name == "赵客1"
    waiting = Case.objects.get(title="未完1")
    assert waiting.state == "open"
    assert waiting.next_due_at is not None
    assert waiting.customer is None


def test_the_clocks_are_those_that_single_operations_would_have_set(world: World, tmp_path: Path) -> None:
    load(world, write(tmp_path, table(CLOSED.format(1), OPEN.format(1))))
    closed = {(row.kind, row.clock): row for row in Promise.objects.filter(case__title="第1件")}
    # Eight working hours from Wednesday 10:00 end on Thursday 10:00; the case was closed at 11:00.
    late = closed["resolution", "operational"]
    assert (late.due_at, late.met_at, late.missed_at) == (local("2026-02-26 10:00"), local("2026-02-26 11:00"), local("2026-02-26 10:00"))
    kept = closed["resolution", "statutory"]
    assert kept.due_at == local("2026-03-13 00:00")
    assert kept.missed_at is None
    assert ("first_response", "operational") not in closed  # nobody noted when they answered
    waiting = Case.objects.get(title="未完1")
    before = list(waiting.promises.order_by("pk").values_list("kind", "clock", "due_at", "missed_at"))
    assert {row[0] for row in before} == {"first_response", "resolution"}
    assert wrong_caches(at=AT) == []
    apply_policies(case=waiting, by=Actor.policy("retime"), at=AT)
    assert list(waiting.promises.order_by("pk").values_list("kind", "clock", "due_at", "missed_at")) == before


def test_the_journal_says_when_it_happened_and_who_brought_it(
    world: World, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    load(world, write(tmp_path, table(CLOSED.format(1))))
    case = Case.objects.get(title="第1件")
    entries = list(Entry.objects.filter(subject_type="cases.case", subject_id=case.pk).order_by("seq"))
    assert [entry.code for entry in entries][:1] == ["cases.case_opened"]
    assert {entry.code for entry in entries} == {"cases.case_opened", "cases.case_closed", "cases.promise_met"}
    first = entries[0]
    assert (first.actor_kind, first.actor_ref, first.unit_id) == ("import", "import:old-crm", case.unit_id)
    assert first.occurred_at == case.opened_at
    assert first.recorded_at > first.occurred_at
    assert opened(first).after == {"title": "第1件"}
    assert "第1件" not in json.dumps(first.public)
    assert case.customer is not None
    assert list(first.links.values_list("type", "object_id")) == [("customers.customer", case.customer.pk)]
    with django_capture_on_commit_callbacks(execute=True):
        seal_entries(at=AT)
    assert verify().fault is None


def test_imported_cases_are_found_by_their_words(world: World, tmp_path: Path) -> None:
    load(world, write(tmp_path, table(CLOSED.format(7))))
    pump_all(at=AT, holder="test")
    case = Case.objects.get(title="第7件")
    assert matching_ids(world.cast.supervisor, "核实", at=AT, limits={"case": 5}) == {"case": [case.pk]}


def test_r019_the_same_file_again_changes_nothing(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, table(CLOSED.format(1), OPEN.format(1), "C1,,没有标题,办理中,2026-02-27 10:00,,,"))
    load(world, path)
    before = (Case.objects.count(), Customer.objects.count(), Promise.objects.count(), SourceRecord.objects.count())
    entries = Entry.objects.filter(code__startswith="cases.").count()
    again = load(world, path)
    assert (again.records, again.created, again.unchanged, again.failed) == (3, 0, 2, 1)
    assert (Case.objects.count(), Customer.objects.count(), Promise.objects.count(), SourceRecord.objects.count()) == before
    assert Entry.objects.filter(code__startswith="cases.").count() == entries


def test_a_record_that_changed_since_is_told_and_its_case_left_alone(world: World, tmp_path: Path) -> None:
    load(world, write(tmp_path, table(OPEN.format(1))))
    case = Case.objects.get()
    run = load(world, write(tmp_path, table(OPEN.format(1).replace("未完1", "别的标题")), "later.csv"))
    assert faults(run) == [(2, "changed_since", "编号")]
    assert case.number in run.errors.get().reason
    case.refresh_from_db()
    assert case.title == "未完1"


def test_r019_a_renamed_column_stops_the_run_before_anything_is_loaded(world: World, tmp_path: Path) -> None:
    path = write(tmp_path, table(CLOSED.format(1), header=HEADER_RENAMED))
    by = world.actor("supervisor")
    run = prepare_import(unit=world.counter_team, path=path, name="rows.csv", document=MAPPING, by=by, at=AT)
    with pytest.raises(MissingColumns) as refused:
        load_rows(run=run, by=by, at=AT)
    assert "“收到”" in str(refused.value)
    assert "接收" in str(refused.value)
    run.refresh_from_db()
    assert (run.state, run.problem["code"], run.rows_done, Case.objects.count()) == ("stopped", "import_missing_columns", 0, 0)


def test_a_killed_run_goes_on_where_it_stopped(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.contact.datahub.loading.BATCH", 3)
    path = write(tmp_path, table(*[OPEN.format(number) for number in range(10)]))
    by = world.actor("supervisor")
    run = prepare_import(unit=world.counter_team, path=path, name="rows.csv", document=MAPPING, by=by, at=AT, keep=False)

    class Killed(BaseException):
        pass

    def killed(done: int, total: int) -> None:
        if done == 6:
            raise Killed()

    with pytest.raises(Killed):
        load_rows(run=run, path=path, by=by, at=AT, tell=killed)
    run = ImportRun.objects.get()
    assert (run.state, run.rows_done, run.created, Case.objects.count()) == ("running", 6, 6, 6)
    told: list[int] = []
    load_rows(run=run, path=path, by=by, at=AT, tell=lambda done, total: told.append(done))
    run.refresh_from_db()
    assert told == [9, 10]
    assert (run.records, run.created, Case.objects.count()) == (10, 10, 10)
    assert SourceRecord.objects.values("key").distinct().count() == 10


def test_a_batch_that_fails_leaves_nothing_of_itself(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.contact.datahub.loading.BATCH", 2)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("power cut")

    path = write(tmp_path, table(*[CLOSED.format(number) for number in range(4)]))
    with monkeypatch.context() as patch:
        patch.setattr("steward.core.cases.operations.importing._announce", broken)
        with pytest.raises(RuntimeError):
            load(world, path)
    assert (Case.objects.count(), SourceRecord.objects.count(), Customer.objects.filter(name__startswith="赵客").count()) == (0, 0, 0)
    assert not Entry.objects.filter(code="cases.case_opened").exists()


def test_people_are_found_by_their_telephone_and_name_or_registered_once(world: World, tmp_path: Path) -> None:
    line = "{0},问询,请回电,办理中,2026-02-27 10:00,,{1},{2}"
    rows = [
        line.format("P1", "陈晓明", "138 0013 8000"),
        line.format("P2", "新客", "13711112222"),
        line.format("P3", "新客", "+86 13711112222"),
    ]
    before = Customer.objects.count()
    load(world, write(tmp_path, table(*rows)), unit=world.other_branch, who="manager")
    people = dict(SourceRecord.objects.values_list("key", "case__customer_id"))
    assert people["P1"] == world.customer.pk
    assert people["P2"] == people["P3"]
    assert Customer.objects.count() == before + 1
    assert world.customer.served_by.filter(unit=world.other_branch).exists()
    looked = Entry.objects.get(code="customers.customer_looked_up")
    assert (looked.purpose, looked.public["found"]) == ("serve_case", 1)


def test_every_number_is_given_once_and_by_the_year_of_receipt(world: World, tmp_path: Path) -> None:
    lines = [f"Y{number},旧案,内容,已办结,{2021 + number % 2}-05-06 10:00,{2021 + number % 2}-05-07 10:00,," for number in range(6)]
    load(world, write(tmp_path, table(*lines)))
    load(world, write(tmp_path, table("Z1,旧案,内容,已办结,2021-05-06 10:00,2021-05-07 10:00,,"), "more.csv"))
    numbers = list(Case.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == [f"{2021 + number % 2}-{number // 2 + 1:06d}" for number in range(6)] + ["2021-000004"]


def test_an_answer_with_its_time_meets_the_promise_to_answer(world: World, tmp_path: Path) -> None:
    document = {**MAPPING, "columns": {**MAPPING["columns"], "answer": "答复", "answered_at": "答复时间"}}
    header = "编号,标题,内容,状态,收到,办结,姓名,电话,答复,答复时间"
    line = "A1,排队,太久,已办结,2026-02-25 10:00,2026-02-26 11:00,,,已增开窗口。,2026-02-25 11:00"
    load(world, write(tmp_path, table(line, header=header)), document)
    case = Case.objects.get()
    first = case.promises.get(kind="first_response")
    assert (first.met_at, first.missed_at) == (local("2026-02-25 11:00"), None)
    answer = case.messages.get(direction="out")
    assert (answer.body, answer.at) == ("已增开窗口。", local("2026-02-25 11:00"))


def test_pages_of_the_unit_look_again_once_for_a_batch(world: World, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> None:
    key = f"unit:{world.counter_team.pk}:cases"
    before = versions([key])[key]
    with django_capture_on_commit_callbacks(execute=True):
        load(world, write(tmp_path, table(*[OPEN.format(number) for number in range(9)])))
    assert versions([key])[key] == before + 1


@pytest.mark.parametrize("who", ["front_line", "other_branch", "quality_reviewer", "outsider"])
def test_only_leaders_and_administrators_of_the_unit_import(world: World, tmp_path: Path, who: str) -> None:
    with pytest.raises(Forbidden):
        load(world, write(tmp_path, table(OPEN.format(1))), who=who)
    assert not ImportRun.objects.exists()
    assert not Case.objects.exists()


def test_a_row_of_a_unit_that_is_not_ones_own_is_an_error(world: World, tmp_path: Path) -> None:
    document = {**MAPPING, "columns": {**MAPPING["columns"], "unit": "网点"}}
    header = "编号,标题,内容,状态,收到,办结,姓名,电话,网点"
    lines = [f"{OPEN.format(number)},{name}" for number, name in enumerate(("大堂组", "城南支行", "云山酒店", "没有"))]
    run = load(world, write(tmp_path, table(*lines, header=header)), document, unit=world.branch)
    assert faults(run) == [(3, "unit_not_yours", "网点"), (4, "unknown_unit", "网点"), (5, "unknown_unit", "网点")]
    assert Case.objects.get().unit == world.lobby_team


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"steward_mapping": 2}, "steward_mapping"),
        ({"source": "带空格 的"}, "source"),
        ({"columns": {"key": "编号"}}, "title"),
        ({"values": {"state": {"已办结": "finished"}}}, "values.state.已办结"),
        ({"colums": {}}, "colums"),
        ({"file": {"encoding": "ebcdic"}}, "file.encoding"),
    ],
)
def test_a_wrong_mapping_says_where(change: dict[str, Any], told: str) -> None:
    with pytest.raises(BadMapping) as refused:
        Mapping.read({**MAPPING, **change})
    assert told in str(refused.value)


def test_a_mapping_that_is_no_json_says_the_line() -> None:
    with pytest.raises(BadMapping) as refused:
        Mapping.from_text('{"source": "x",\n "columns": }')
    assert "2" in str(refused.value)


def test_an_unknown_time_zone_is_told_before_anything_is_read(world: World, tmp_path: Path) -> None:
    with pytest.raises(UnknownZone) as refused:
        load(world, write(tmp_path, table(OPEN.format(1))), {**MAPPING, "file": {"zone": "Mars/Olympus"}})
    assert "Mars/Olympus" in str(refused.value)
    assert isinstance(refused.value, ImportRefused)


def test_every_record_is_counted_once(world: World, tmp_path: Path) -> None:
    lines = [CLOSED.format(1), OPEN.format(1), OPEN.format(1), OPEN.format(1).replace("尽快", "马上"), "D1,标题,,办理中,,,,", ",,,,,,,"]
    run = load(world, write(tmp_path, table(*lines)))
    assert (run.records, run.created, run.unchanged, run.failed) == (5, 2, 1, 2)
    assert faults(run) == [(5, "twice", "编号"), (6, "no_opened", "收到")]
    assert RowError.objects.count() == 2
