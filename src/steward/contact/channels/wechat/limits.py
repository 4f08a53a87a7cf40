"""How long and how often WeChat takes answers, and what fits into one: rules that can be replaced when WeChat changes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steward.core.cases.carrying import Carries
from steward.core.cases.models import Case
from steward.ground.access.errors import Refused
from steward.ground.rules.kinds import RuleKind, register
from steward.ground.rules.operations import today_of
from steward.ground.rules.queries import resolve

from .errors import AccountPaused, AnswersUsed, NoLongerFollows, WindowOver
from .models import WechatAccount, WechatIn, WechatOut

KIND = "wechat_limits"
BUILTIN = Path(__file__).resolve().parent.parent / "builtin" / "wechat.json"
PICTURES = ("image/jpeg", "image/png", "image/gif")
MEGA = 1024 * 1024
_NUMBER: dict[str, Any] = {"type": ["integer", "null"], "minimum": 1, "maximum": 1000}


@dataclass(frozen=True)
class Limits:
    """window_hours, answers: None where WeChat sets none. text_bytes: of UTF-8. picture_mb: of one picture."""

    window_hours: int | None
    answers: int | None
    text_bytes: int
    picture_mb: int


def builtin_rules() -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(BUILTIN.read_text(encoding="utf-8"))["rules"]
    return rules


def limits_of(account: WechatAccount, at: datetime) -> Limits:
    """An installation into which no rules were read yet goes by those that come with Steward."""
    body = resolve(KIND, account.manner, account.unit, today_of(account.unit, at))
    return Limits(**(body or next(rule["body"] for rule in builtin_rules() if rule["key"] == account.manner)))


def talk_of(case: Case) -> WechatIn | None:
    """The newest word of the person on this case: where an answer goes. None where nobody wrote here through an account of ours."""
    rows = WechatIn.objects.select_related("account__unit").filter(case=case).exclude(openid="")
    return rows.order_by("-received_at", "-pk").first()


def carries(case: Case, at: datetime) -> Carries | None:
    talk = talk_of(case)
    return None if talk is None else carried(talk.account, talk.openid, at)


def carried(account: WechatAccount, openid: str, at: datetime) -> Carries:
    """What WeChat takes for this person now. closed: why it takes nothing."""
    limits = limits_of(account, at)
    wrote_at, follows = _last(account, openid)
    until = wrote_at + timedelta(hours=limits.window_hours) if wrote_at and limits.window_hours else None
    left = None
    if limits.answers is not None:
        sent = WechatOut.objects.filter(account=account, openid=openid)
        left = max(0, limits.answers - (sent.filter(sent_at__gte=wrote_at) if wrote_at else sent).count())
    closed = _closed(account, limits, until=until, left=left, follows=follows, at=at)
    return Carries(text_bytes=limits.text_bytes, files=PICTURES, file_bytes=limits.picture_mb * MEGA, until=until, left=left, closed=closed)


def _last(account: WechatAccount, openid: str) -> tuple[datetime | None, bool]:
    """When the person last wrote, and whether they still follow. Only words open the window for long; an event does for a minute."""
    rows = WechatIn.objects.filter(account=account, openid=openid).filter(~Q(type="event") | Q(event__in=["subscribe", "unsubscribe"]))
    wrote_at, follows = None, None
    for type_, event, at in rows.order_by("-received_at", "-pk").values_list("type", "event", "received_at")[:50]:
        if type_ == "event":
            follows = event == "subscribe" if follows is None else follows
        else:
            follows, wrote_at = True if follows is None else follows, at
            break
    return wrote_at, follows is not False


def _closed(
    account: WechatAccount, limits: Limits, *, until: datetime | None, left: int | None, follows: bool, at: datetime
) -> Refused | None:
    if not account.enabled:
        return AccountPaused()
    if not follows:
        return NoLongerFollows()
    if limits.window_hours is not None and (until is None or until <= at):
        return WindowOver(hours=limits.window_hours)
    return AnswersUsed(count=limits.answers) if left == 0 else None


def register_kinds() -> None:
    fields = ("window_hours", "answers", "text_bytes", "picture_mb")
    register(
        RuleKind(
            KIND,
            _("Limits of WeChat"),
            {
                "type": "object",
                "additionalProperties": False,
                "required": list(fields),
                "properties": {
                    "window_hours": _NUMBER,
                    "answers": _NUMBER,
                    "text_bytes": {"type": "integer", "minimum": 1, "maximum": 20_000},
                    "picture_mb": {"type": "integer", "minimum": 1, "maximum": 100},
                },
            },
            keys=dict(WechatAccount.Manner.choices),
            hints={
                "window_hours": _("So many hours after the person's last word WeChat takes answers; null for no limit."),
                "answers": _("At most so many answers to one word; null for no limit."),
                "text_bytes": _("Longest text in bytes of UTF-8; a Chinese character takes three."),
                "picture_mb": _("Largest picture in megabytes."),
            },
            example={"window_hours": 48, "answers": 5, "text_bytes": 2048, "picture_mb": 10},
        )
    )
