from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class WechatSecretGone(Refused):
    code = "wechat_secret_lost"
    message = _("The secrets of this account cannot be opened with the keys here. Enter them again in the settings.")


class WechatIncomplete(Refused):
    code = "wechat_incomplete"
    message = _("To switch the account on it needs its id, the secret and the token; WeCom also the EncodingAESKey and the AgentId.")
    status = 422


class BadAesKey(Refused):
    code = "bad_aes_key"
    message = _("An EncodingAESKey has 43 letters and digits. Copy it again from the page of the account.")
    status = 422


class LibraryMissing(Refused):
    code = "wechat_library_missing"
    message = _("The library for WeChat is not installed here. Ask your operator for the extra “wechat”.")
    status = 503


class BadWechat(Refused):
    code = "bad_wechat"
    message = _("The call cannot be read: %(why)s.")
    status = 422


class WechatSays(Refused):
    code = "wechat_says"
    message = _("WeChat did not take it: %(words)s")
    status = 422


class WindowOver(Refused):
    code = "wechat_window_over"
    message = _(
        "The person last wrote more than %(hours)s hours ago, so WeChat takes no more answers. Reach them another way, such as by telephone."
    )
    status = 422


class AnswersUsed(Refused):
    code = "wechat_answers_used"
    message = _("WeChat takes at most %(count)s answers until the person writes again. Wait for them, or reach them another way.")
    status = 422


class NoLongerFollows(Refused):
    code = "wechat_unfollowed"
    message = _("The person no longer follows the account, so WeChat takes no answers. Reach them another way, such as by telephone.")
    status = 422


class AccountPaused(Refused):
    code = "wechat_paused"
    message = _("The WeChat account is switched off, so no answer leaves. Ask an administrator to switch it on.")
    status = 422
