from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("channels.wechat_account_saved")
@dataclass(frozen=True)
class WechatAccountSaved(Event):
    enabled: bool
    manner: str
    new_secret: bool


@event("channels.wechat_received")
@dataclass(frozen=True)
class WechatReceived(Event):
    """Something came in. case: the case it opened or was added to; None for an event that was set aside."""

    outcome: str
    type: str
    case: int | None
