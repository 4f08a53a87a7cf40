"""One mailbox of the demo that names no server: a mail that became a case, its answer and the reply to it, an automatic reply and a mail that came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from steward.core.cases import operations as cases
from steward.core.org.demo import SETUP
from steward.ground.demo import Demo

from . import operations, receive
from .models import Mailbox, RawMail

ADDRESS = "service@hotel.example"


def tell(demo: Demo) -> None:
    unit = demo.places["hotel"]["branches"][0]
    since = demo.now - timedelta(days=3)
    values = {"name": str(unit.name), "enabled": False, "acknowledges": False}
    box = operations.save_mailbox(unit=unit, address=ADDRESS, values=values, by=SETUP, at=since)
    at = demo.now - timedelta(hours=4)
    case = _come(
        box, "想改入住日期", "原定周五入住，想改到周六，房型不变。\n订单是昨天下的。", "郑海燕 <zheng@guest.example>", "demo-1", at
    ).case
    assert case is not None
    answer = cases.add_message(
        case=case, direction="out", body="已经为您改到周六，房型不变，价格相同。", by=SETUP, at=at + timedelta(minutes=40)
    )
    quoted = f"好的，谢谢。\n\n在 2026年3月2日，{unit.name} <{ADDRESS}> 写道：\n> {answer.body}"
    _come(
        box,
        f"Re: 想改入住日期 [{case.number}]",
        quoted,
        "郑海燕 <zheng@guest.example>",
        "demo-2",
        at + timedelta(minutes=55),
        "In-Reply-To: <demo-1@guest.example>",
    )
    _come(
        box,
        "自动回复：休假中",
        "我在休假，下周回来。",
        "邓先生 <deng@guest.example>",
        "demo-3",
        at + timedelta(hours=1),
        "Auto-Submitted: auto-replied",
    )
    back = "这封邮件没有送达：收件人不存在。"
    _come(
        box,
        "Undelivered Mail Returned to Sender",
        back,
        "MAILER-DAEMON@guest.example",
        "demo-4",
        at + timedelta(hours=2),
        "Return-Path: <>",
    )


def _come(box: Mailbox, subject: str, body: str, sender: str, name: str, at: datetime, more: str = "") -> RawMail:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, ADDRESS, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{name}@guest.example>"
    if more:
        header, _colon, value = more.partition(": ")
        mail[header] = value
    mail.set_content(body)
    raw = receive.archive(mailbox=box, content=mail.as_bytes(), at=at)
    assert raw is not None
    return receive.process(raw.pk, at=at)
