"""Over the wire: Dovecot and an SMTP server stand on this machine for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils.translation import override
from tests.cast import AT, SETUP, World

from steward.contact.channels.jobs import mail_replies
from steward.contact.channels.mail import operations
from steward.contact.channels.mail.errors import MailServerSays
from steward.contact.channels.mail.fetching import fetch
from steward.contact.channels.mail.keys import Secrets
from steward.contact.channels.mail.models import Mailbox, RawMail
from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.ground.delivery.models import Dispatch
from steward.ground.jobs.testing import run_waiting
from steward.ground.journal.models import Entry

from .servers import DOVECOT, Imap, Outbox, imap_server, smtp_server

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(DOVECOT is None, reason="no IMAP server here: install dovecot-imapd"),
]


@pytest.fixture
def imap() -> Iterator[Imap]:
    with imap_server() as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[Outbox]:
    with smtp_server() as outbox:
        yield outbox


@pytest.fixture
def box(world: World, imap: Imap, smtp: Outbox) -> Mailbox:
    values = {
        "name": "滨江支行", "user": "service", "enabled": True, "imap_host": "127.0.0.1", "imap_port": imap.port, "imap_tls": "none",
        "smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_tls": "none",
    }  # fmt: skip
    return operations.save_mailbox(
        unit=world.counter_team, address="service@riverside.example", values=values, secrets=Secrets(imap.password), by=SETUP, at=AT
    )


@pytest.fixture(autouse=True)
def open_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiosmtpd takes mail from anybody; the sign-in is left out, everything else is the wire."""
    monkeypatch.setattr("smtplib.SMTP.login", lambda self, user, password, **_: (235, b"ok"))


def letter(subject: str, body: str, *, sender: str = "陈晓明 <chen@example.com>", **more: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "service@riverside.example", subject
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def send_all(at: Any) -> None:
    run_waiting(at + timedelta(minutes=1))


def answer(case: Case, world: World, words: str, at: Any) -> None:
    cases.add_message(case=case, direction="out", body=words, by=world.actor("front_line"), at=at)
    mail_replies(list(Entry.objects.filter(code="cases.message_added").order_by("seq")))
    send_all(at)


def test_a_mail_an_answer_and_a_reply_to_a_merged_case(box: Mailbox, imap: Imap, smtp: Outbox, world: World) -> None:
    imap.drop(letter("退款没到", "三天了还没有到账，请说明。", Message_ID="<first@example.com>"))
    assert fetch(mailbox=box, at=AT) == 2
    case = Case.objects.get()
    assert (case.channel, case.customer, case.unit, case.title) == ("email", world.customer, world.counter_team, "退款没到")
    assert RawMail.objects.get(reason="list").outcome == "parked"
    send_all(AT)
    _from, to, acknowledged = smtp.mails[0]
    assert (to, acknowledged["Auto-Submitted"], acknowledged["In-Reply-To"]) == (
        ["chen@example.com"],
        "auto-replied",
        "<first@example.com>",
    )

    answer(case, world, "已经为您查询，明天到账。", AT)
    _from, _to, reply = smtp.mails[1]
    assert (reply["From"].addresses[0].addr_spec, reply["From"].addresses[0].display_name) == ("service@riverside.example", "滨江支行")
    assert reply["In-Reply-To"] == "<first@example.com>"
    assert "<first@example.com>" in reply["References"]
    assert reply["Auto-Submitted"] is None
    assert reply["Subject"] == f"Re: 退款没到 [{case.number}]"
    assert "已经为您查询" in reply.get_content()

    other = cases.open_case(
        unit=world.counter_team, kind="request", channel="phone", title="也问退款", customer=world.customer, by=SETUP, at=AT
    )
    cases.merge_cases(case=case, into=other, by=world.actor("supervisor"), at=AT)
    quoted = "收到，谢谢。\n\n在 2026年3月2日，滨江支行 <service@riverside.example> 写道：\n> 已经为您查询"
    imap.drop(letter("Re: 换了题目", quoted, Message_ID="<second@example.com>", In_Reply_To=str(reply["Message-ID"])))
    box.refresh_from_db()
    assert fetch(mailbox=box, at=AT + timedelta(minutes=5)) == 1
    last = other.messages.get(direction="in", channel="email")
    assert last.body == "收到，谢谢。"
    assert RawMail.objects.get(mail_id="second@example.com").case == other
    box.refresh_from_db()
    assert (fetch(mailbox=box, at=AT), box.last_error, box.last_ok_at) == (0, "", AT + timedelta(minutes=5))
    assert Case.objects.count() == 2


def test_a_mail_that_is_refused_and_one_that_comes_back(box: Mailbox, imap: Imap, smtp: Outbox, world: World) -> None:
    imap.drop(letter("问一句", "几点开门？", sender="new@y.example"))
    fetch(mailbox=box, at=AT)
    send_all(AT)
    dispatch = Dispatch.objects.get()
    assert dispatch.state == "sent"
    report = (
        "From: MAILER-DAEMON@y.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; y\r\n\r\nFinal-Recipient: rfc822; new@y.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no user new@y.example\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {smtp.mails[0][2]['Message-ID']}\r\n\r\n--b--\r\n"
    )
    imap.drop(report.encode())
    box.refresh_from_db()
    fetch(mailbox=box, at=AT)
    dispatch.refresh_from_db()
    assert dispatch.state == "failed"
    assert "550" in dispatch.error
    assert "new@y.example" not in dispatch.error
    assert RawMail.objects.get(reason="bounce").dispatch_id == dispatch.pk
    assert Case.objects.get().messages.filter(direction="note", body__contains="550").count() == 1
    send_all(AT)
    assert len(smtp.mails) == 1


def test_the_connection_is_told_in_words(box: Mailbox, world: World) -> None:
    assert len(operations.try_mailbox(mailbox=box, by=SETUP, at=AT)) == 2
    box = operations.save_mailbox(unit=box.unit, address=box.address, values={}, mailbox=box, secrets=Secrets("wrong"), by=SETUP, at=AT)
    with override("en"), pytest.raises(MailServerSays, match="user name or the password was refused"):
        operations.try_mailbox(mailbox=box, by=SETUP, at=AT)
    with pytest.raises(MailServerSays):
        fetch(mailbox=box, at=AT)
    box.refresh_from_db()
    assert box.last_error.startswith("IMAP 127.0.0.1")
