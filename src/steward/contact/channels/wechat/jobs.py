"""Files are fetched behind the call that named them; what could not be read is read again every minute."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from steward.ground.delivery.channels import PermanentFailure
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import every, job

from .api import ask
from .models import WechatIn
from .taking import keep_file, lose_file, settle_waiting


@job("channels.fetch_wechat_file", lease=timedelta(minutes=3), label=_("Fetch a file from WeChat"))
def fetch_wechat_file(context: JobContext, *, row: int) -> bool:
    found = WechatIn.objects.select_related("account__unit").filter(pk=row, media=WechatIn.Media.WAITING, blanked_at=None).first()
    return fetch(found, at=context.at) if found is not None else False


def fetch(row: WechatIn, *, at: datetime) -> bool:
    """Raises TemporaryFailure, after which the job is tried again."""
    try:
        content = ask(row.account, lambda client: _content(client, row.media_id), at)
    except PermanentFailure as failed:
        lose_file(row=row, why=str(failed), at=at)
        return False
    return keep_file(row=row, content=content, at=at)


def _content(client: Any, media_id: str) -> bytes:
    """The bytes; of a film the official account's interface says only where they lie."""
    answer = client.media.download(media_id)
    if isinstance(answer, dict):
        address = str(answer.get("video_url") or answer.get("down_url") or "")
        parts = urlsplit(address)
        answer = client._http.get(parts._replace(scheme="https").geturl())
    content: bytes = answer.content
    try:
        said = json.loads(content) if content[:1] == b"{" else None
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("errcode"):
        raise PermanentFailure(str(said.get("errmsg", ""))[:200])
    return content


@every("channels.read_waiting_wechat", timedelta(minutes=1), label=_("Read what WeChat brought and could not be read"))
def read_waiting_wechat(at: datetime) -> int:
    return settle_waiting(at=at)
