"""Answers out through WeChat: an adapter of delivery. Words first, then the pictures of the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from steward.core.cases.attachments import files_by_message
from steward.core.cases.models import Channel, Message
from steward.ground import clock
from steward.ground.delivery.channels import PermanentFailure
from steward.ground.delivery.models import Dispatch
from steward.ground.files.models import FileRef
from steward.ground.files.operations import content_of
from steward.ground.journal.models import Entry

from .. import answering
from .api import ask
from .limits import carried, talk_of
from .models import WechatAccount, WechatIn, WechatOut
from .taking import MACHINE

CHANNEL = "wechat"
WORDS = "words"


def accepts(address: str) -> bool:
    return 0 < len(address) <= 64 and address.isprintable() and " " not in address


def send_replies(entries: Sequence[Entry]) -> None:
    """Every answer on a case whose person wrote through an account of ours goes back through it. A case that staff noted down does not."""
    at = clock.now()
    for message in answering.answers(entries, Channel.WECHAT, at):
        send_reply(message=message, at=at)


def send_reply(*, message: Message, at: datetime) -> Dispatch | None:
    talk = talk_of(message.case)
    if talk is None:
        return None
    return answering.send_answer(message, channel=CHANNEL, address=talk.openid, machine=MACHINE, at=at)


def deliver(dispatch: Dispatch, at: datetime) -> None:
    """Hand an answer over, part by part. Raises TemporaryFailure, PermanentFailure: what WeChat would refuse does not leave at all."""
    message = Message.objects.select_related("case").filter(pk=dispatch.about_id or 0).first()
    talk = talk_of(message.case) if message is not None else None
    if message is None or talk is None or dispatch.about_type != Message._meta.label_lower:
        raise PermanentFailure(_("It is not known whom this answers on WeChat."))
    files = files_by_message([message]).get(message.pk, [])
    done = set(WechatOut.objects.filter(dispatch_id=dispatch.pk).values_list("part", flat=True))
    parts: list[tuple[str, FileRef | None]] = [(WORDS, None), *((f"file:{file.pk}", file) for file in files)]
    for part, file in parts:
        if part not in done:
            _check(dispatch, talk, file, at)
            ask(talk.account, partial(_send, talk=talk, words=dispatch.body, file=file), at)
            WechatOut.objects.get_or_create(
                dispatch_id=dispatch.pk,
                part=part,
                defaults={"account": talk.account, "openid": talk.openid, "case_id": message.case_id, "sent_at": at},
            )


def _check(dispatch: Dispatch, talk: WechatIn, file: FileRef | None, at: datetime) -> None:
    found = carried(talk.account, talk.openid, at)
    if found.closed is not None:
        raise PermanentFailure(str(found.closed))
    if file is None and found.text_bytes is not None and len(dispatch.body.encode()) > found.text_bytes:
        raise PermanentFailure(_("The text is too long for WeChat."))


def _send(client: Any, *, talk: WechatIn, words: str, file: FileRef | None) -> None:
    if file is None:
        _to(client, talk, "send_text", words)
        return
    content = content_of(file=file)
    if content is None:
        raise PermanentFailure(_("The file %(name)s is gone.") % {"name": file.name})
    kept = client.media.upload("image", (file.name, content, file.type))
    _to(client, talk, "send_image", str(kept["media_id"]))


def _to(client: Any, talk: WechatIn, how: str, what: str) -> None:
    """WeCom addresses a member through its application, an official account the person themselves."""
    send = getattr(client.message, how)
    if talk.account.manner == WechatAccount.Manner.WECOM:
        send(talk.account.agent_id, talk.openid, what)
    else:
        send(talk.openid, what)
