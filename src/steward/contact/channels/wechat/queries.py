"""What the page of an account shows of what came in."""

from __future__ import annotations

from .models import WechatAccount, WechatIn


def parked_of(account: WechatAccount, limit: int = 10) -> list[WechatIn]:
    """The newest events that were set aside."""
    return list(account.received.filter(outcome=WechatIn.Outcome.PARKED).order_by("-received_at", "-pk")[:limit])


def waiting_of(account: WechatAccount) -> int:
    """How much came in that could not be read yet."""
    return account.received.filter(outcome=WechatIn.Outcome.RECEIVED).count()
