from __future__ import annotations

from steward.ground.access.policies import Policy, register

from .models import WechatAccount


class WechatAccountPolicy(Policy[WechatAccount]):
    """Set by administrators alone: an account holds secrets that let this machine write in the organisation's name."""

    model = WechatAccount
    view = "channels.wechat"
    actions = {"manage": "channels.wechat"}


def register_policies() -> None:
    register(WechatAccountPolicy())
