"""What live chat adds to the registries: capability, settings card, navigation, the way from a case, a guard, a way to send transcripts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.core.cases.hooks import Guard
from steward.core.cases.hooks import register as add_hook
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.routing.queries import waiting_cases
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as add_part
from steward.core.org import settings_cards
from steward.ground.access import capabilities as caps
from steward.ground.access.http import StaffRequest
from steward.ground.delivery import channels as ways
from steward.ground.delivery import purposes
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.recipients import is_email
from steward.ground.journal.actors import Actor
from steward.ground.ui.navigation import NavEntry
from steward.ground.ui.navigation import register as navigate

from ..mail import send
from . import facts, policy
from .errors import ConversationGoesOn
from .models import Conversation
from .queries import in_chat, queues_with_chat
from .talking import TRANSCRIPT


def conversation_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None or case.channel != Channel.CHAT:
        return None
    row = Conversation.objects.filter(case=case).first()
    return {"conversation": row} if row is not None else None


def chats_of_list(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """The way to the conversations, only for those in whose units visitors can write."""
    units = request.user.access.unit_ids("cases.work")
    if queues_with_chat().isdisjoint(units):
        return None
    return {"waiting": in_chat(waiting_cases().filter(unit_id__in=units)).count()}


def goes_on(transition: str, case: Case, by: Actor, at: datetime) -> None:
    """The visitor's page shows one case; merged into another, it would fall silent."""
    if case.channel == Channel.CHAT and Conversation.objects.live().filter(case=case).exists():
        raise ConversationGoesOn()


def deliver(dispatch: Dispatch, at: datetime) -> None:
    message = Message.objects.select_related("case__unit", "case__customer", "author").filter(pk=dispatch.about_id or 0).first()
    if message is None:
        raise ways.PermanentFailure("The case of this transcript is gone.")
    send.deliver(dispatch, message, at)


def register() -> None:
    caps.register(caps.Capability("channels.chats", _("Set live chat up: where it stands and who answers"), caps.STEERING))
    settings_cards.register(
        "service",
        settings_cards.Card(
            "channels:chat_sites", _("Live chat"), _("On which pages visitors can write, and who answers"), "messages", "channels.chats"
        ),
    )
    navigate(NavEntry("chats", _("Live chat"), "channels:chats", "messages", 26, capability="cases.work", under="cases"))
    purposes.register(purposes.Purpose(TRANSCRIPT, _("Transcript of a chat"), hold=False))
    ways.register(ways.Channel(TRANSCRIPT, _("E-mail with a transcript"), deliver, accepts=is_email, icon="mail"))
    add_part(Part("channels.chat", "file.rail", 15, "channels/chat/parts/of_case.html", conversation_of_case))
    add_part(Part("channels.chats", "list.actions", 5, "channels/chat/parts/of_list.html", chats_of_list))
    add_hook(Guard("channels.chat", frozenset({"merge"}), goes_on))
    facts.register()
    policy.register_policies()
