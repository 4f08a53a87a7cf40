"""What WeChat adds to the registries: capability, settings, the adapter, what an answer can carry, where it goes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.core.cases import carrying
from steward.core.cases.models import Case, Channel
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as add_part
from steward.core.org import settings_cards
from steward.ground.access import capabilities as caps
from steward.ground.access.http import StaffRequest
from steward.ground.delivery import channels as ways
from steward.ground.delivery.models import Dispatch
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.rules import files as rule_files
from steward.ground.ui.status import Status

from ..sms.screens import TONES
from . import limits
from .sending import CHANNEL, accepts, deliver, send_replies


def register() -> None:
    caps.register(caps.Capability("channels.wechat", _("Connect WeChat accounts"), frozenset({caps.ADMINISTRATOR})))
    settings_cards.register(
        "service",
        settings_cards.Card(
            "channels:wechat", _("WeChat"), _("Official accounts and WeCom, in and out"), "brand-wechat", "channels.wechat"
        ),
    )
    limits.register_kinds()
    rule_files.register_builtin("channels.wechat", limits.builtin_rules)
    ways.register(ways.Channel(CHANNEL, _("WeChat"), deliver, accepts=accepts, icon="brand-wechat"))
    carrying.register(Channel.WECHAT, limits.carries)
    subscribe(Subscriber("channels.wechat_replies", send_replies, codes=frozenset({"cases.message_added"})))
    add_part(Part("channels.wechat", "file.rail", 21, "channels/parts/case_wechat.html", messages_of_case))


def messages_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """What became of the answers that went out through WeChat."""
    if case is None or case.channel != Channel.WECHAT:
        return None
    about = case.messages.values("pk")
    rows = Dispatch.objects.filter(channel=CHANNEL, about_type="cases.message", about_id__in=about).order_by("-pk")[:5]
    shown = [(row, Status(TONES[row.state], row.get_state_display())) for row in rows]
    return {"messages": shown, "case": case} if shown else None
