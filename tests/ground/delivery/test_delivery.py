"""Messages out: gates, the ten seconds, at-least-once sending, mail, and what a person's erasure leaves."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from tests.cast import AT, SHANGHAI, World

from steward.ground.access.errors import Forbidden
from steward.ground.delivery import channels, gates, operations
from steward.ground.delivery.channels import Channel, PermanentFailure, TemporaryFailure
from steward.ground.delivery.errors import BadAddress, CannotRetrySend, CannotTakeBack, EmptyMessage
from steward.ground.delivery.gates import Limits
from steward.ground.delivery.mail import Server, message_of
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import cancel_message, retry_message, send_message
from steward.ground.delivery.recipients import Recipient, is_email
from steward.ground.fields import localized
from steward.ground.jobs.models import Job
from steward.ground.jobs.realtime import real_now
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal import personal
from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person

from .mailserver import MailServer, mail_server

LATER = AT + timedelta(seconds=10)


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[Dispatch]:
    """A channel `test` that keeps what it is handed."""
    kept: list[Dispatch] = []
    monkeypatch.setitem(channels._channels, "test", Channel("test", "Test", lambda row, at: kept.append(row)))
    return kept


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.STEWARD_SMTP_URL = server.url
        yield server


def to_customer(world: World, address: str = "chen@example.com", language: str = "") -> Recipient:
    return Recipient.person(world.customer, address=address, language=language)


def send(world: World, at: datetime = AT, **values: Any) -> Dispatch:
    given: dict[str, Any] = {
        "to": to_customer(world),
        "channel": "test",
        "purpose": "reply",
        "subject": "您的诉求",
        "body": "您好，账户已解冻。",
        "by": world.actor("front_line"),
        "at": at,
        "unit": world.branch,
        **values,
    }
    return send_message(**given)


@pytest.mark.django_db
def test_a_message_waits_ten_seconds_and_is_sent_once(world: World, handed_over: list[Dispatch]) -> None:
    row = send(world)
    assert (row.state, row.hold_until) == ("held", LATER)
    assert run_waiting(AT) == 0
    run_waiting(LATER)
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts) == ("sent", LATER, 1)
    assert run_waiting(LATER) == 0
    assert [sent.body for sent in handed_over] == ["您好，账户已解冻。"]
    codes = list(Entry.objects.filter(subject_id=row.pk, subject_type="delivery.dispatch").values_list("code", flat=True).order_by("seq"))
    assert codes == ["delivery.message_queued", "delivery.message_sent"]


@pytest.mark.django_db
def test_nothing_a_person_wrote_or_lives_at_stands_in_the_journal(world: World, handed_over: list[Dispatch]) -> None:
    send(world)
    run_waiting(LATER)
    for entry in Entry.objects.filter(code__startswith="delivery."):
        assert "解冻" not in str(entry.public) + entry.reason
        assert "chen@example.com" not in str(entry.public) + entry.reason


@pytest.mark.django_db
def test_it_can_be_taken_back_within_the_hold(world: World, handed_over: list[Dispatch]) -> None:
    row = send(world)
    with pytest.raises(Forbidden):
        cancel_message(dispatch=row, by=world.actor("other_team"), at=AT)
    assert cancel_message(dispatch=row, by=world.actor("front_line"), at=AT).state == "cancelled"
    run_waiting(LATER)
    assert handed_over == []
    sent = send(world)
    run_waiting(LATER)
    with pytest.raises(CannotTakeBack):
        cancel_message(dispatch=sent, by=world.actor("front_line"), at=LATER)


@pytest.mark.django_db
def test_the_hold_is_a_setting(world: World, handed_over: list[Dispatch], settings: Any) -> None:
    settings.STEWARD_DELIVERY_HOLD_SECONDS = 0
    assert send(world).hold_until == AT
    assert send(world, purpose="staff").hold_until == AT


@pytest.mark.django_db
def test_consent_is_asked_for_surveys_and_not_for_answers(
    world: World, handed_over: list[Dispatch], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gates, "_consent_checks", {})
    assert send(world, purpose="survey").reason == "no_consent", "nobody was asked, so nobody agreed"
    monkeypatch.setattr(gates, "_consent_checks", {"a": lambda *_: True, "b": lambda to, channel, purpose, at: purpose != "marketing"})
    stopped = send(world, purpose="marketing")
    assert (stopped.state, stopped.reason) == ("suppressed", "no_consent")
    assert send(world, purpose="survey").state == "held"
    assert send(world, purpose="reply").state == "held"
    run_waiting(AT + timedelta(days=1))
    stopped.refresh_from_db()
    assert stopped.state == "suppressed"
    assert Entry.objects.get(subject_id=stopped.pk, code="delivery.message_suppressed").public["cause"] == "no_consent"


@pytest.mark.django_db
def test_the_contact_cap(world: World, handed_over: list[Dispatch], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gates, "_consent_checks", {"yes": lambda *_: True})
    monkeypatch.setattr(gates, "_limits_source", lambda unit, at: Limits(cap=2, window=timedelta(days=30)))
    first = send(world, purpose="survey")
    assert [send(world, purpose="marketing").state, send(world, purpose="survey").reason] == ["held", "contact_cap"]
    assert send(world, purpose="reply").state == "held", "answers do not count"
    assert send(world, purpose="survey", to=Recipient.person(world.other_customer, address="a@b.cn")).state == "held", "another person"
    cancel_message(dispatch=first, by=world.actor("front_line"), at=AT)
    assert send(world, purpose="survey").state == "held", "what was taken back does not count"
    assert send(world, purpose="survey", at=AT + timedelta(days=31)).state == "held", "a new window"


@pytest.mark.parametrize(
    ("written", "goes"),
    [
        ("2026-03-02 20:59:00", "2026-03-02 20:59:10"),
        ("2026-03-02 20:59:55", "2026-03-03 08:30:00"),
        ("2026-03-02 23:30:00", "2026-03-03 08:30:00"),
        ("2026-03-03 06:00:00", "2026-03-03 08:30:00"),
        ("2026-03-03 08:30:00", "2026-03-03 08:30:10"),
    ],
)
@pytest.mark.django_db
def test_quiet_hours_wait_for_the_morning(world: World, handed_over: list[Dispatch], written: str, goes: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (written, goes))
    assert send(world, purpose="service", at=at).hold_until == expected
    assert send(world, purpose="reply", at=at).hold_until == at + timedelta(seconds=10)


def test_quiet_hours_within_one_day() -> None:
    noon = Limits(quiet_from=time(12, 0), quiet_until=time(13, 0))
    assert gates._quiet(time(12, 30), noon)
    assert not gates._quiet(time(13, 0), noon)


@pytest.mark.django_db
def test_the_recipients_language_is_spoken(world: World, handed_over: list[Dispatch]) -> None:
    words = localized("您好", en="Hello")
    send(world, body=words, to=to_customer(world, language="en"))
    send(world, body=words)
    run_waiting(LATER)
    assert [row.body for row in handed_over] == ["Hello", "您好"]


@pytest.mark.django_db
def test_bad_addresses_and_empty_messages_are_refused(world: World) -> None:
    for address in ("", "chen", "a@b", "a@b.cn\nBcc: x@y.cn", "a@b.cn, x@y.cn", "Chen <a@b.cn>", "a@b..cn"):
        with pytest.raises(BadAddress):
            send(world, channel="email", to=to_customer(world, address))
    with pytest.raises(EmptyMessage):
        send(world, channel="email", body=" \n ")
    assert Dispatch.objects.count() == 0
    assert is_email("li.lei+x@mail.example.com")


@pytest.mark.django_db
def test_a_rolled_back_operation_sends_nothing(world: World, handed_over: list[Dispatch]) -> None:
    from django.db import transaction

    with transaction.atomic():
        send(world)
        transaction.set_rollback(True)
    run_waiting(LATER)
    assert handed_over == []
    assert Job.objects.count() == 0


@pytest.mark.django_db
def test_temporary_failures_are_tried_again_and_permanent_ones_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Exception | None] = [TemporaryFailure("busy"), OSError("network"), None]

    def deliver(row: Dispatch, at: datetime) -> None:
        answer = answers.pop(0)
        if answer is not None:
            raise answer

    monkeypatch.setitem(channels._channels, "test", Channel("test", "Test", deliver))
    row = send(world)
    run_waiting(LATER)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("sent", 3, "")
    answers.append(PermanentFailure("no such address"))
    gone = send(world)
    run_waiting(LATER)
    gone.refresh_from_db()
    assert (gone.state, gone.attempts) == ("failed", 1)
    assert "no such address" in gone.error


@pytest.mark.django_db
def test_what_never_works_fails_in_the_log_and_can_be_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def deliver(row: Dispatch, at: datetime) -> None:
        raise TemporaryFailure("busy")

    monkeypatch.setitem(channels._channels, "test", Channel("test", "Test", deliver))
    row = send(world)
    run_waiting(LATER)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 9)
    with pytest.raises(Forbidden):
        retry_message(dispatch=row, by=world.actor("front_line"), at=LATER)
    kept: list[Dispatch] = []
    monkeypatch.setitem(channels._channels, "test", Channel("test", "Test", lambda row, at: kept.append(row)))
    retry_message(dispatch=row, by=world.actor("manager"), at=LATER)
    run_waiting(LATER)
    assert len(kept) == 1
    with pytest.raises(CannotRetrySend):
        retry_message(dispatch=row, by=world.actor("manager"), at=LATER)


@pytest.mark.django_db
def test_a_worker_that_died_while_sending_leaves_it_to_another(world: World, handed_over: list[Dispatch]) -> None:
    row = send(world)
    now = real_now()
    assert operations._take(row.pk, LATER, now) is not None
    with pytest.raises(TemporaryFailure):
        operations.deliver(dispatch_id=row.pk, at=LATER, real_now=now + timedelta(minutes=1), last_attempt=False)
    assert operations.deliver(dispatch_id=row.pk, at=LATER, real_now=now + timedelta(minutes=6), last_attempt=False)
    assert len(handed_over) == 1


@pytest.mark.collision
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_send_the_same_message(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setitem(channels._channels, "test", Channel("test", "Test", lambda row, at: sent.append(row.pk)))
    rows = [send(committed_world) for _number in range(10)]
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        for row in rows:
            try:
                operations.deliver(dispatch_id=row.pk, at=LATER, real_now=real_now(), last_attempt=False)
            except TemporaryFailure:
                continue
        connection.close()

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == sorted(row.pk for row in rows)


@pytest.mark.django_db
def test_mail_over_smtp(world: World, server: MailServer) -> None:
    row = send(world, channel="email", subject="关于您的投诉\r\nBcc: evil@example.com", body="您好。\n.\n再见。")
    run_waiting(LATER)
    row.refresh_from_db()
    assert row.state == "sent", row.error
    message = parse(server.messages[0])
    assert message["To"] == "chen@example.com"
    assert message["From"] == "service@bank.example"
    assert message["Bcc"] is None
    assert message["Subject"] == "关于您的投诉 Bcc: evil@example.com"
    assert message["Message-ID"] == f"<{row.public_id}@bank.example>"
    assert message.get_content().splitlines() == ["您好。", ".", "再见。"]
    assert [line.lower() for line in server.recipients] == ["rcpt to:<chen@example.com>"]


@pytest.mark.django_db
@pytest.mark.parametrize("answer", ["550 5.1.1 <Chen@Example.com>: no such user", "451 chen@example.com is over quota"])
def test_the_servers_answer_does_not_show_the_address_that_the_log_masks(world: World, server: MailServer, answer: str) -> None:
    """Mail servers repeat the address; it stood in the log and in the failed job, there also after an erasure."""
    server.answer = answer
    row = send(world, channel="email")
    run_waiting(LATER)
    row.refresh_from_db()
    assert row.error.split()[0] in ("PermanentFailure:", "TemporaryFailure:")
    said = row.error + "".join(Job.objects.values_list("error", flat=True))
    assert "chen@example.com" not in said.lower()


@pytest.mark.parametrize(("answer", "state", "attempts"), [("550 no such user", "failed", 1), ("451 later", "failed", 9)])
@pytest.mark.django_db
def test_what_the_mail_server_answers_decides(world: World, server: MailServer, answer: str, state: str, attempts: int) -> None:
    server.answer = answer
    row = send(world, channel="smtp")
    run_waiting(LATER)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (state, attempts)
    assert answer in row.error


@pytest.mark.django_db
def test_a_login_is_sent_and_a_dead_server_is_temporary(world: World, server: MailServer, settings: Any) -> None:
    settings.STEWARD_SMTP_URL = server.url.replace("smtp://", "smtp://user:p%40ss@")
    send(world, channel="smtp")
    run_waiting(LATER)
    assert len(server.logins) == 1
    settings.STEWARD_SMTP_URL = "smtp://127.0.0.1:1?tls=none"
    row = send(world, channel="smtp")
    with pytest.raises(TemporaryFailure):
        operations.deliver(dispatch_id=row.pk, at=LATER, real_now=real_now(), last_attempt=False)


def test_the_address_of_a_mail_server_is_read_strictly() -> None:
    assert Server.read("smtps://u:p@mail.example.com") == Server("mail.example.com", 465, "u", "p", "ssl", "steward@mail.example.com")
    assert Server.read("smtp://u%40x.cn:p%2F@m.example?from=a@b.cn").user == "u@x.cn"
    for wrong in ("http://x", "smtp://", "smtp://x?tls=maybe"):
        with pytest.raises(ValueError, match="STEWARD_SMTP_URL"):
            Server.read(wrong)


@pytest.mark.django_db
def test_without_a_server_mail_lies_in_the_outbox(world: World, settings: Any) -> None:
    settings.STEWARD_SMTP_URL = ""
    row = send(world, channel="email")
    run_waiting(LATER)
    [path] = Path(settings.STEWARD_OUTBOX).iterdir()
    assert path.name == f"{row.public_id}.eml"
    assert parse(path.read_bytes())["To"] == "chen@example.com"


def test_a_mail_never_gets_a_second_recipient() -> None:
    with pytest.raises(PermanentFailure):
        message_of(Dispatch(address="a@b.cn,c@d.cn", language="en"), "s@t.cn", AT)


@pytest.mark.django_db
def test_an_erased_person_leaves_only_the_row(world: World, handed_over: list[Dispatch]) -> None:
    sent = send(world)
    run_waiting(LATER)
    waiting = send(world)
    person = Person.of(world.customer)
    assert personal.export_person(person)["delivery.messages"][0]["address"] == "chen@example.com"
    personal.erase_person(person, at=AT)
    for row in (sent, waiting):
        row.refresh_from_db()
        assert (row.address, row.subject, row.body) == ("", "", "")
    assert waiting.state == "cancelled"
    run_waiting(LATER)
    assert len(handed_over) == 1


def parse(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message
