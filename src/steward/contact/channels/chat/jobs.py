"""Conversations whose time has come end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every

from .life import settle
from .models import Conversation


@every("channels.tidy_chats", timedelta(minutes=1), label=_("End conversations nobody goes on with"))
def tidy_chats(at: datetime) -> object:
    """How many ended; None while none did."""
    live = Conversation.objects.live().select_related("site", "case__unit", "case__customer").order_by("pk")
    return sum(settle(conversation=row, at=at) for row in list(live)) or None
