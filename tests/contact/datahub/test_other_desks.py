"""Exports of Zendesk, Freshdesk and django-helpdesk become cases with their talk: what was internal stays internal, nothing comes twice."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.cast import AT, World, local

from steward.contact.datahub.errors import ImportRefused, NotThisExport, TooLarge, UnknownExport
from steward.contact.datahub.mapping import Mapping
from steward.contact.datahub.models import ImportRun, SourceRecord
from steward.contact.datahub.operations import load_rows, mapping_for, prepare_import
from steward.contact.datahub.readers import exports
from steward.contact.datahub.terminal import import_file
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message, StateSpan
from steward.core.customers import operations as customers
from steward.ground.access.models import User
from steward.ground.journal.models import Entry

from .helpers import faults, load

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parent / "samples"
AGENT = "agent.known@old-desk.example"
IN, OUT, NOTE = "in", "out", "note"


@pytest.fixture(autouse=True)
def known_agent(world: World) -> User:
    """One agent of the other desk works here too, under the same e-mail."""
    User.objects.filter(pk=world.cast.front_line.pk).update(email=AGENT)
    return world.cast.front_line


def packed(folder: Path, desk: str, *names: str, name: str = "export.zip", **other: Any) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in names:
            archive.write(SAMPLES / desk / each, f"account/{each}")
        for each, content in other.items():
            archive.writestr(f"{each}.json", content)
    return path


def bring(world: World, path: Path, kind: str, **more: Any) -> ImportRun:
    return load(world, path, mapping_for(kind, path), who="manager", unit=world.branch, **more)


def zendesk(folder: Path, name: str = "export.zip") -> Path:
    return packed(folder, "zendesk", "tickets.json", "users.json", "organizations.json", name=name)


def case_of(key: str) -> Case:
    return SourceRecord.objects.select_related("case__customer", "case__assignee__user", "case__unit").get(key=key).case


def said(case: Case) -> list[tuple[str, str]]:
    return list(Message.objects.filter(case=case).order_by("at", "pk").values_list("direction", "body"))


def test_zendesk_tickets_come_with_people_unit_state_and_history(world: World, tmp_path: Path) -> None:
    run = bring(world, zendesk(tmp_path), "zendesk")
    assert (run.state, run.source, run.records, run.created, run.failed) == ("done", "zendesk", 4, 3, 1)
    assert faults(run) == [(4, "unknown_value", "status")]  # thrown away there: told, and brought only if the mapping says so
    case = case_of("4101")
    assert (case.title, case.state, case.kind, case.channel, case.priority) == ("卡被吞了", "closed", "incident", "email", "high")
    assert case.unit == world.lobby_team
    assert case.customer is not None
    assert case.customer.name == "梁小满"
    assert set(case.customer.contact_points.values_list("kind", flat=True)) == {"phone", "email"}
    assert case.assignee is not None
    assert case.assignee.user == world.cast.front_line
    spans = list(StateSpan.objects.filter(case=case).order_by("started_at").values_list("state", "started_at"))
    assert spans == [
        ("new", local("2026-01-05 09:00")), ("open", local("2026-01-05 09:20")), ("closed", local("2026-01-06 11:00")),
    ]  # fmt: skip
    first = case.promises.get(kind="first_response")
    assert first.met_at == local("2026-01-05 11:30")  # the first public answer of the desk, not the note before it
    waiting = case_of("4102")
    assert (waiting.state, waiting.hold_reason, waiting.channel, waiting.priority) == ("on_hold", "awaiting_customer", "app", "normal")
    assert said(waiting)[0] == (IN, "一直转圈。")


def test_r019_internal_words_are_never_public(world: World, tmp_path: Path) -> None:
    bring(world, zendesk(tmp_path), "zendesk")
    assert said(case_of("4101")) == [
        (IN, "取款机吞卡，请帮忙。\n[取款机.jpg]"),
        (NOTE, "type: incident\nchannel: email\ngroup: 大堂组\nassignee: Agent Known\norganization: 海棠物业\ntags: atm, vip\n"
               "custom_fields: 360001: ATM-17\nsatisfaction: good: 很快"),
        (NOTE, "Otto Fremd:\n怀疑是机器故障，先别对外说。"),
        (OUT, "卡已取出，请带证件来领。"),
        (IN, "梁父:\n我替他来领可以吗？"),
        (NOTE, "Otto Fremd:\n没有说明公开与否的一条。"),
    ]  # fmt: skip
    words = Message.objects.get(case=case_of("4101"), direction=OUT)
    assert words.author == world.cast.front_line
    assert Message.objects.get(body__contains="我替他").customer is None  # somebody else than the person of the case
    assert all(direction == NOTE for direction, _body in said(case_of("4103")))  # a ticket that was never public has no word of the person


def test_the_same_export_again_changes_nothing_and_a_later_one_adds_what_was_said_since(world: World, tmp_path: Path) -> None:
    bring(world, zendesk(tmp_path), "zendesk")
    before = (Case.objects.count(), Message.objects.count(), Entry.objects.filter(code__startswith="cases.").count())
    again = bring(world, zendesk(tmp_path), "zendesk")
    assert (again.created, again.unchanged, again.failed, again.words_added) == (0, 3, 1, 0)
    assert (Case.objects.count(), Message.objects.count(), Entry.objects.filter(code__startswith="cases.").count()) == before
    lines = [json.loads(line) for line in (SAMPLES / "zendesk" / "tickets.json").read_text(encoding="utf-8").splitlines()]
    lines[0]["comments"].append({"id": 81009, "author_id": 903, "body": "领走了。", "public": False, "created_at": "2026-02-20T01:00:00Z"})
    lines[1]["status"] = "solved"
    lines[1]["comments"] = [{"id": 82001, "author_id": 905, "body": "好了。", "public": True, "created_at": "2026-02-21T01:00:00Z"}]
    later = packed(tmp_path, "zendesk", "users.json", "organizations.json", name="later.zip", tickets="\n".join(map(json.dumps, lines)))
    run = bring(world, later, "zendesk")
    assert (run.created, run.unchanged, run.words_added) == (0, 2, 2)
    assert [code for _row, code, _column in faults(run)] == ["changed_words", "unknown_value"]
    assert said(case_of("4101"))[-1] == (NOTE, "Otto Fremd:\n领走了。")
    assert said(case_of("4102"))[-1] == (IN, "好了。")
    assert case_of("4102").state == "on_hold"  # worked on here by now
    assert Entry.objects.filter(code="cases.message_added", subject_id=case_of("4102").pk, actor_ref="import:zendesk").count() >= 1
    assert bring(world, later, "zendesk").words_added == 0


def test_an_erased_record_gets_no_later_words(world: World, tmp_path: Path) -> None:
    bring(world, zendesk(tmp_path), "zendesk")
    SourceRecord.objects.filter(key="4102").update(digest="", said=[])
    run = bring(world, zendesk(tmp_path, "again.zip"), "zendesk")
    assert (run.unchanged, run.words_added) == (3, 0)


def test_a_plain_file_of_tickets_needs_no_archive(world: World) -> None:
    run = bring(world, SAMPLES / "zendesk" / "tickets.json", "zendesk")
    assert run.created == 3
    case = case_of("4101")
    assert case.customer is None  # without the file of people nobody knows who number 901 is
    assert [direction for direction, _body in said(case) if direction != NOTE] == [IN, OUT, OUT]


@pytest.mark.parametrize("tickets", ["Tickets0.json", "Tickets.xml"])
def test_freshdesk_as_json_and_as_xml(world: World, tmp_path: Path, tickets: str) -> None:
    path = packed(tmp_path, "freshdesk", tickets, "Users0.json", "Agents0.json", "Groups0.json", "Companies0.json")
    run = bring(world, path, "freshdesk")
    case = case_of("17")
    assert (case.title, case.state, case.priority, case.channel) == ("转账未到账", "closed", "high", "email")
    assert (case.opened_at, case.closed_at) == (local("2026-01-10 09:00"), local("2026-01-11 10:00"))
    assert case.customer is not None
    assert case.customer.name == "苏槿"
    assert case.assignee is not None
    words = [pair for pair in said(case) if not pair[1].startswith(("type:", "source:"))]
    assert words[:3] == [
        (IN, "昨天转的还没到。"), (NOTE, "查到了，是对方行退回。"),
        (OUT, "款项已退回原账户。" + ("\n[回单.pdf]" if tickets.endswith("json") else "")),
    ]  # fmt: skip
    if tickets.endswith("json"):
        assert words[3:] == [(IN, "收到，谢谢。"), (NOTE, "没有标记的一条")]  # what says nothing about being private is internal
        assert case.unit == world.lobby_team
        assert faults(run) == [(3, "unknown_value", "status")]  # spam
        outbound = case_of("18")
        assert (outbound.state, outbound.hold_reason) == ("on_hold", "awaiting_customer")
        assert said(outbound)[0] == (OUT, "您好，回访一下上次的服务。")  # the desk wrote first
        assert not Message.objects.filter(case=outbound, direction=IN).exists()
        assert list(StateSpan.objects.filter(case=outbound).order_by("started_at").values_list("state", flat=True)) == ["open", "on_hold"]


def test_django_helpdesk_dump(world: World) -> None:
    run = bring(world, SAMPLES / "helpdesk" / "dump.json", "helpdesk")
    assert (run.records, run.created, run.failed, run.source) == (2, 2, 0, "django-helpdesk")
    case = case_of("5")
    assert (case.title, case.state, case.priority, case.unit) == ("打印机坏了", "closed", "high", world.lobby_team)
    assert case.assignee is not None
    assert case.customer is not None
    states = list(StateSpan.objects.filter(case=case).order_by("started_at").values_list("state", "started_at"))
    assert states == [
        ("open", local("2026-01-08 09:00")), ("closed", local("2026-01-08 11:00")), ("open", local("2026-01-08 13:00")),
        ("closed", local("2026-01-09 13:00")),
    ]  # fmt: skip
    words = [pair for pair in said(case) if not pair[1].startswith("queue_title")]
    assert words == [
        (IN, "打印机不出纸。"),
        (NOTE, "Berta Weg:\n内部：备件在三楼。"),
        (OUT, "已换配件，请试试。"),
        (IN, "还是不行。\n[照片.png]"),
        (NOTE, "Closed\nStatus: Reopened → Closed"),
    ]
    kept = Message.objects.get(case=case, body__startswith="queue_title").body
    assert "resolution: 换了搓纸轮" in kept
    assert "楼层: 三楼" in kept
    assert case_of("6").state == "on_hold"
    assert "k-5" not in json.dumps(list(SourceRecord.objects.values_list("rows", flat=True)))  # the key to the ticket stays there


@pytest.mark.parametrize(("kind", "sample", "keys"), [
    ("zendesk_csv", "zendesk/view.csv", {"4101", "4102"}), ("freshdesk_csv", "freshdesk/tickets.csv", {"17", "20"}),
])  # fmt: skip
def test_a_table_of_another_desk_needs_no_mapping_file(world: World, kind: str, sample: str, keys: set[str]) -> None:
    run = bring(world, SAMPLES / sample, kind)
    assert (run.failed, set(SourceRecord.objects.values_list("key", flat=True))) == (0, keys)
    if kind == "freshdesk_csv":
        assert case_of("20").state == "open"  # opened again there: the date of the first solution is left out


def test_the_conversation_may_come_after_the_table(world: World, tmp_path: Path) -> None:
    """The CSV first, the full export later: the same tickets, and their words are added."""
    bring(world, SAMPLES / "zendesk" / "view.csv", "zendesk_csv")
    run = bring(world, zendesk(tmp_path), "zendesk")
    assert (run.created, run.words_added) == (1, 6)
    assert (OUT, "卡已取出，请带证件来领。") in said(case_of("4101"))


def test_a_stopped_run_goes_on_where_it_stopped(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.contact.datahub.loading.BATCH", 1)
    path, by = zendesk(tmp_path), world.actor("manager")
    run = prepare_import(unit=world.branch, path=path, name="e.zip", document=mapping_for("zendesk", path), by=by, at=AT, keep=False)

    class Killed(BaseException):
        pass

    def killed(done: int, total: int) -> None:
        if done == 2:
            raise Killed()

    with pytest.raises(Killed):
        load_rows(run=run, path=path, by=by, at=AT, tell=killed)
    run = ImportRun.objects.get()
    load_rows(run=run, path=path, by=by, at=AT)
    run.refresh_from_db()
    assert (run.records, run.created, run.failed, Case.objects.count()) == (4, 3, 1, 3)


@pytest.mark.parametrize("name", ["../../etc/tickets.json", "/tickets.json", "..\\tickets.json"])
def test_a_name_that_leads_out_of_the_archive_is_refused(world: World, tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "{}")
    with pytest.raises(ImportRefused):
        bring(world, path, "zendesk")
    assert not ImportRun.objects.exists()


def test_a_bursting_archive_is_refused_before_it_is_unpacked(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.contact.datahub.reading.MAX_BYTES", 100_000)
    path = packed(tmp_path, "zendesk", tickets=" " * 200_000)
    with pytest.raises(TooLarge):
        bring(world, path, "zendesk")


@pytest.mark.parametrize(("kind", "content"), [
    ("zendesk", b'{"id": 1, "status": "open"'), ("zendesk", b'[1, 2]'), ("zendesk", b'{"foo": 1}'), ("zendesk", b"id,subject\n1,x\n"),
    ("freshdesk", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a><helpdesk-ticket>&b;</helpdesk-ticket></a>'),
    ("freshdesk", b"<helpdesk-tickets><helpdesk-ticket>"), ("helpdesk", b'[{"model": "x"}]'), ("zendesk", b"[" * 100_000 + b"{" ),
    ("zendesk", b'{"id": 1, "status": "\xff"}'), ("zendesk", b'{"a":' * 20_000),
])  # fmt: skip
def test_what_is_no_export_is_refused_with_nothing_loaded(world: World, tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "upload.json"
    path.write_bytes(content)
    with pytest.raises(NotThisExport):
        bring(world, path, kind)
    assert not ImportRun.objects.exists()


def test_an_export_of_another_desk_is_told(world: World) -> None:
    with pytest.raises(NotThisExport):
        bring(world, SAMPLES / "helpdesk" / "dump.json", "zendesk")
    with pytest.raises(UnknownExport):
        mapping_for("jira", SAMPLES / "helpdesk" / "dump.json")


@pytest.mark.parametrize("wrap", ['{"tickets": [%s], "count": 1}', "[%s]", "%s", "\ufeff%s\n"])
def test_objects_are_read_in_lines_arrays_and_wrappers(world: World, tmp_path: Path, wrap: str) -> None:
    ticket = json.dumps({"id": 7, "status": "open", "subject": "x" * 3, "description": "y", "created_at": "2026-02-01T00:00:00Z"})
    path = tmp_path / "tickets.json"
    path.write_text(wrap % ticket, encoding="utf-8")
    assert bring(world, path, "zendesk").created == 1


def test_an_object_longer_than_a_read_is_whole(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steward.contact.datahub.readers.source.CHUNK", 64)
    assert bring(world, zendesk(tmp_path), "zendesk").created == 3


@pytest.mark.parametrize("export", exports(), ids=lambda export: export.key)
def test_every_mapping_fits_its_columns(export: Any) -> None:
    mapping = Mapping.read(export.document())
    assert not export.columns or set(mapping.named_columns) <= set(export.columns)


def test_the_page_takes_an_export_and_shows_what_it_becomes(client: Any, world: World, tmp_path: Path) -> None:
    client.force_login(world.cast.manager)
    with zendesk(tmp_path).open("rb") as upload:
        sent = io.BytesIO(upload.read())
    sent.name = "export.zip"
    answer = client.post("/imports/new/", {"file": sent, "unit": str(world.branch.public_id), "export": "zendesk"}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "卡被吞了" in page
    assert "deleted" in page
    run = ImportRun.objects.get()
    assert (run.source, run.mapping["file"]["export"], run.rows_total) == ("zendesk", "zendesk", 4)


def test_the_command_line_takes_the_kind_of_export(world: World, tmp_path: Path) -> None:
    told: list[str] = []
    given: dict[str, Any] = {
        "mapping_file": None,
        "export": "zendesk",
        "organisation": "滨海银行",
        "unit": "滨江支行",
        "errors": tmp_path / "errors.csv",
    }
    run = import_file(file=zendesk(tmp_path), at=AT, say=told.append, **given)
    assert (run.created, run.failed) == (3, 1)
    assert "4104" in (tmp_path / "errors.csv").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in (SAMPLES / "zendesk" / "tickets.json").read_text(encoding="utf-8").splitlines()]
    lines[1]["comments"] = [{"id": 82001, "author_id": 905, "body": "好了。", "public": True, "created_at": "2026-02-21T01:00:00Z"}]
    later = packed(tmp_path, "zendesk", "users.json", "organizations.json", name="later.zip", tickets="\n".join(map(json.dumps, lines)))
    import_file(file=later, at=AT, say=told.append, **given)
    assert any(line.startswith("1 words of conversations") for line in told)


def test_an_erased_person_leaves_neither_words_nor_what_was_kept(world: World, tmp_path: Path) -> None:
    bring(world, zendesk(tmp_path), "zendesk")
    case = case_of("4101")
    assert case.customer is not None
    for other in Case.objects.filter(customer=case.customer, closed_at=None):
        cases.close_case(case=other, resolution="withdrawn", reason="本人要求", by=world.actor("manager"), at=AT)
    customers.erase_customer(customer=case.customer, by=world.actor("administrator"), at=AT, reason="本人要求")
    assert not [body for _direction, body in said(case) if "13700000901" in body or "吞卡" in body]
    assert bring(world, zendesk(tmp_path, "again.zip"), "zendesk").words_added == 0


def test_a_telephone_is_masked_where_it_is_understood_and_kept_where_it_is_not(world: World, tmp_path: Path) -> None:
    """It stands with the person then, and looking at it is recorded; in a note everybody of the case would read it."""
    ticket = {"id": 7, "status": "open", "subject": "回电", "description": "请回电", "created_at": "2026-02-01T00:00:00Z"}
    people = [{"id": 7, "name": "何平", "email": "he.ping@example.net", "phone": "ext. 12 (door)"}]
    rows = [{**ticket, "requester": people[0]}, {**ticket, "id": 8, "requester": {**people[0], "phone": "13700000907"}}]
    path = tmp_path / "tickets.json"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert bring(world, path, "zendesk").created == 2
    assert (NOTE, "requester_phone: ext. 12 (door)") in said(case_of("7"))
    assert not [body for _direction, body in said(case_of("8")) if "13700000907" in body or "he.ping@" in body]


def test_words_that_cannot_be_dated_are_told_and_nothing_is_added(world: World, tmp_path: Path) -> None:
    bring(world, SAMPLES / "zendesk" / "tickets.json", "zendesk")
    before = Message.objects.count()
    lines = [json.loads(line) for line in (SAMPLES / "zendesk" / "tickets.json").read_text(encoding="utf-8").splitlines()]
    lines[0]["comments"].append({"id": 81010, "author_id": 901, "body": "何时？", "public": True, "created_at": "someday"})
    path = tmp_path / "later.json"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    run = bring(world, path, "zendesk")
    assert ("bad_date", "conversation") in [(code, column) for _row, code, column in faults(run)]
    assert Message.objects.count() == before
