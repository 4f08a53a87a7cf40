"""Threading, parking, deciding, permissions, erasure: by the operations, without a wire."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import OperationalError
from tests.cast import AT, SETUP, World

from steward.contact.channels.mail import operations, receive, taking
from steward.contact.channels.mail.errors import AlreadySettled, MailboxIncomplete, NoSuchCase
from steward.contact.channels.mail.keys import Secrets, secrets_of
from steward.contact.channels.mail.models import Mailbox, RawMail
from steward.core.cases import operations as cases
from steward.core.cases.models import Case, CaseLink
from steward.core.customers.models import Customer
from steward.core.customers.operations import erase_customer, export_customer
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.operations import NeedsReason
from steward.ground.delivery.models import Dispatch
from steward.ground.files.models import FileRef
from steward.ground.journal.subscribers import pump_all

pytestmark = pytest.mark.django_db


def come(
    mailbox: Mailbox, subject: str = "问一句", body: str = "几点开门？", *, at: Any = AT, sender: str = "chen@example.com", **more: str
) -> RawMail:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, subject
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    raw = receive.archive(mailbox=mailbox, content=mail.as_bytes(), at=at)
    assert raw is not None
    return receive.process(raw.pk, at=at)


def test_the_number_in_the_subject_counts_only_for_somebody_known(mailbox: Mailbox) -> None:
    case = come(mailbox).case
    assert case is not None
    assert come(mailbox, f"Re: [{case.number}]", "还有一句").case == case
    stranger = come(mailbox, f"Re: [{case.number}]", "我也有一句", sender="x@y.example")
    assert (stranger.outcome, stranger.case == case) == ("case_opened", False)
    assert stranger.case is not None
    assert stranger.case.messages.filter(direction="note", body__contains=case.number).exists()


def test_the_same_mail_twice_is_one_word_and_another_with_its_id_is_not_lost(mailbox: Mailbox) -> None:
    first = come(mailbox, Message_ID="<a@x.example>")
    again = come(mailbox, Message_ID="<a@x.example>", Received="by other.example")
    other = come(mailbox, body="别的话", Message_ID="<a@x.example>")
    assert (again.outcome, again.case) == ("duplicate", first.case)
    assert other.outcome == "case_opened"


def test_an_answer_to_a_closed_case_opens_it_again_or_is_followed_by_another(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    case = come(mailbox, Message_ID="<a@x.example>").case
    assert case is not None
    cases.close_case(case=case, resolution="withdrawn", by=SETUP, at=AT, reason="好了")
    assert come(mailbox, "Re", "还没好", In_Reply_To="<a@x.example>").case == case
    case.refresh_from_db()
    assert case.state == "open"
    cases.close_case(case=case, resolution="withdrawn", by=SETUP, at=AT, reason="好了")

    def refuse(**_: Any) -> None:
        raise Refused()

    monkeypatch.setattr(taking.cases, "reopen_case", refuse)
    follows = come(mailbox, "Re", "又没好", In_Reply_To="<a@x.example>").case
    assert follows is not None
    assert CaseLink.objects.get(source=follows, target=case).kind == "follows"


def test_an_address_that_several_people_share_merges_nobody(mailbox: Mailbox, world: World) -> None:
    come(mailbox, sender="甲 <home@y.example>")
    assert come(mailbox, "二", sender="乙 <home@y.example>").customer == Customer.objects.get(name="甲")
    Customer.objects.filter(name="甲").update(name="甲")
    assert Customer.objects.filter(contact_points__normalised="home@y.example").count() == 1


def test_a_flood_of_one_sender_is_set_aside(mailbox: Mailbox, settings: Any) -> None:
    settings.STEWARD_MAIL_PER_SENDER = 3
    found = [come(mailbox, f"第 {n} 封").outcome for n in range(5)]
    assert found == ["case_opened"] * 3 + ["parked"] * 2
    assert come(mailbox, "后来", at=AT + timedelta(hours=2)).outcome == "case_opened"
    # Acknowledgements of one sender end before that.
    assert Dispatch.objects.filter(purpose="acknowledgement").count() <= 4


def test_machines_are_never_answered(mailbox: Mailbox) -> None:
    raw = come(mailbox, Auto_Submitted="auto-replied")
    assert (raw.outcome, raw.reason) == ("parked", "auto_reply")
    assert come(mailbox, sender="service@riverside.example").reason == "own_address"
    looped = EmailMessage()
    looped["From"], looped["X-Steward-Loop"] = "a@y.example", receive.loop_mark()
    raw2 = receive.archive(mailbox=mailbox, content=looped.as_bytes(), at=AT)
    assert raw2 is not None
    assert receive.process(raw2.pk, at=AT).reason == "loop"
    assert (Dispatch.objects.count(), Case.objects.count()) == (0, 0)


def test_a_fault_sets_the_mail_aside_and_a_database_that_is_away_leaves_it_waiting(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(error: Exception) -> Any:
        def take(*_: Any, **__: Any) -> None:
            raise error

        return take

    with monkeypatch.context() as broken:
        broken.setattr(receive.taking, "take", fail(KeyError("x")))
        raw = come(mailbox)
        assert (raw.outcome, raw.reason, raw.detail) == ("failed", "error", "KeyError: 'x'")
    with monkeypatch.context() as broken:
        broken.setattr(receive.taking, "take", fail(OperationalError("locked")))
        with pytest.raises(OperationalError):
            come(mailbox, "二")
    assert RawMail.objects.filter(outcome="received").count() == 1
    assert receive.process_waiting(at=AT) == 1
    assert operations.process_again(raw=raw, by=SETUP, at=AT).outcome == "case_opened"


def test_a_refused_file_is_named_and_the_mail_is_not_lost(mailbox: Mailbox) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "chen@example.com", "附件"
    mail.set_content("见附件")
    for name, content in (("ok.txt", b"hello"), ("run.exe", b"MZ\x90\x00" + b"\0" * 60)):
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    raw = receive.archive(mailbox=mailbox, content=mail.as_bytes(), at=AT)
    assert raw is not None
    raw = receive.process(raw.pk, at=AT)
    assert raw.message is not None
    assert "run.exe" in raw.message.body
    assert [file.name for file in FileRef.objects.of(raw.message)] == ["ok.txt"]


def test_a_complaint_is_suggested_with_its_sentence(mailbox: Mailbox) -> None:
    case = come(mailbox, "咨询", "你好。服务态度太差了，要求赔偿！").case
    assert case is not None
    assert case.kind == "request"
    pump_all(at=AT, holder="test")
    found = case.kind_suggestions.get()
    assert found.message.body[found.start : found.end] == "服务态度太差了，要求赔偿！"


@pytest.mark.parametrize("name", ["front_line", "other_team", "other_branch", "quality_reviewer", "administrator", "outsider"])
def test_who_may_not_sort_mail_changes_nothing(mailbox: Mailbox, world: World, name: str) -> None:
    raw, by = come(mailbox, Auto_Submitted="auto-replied"), world.actor(name)
    for act in (
        lambda: operations.open_case_from(raw=raw, by=by, at=AT),
        lambda: operations.append_to_case(raw=raw, number="2026-000001", by=by, at=AT),
        lambda: operations.discard(raw=raw, by=by, at=AT, reason="x"),
        lambda: operations.process_again(raw=raw, by=by, at=AT),
    ):
        with pytest.raises(Forbidden):
            act()
    raw.refresh_from_db()
    assert (raw.outcome, Case.objects.count()) == ("parked", 0)


def test_a_supervisor_decides_once(mailbox: Mailbox, world: World) -> None:
    by, case = world.actor("supervisor"), come(mailbox).case
    assert case is not None
    first, second, third = (come(mailbox, f"自动 {n}", Auto_Submitted="auto-replied", sender=f"a{n}@y.example") for n in range(3))
    assert operations.open_case_from(raw=first, by=by, at=AT).title == "自动 0"
    assert operations.append_to_case(raw=second, number=case.number, by=by, at=AT) == case
    with pytest.raises(NoSuchCase):
        operations.append_to_case(raw=third, number="2026-999999", by=by, at=AT)
    with pytest.raises(NeedsReason):
        operations.discard(raw=third, by=by, at=AT, reason=" ")
    operations.discard(raw=third, by=by, at=AT, reason="广告")
    with pytest.raises(AlreadySettled):
        operations.discard(raw=third, by=by, at=AT, reason="广告")


def test_another_server_needs_the_password_anew(mailbox: Mailbox, world: World) -> None:
    assert secrets_of(mailbox).password == "pw"
    assert b"pw" not in bytes(mailbox.secrets or b"")
    with pytest.raises(Forbidden):
        operations.save_mailbox(unit=mailbox.unit, address=mailbox.address, values={}, mailbox=mailbox, by=world.actor("manager"), at=AT)
    by = world.actor("administrator")
    same = operations.save_mailbox(unit=mailbox.unit, address=mailbox.address, values={"name": "新"}, mailbox=mailbox, by=by, at=AT)
    assert secrets_of(same).password == "pw"
    with pytest.raises(MailboxIncomplete):
        operations.save_mailbox(
            unit=mailbox.unit, address=mailbox.address, values={"imap_host": "evil.example"}, mailbox=same, by=by, at=AT
        )
    moved = operations.save_mailbox(
        unit=mailbox.unit, address=mailbox.address, values={"imap_host": "ok.example"}, mailbox=same, secrets=Secrets("new"), by=by, at=AT
    )
    assert secrets_of(moved).password == "new"


def test_an_erasure_reaches_the_archive(mailbox: Mailbox, world: World, django_capture_on_commit_callbacks: Any) -> None:
    taken, parked = come(mailbox), come(mailbox, "不在", Auto_Submitted="auto-replied")
    other = come(mailbox, sender="other@y.example")
    assert any(row.get("subject") == "不在" for row in export_customer(customer=world.customer, by=SETUP, at=AT)["channels"])
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(customer=world.customer, by=SETUP, at=AT, reason="本人要求")
    for raw in (taken, parked):
        raw.refresh_from_db()
        assert (raw.sender, raw.subject, raw.blanked_at) == ("", "", AT)
        with pytest.raises(Refused):
            receive.original_of(raw)
    assert receive.original_of(other)
