"""Requests to WeChat: wechatpy makes them, the house's guard sends them, and only to WeChat's own machines."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from steward.ground import guarded, outbound
from steward.ground.delivery.channels import PermanentFailure, TemporaryFailure

from .errors import LibraryMissing, WechatSecretGone
from .keys import access_of, keep_access, secrets_of
from .models import WechatAccount
from .wire import library

HOSTS = ("api.weixin.qq.com", "qyapi.weixin.qq.com")
FILM_HOSTS = ".qq.com"  # a film of an official account lies at an address of its own, which its interface names
STALE = frozenset({40001, 40014, 42001})
BUSY = frozenset({-1, 45011})
EARLY = timedelta(seconds=120)  # a token is given up before WeChat does


def is_wechat(host: str) -> bool:
    return host in HOSTS or host.endswith(FILM_HOSTS)


@dataclass
class Kept:
    """Where wechatpy keeps its access token: with the account, for every process."""

    account: WechatAccount
    at: datetime

    def get(self, _key: str, default: str | None = None) -> str | None:
        return access_of(self.account, self.at) or default

    def set(self, _key: str, value: str, ttl: int | None = None) -> None:
        keep_access(self.account, value, self.at + timedelta(seconds=ttl or 7200) - EARLY)


def ask(account: WechatAccount, do: Callable[[Any], Any], at: datetime) -> Any:
    """Do something with a client of the account; with a fresh access token once, where WeChat no longer knows the one before.

    Raises TemporaryFailure, PermanentFailure with words for the log.
    """
    try:
        library()
    except LibraryMissing as missing:
        raise PermanentFailure(str(missing)) from missing
    from wechatpy.exceptions import WeChatException

    try:
        client = client_of(account, at)
        try:
            return do(client)
        except WeChatException as refused:
            if refused.errcode not in STALE:
                raise
            client.fetch_access_token()
            return do(client)
    except WeChatException as refused:
        raise failure_of(refused) from refused
    except WechatSecretGone as gone:
        raise PermanentFailure(str(gone)) from gone
    except outbound.Unreachable as refused:
        raise PermanentFailure(_("The machine of WeChat cannot be used (%(code)s).") % {"code": refused.code}) from refused
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise TemporaryFailure(_("WeChat did not answer (%(fault)s).") % {"fault": type(failed).__name__}) from failed


def client_of(account: WechatAccount, at: datetime) -> Any:
    """Raises LibraryMissing, WechatSecretGone."""
    library()
    from wechatpy.client import WeChatClient
    from wechatpy.enterprise import WeChatClient as WeComClient

    kind = WeComClient if account.manner == WechatAccount.Manner.WECOM else WeChatClient
    client = kind(account.app_id, secrets_of(account).secret, session=Kept(account, at), auto_retry=False)
    session = guarded.session(limit=int(settings.STEWARD_MAX_UPLOAD_BYTES) + 1, allowed=is_wechat)
    client._http = session
    return client


def failure_of(refused: Any) -> TemporaryFailure | PermanentFailure:
    """An error of WeChat in words. What nobody explained yet is quoted as it came."""
    if refused.errcode is None:
        status = getattr(refused.response, "status_code", 0)
        words = _("WeChat answered with %(status)s.") % {"status": status}
        return TemporaryFailure(words) if status >= 500 else PermanentFailure(words)
    words = explanations().get(refused.errcode, str(refused.errmsg)[:200])
    said = _("%(words)s (WeChat: %(code)s)") % {"words": words, "code": refused.errcode}
    return TemporaryFailure(said) if refused.errcode in BUSY else PermanentFailure(said)


def explanations() -> dict[int, str]:
    """Error codes as WeChat and WeCom document them."""
    secret, machine = (
        _("The secret does not belong to this id."),
        _("This machine's address is not on the list of allowed ones in the account."),
    )
    return {
        40001: secret, 40125: secret, 40013: _("The id of the account is wrong."), 40164: machine, 60020: machine,
        40003: _("The person is not known to this account."), 43004: _("The person no longer follows the account."),
        45015: _("The person last wrote too long ago; WeChat takes no more answers."),
        45047: _("Too many answers since the person last wrote; WeChat takes no more."),
        45009: _("The account has used up its calls for today."), 45002: _("The text is too long for WeChat."),
        48001: _("This account may not send such messages; it has to be verified by WeChat."),
        40007: _("WeChat no longer has this file."), 81013: _("The member may not see this application."),
        60011: _("The application may not write to this member."), 50002: _("The person's account is suspended."),
    }  # fmt: skip
