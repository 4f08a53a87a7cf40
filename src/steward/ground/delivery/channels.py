"""Channels a message can take. An adapter hands one message over and says how it went by returning or raising."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from .models import Dispatch


class TemporaryFailure(Exception):
    """Not now: the network, a full mailbox, a busy server. It is tried again."""


class PermanentFailure(Exception):
    """Never: the address does not exist, the message was refused. Trying again would change nothing."""


def _any_address(address: str) -> bool:
    return True


@dataclass(frozen=True)
class Channel:
    """deliver(dispatch, at) hands the message over. accepts: whether an address fits. Delivery is at least once: adapters pass on the
    message's public id where the other side can use it to drop a second copy."""

    code: str
    label: str | Promise
    deliver: Callable[[Dispatch, datetime], None]
    accepts: Callable[[str], bool] = _any_address
    icon: str = "send"


_channels: dict[str, Channel] = {}


def register(channel: Channel) -> None:
    if channel.code in _channels:
        raise ValueError(f"The channel {channel.code!r} is registered twice.")
    _channels[channel.code] = channel


def channel_of(code: str) -> Channel:
    try:
        return _channels[code]
    except KeyError:
        raise LookupError(f"No channel is called {code!r}. Known: {', '.join(sorted(_channels))}.") from None


def channels() -> list[Channel]:
    return [_channels[code] for code in sorted(_channels)]
