"""What text messages add to the registries: capability, settings, the adapter, the length in the editor, the messages beside a case."""

from __future__ import annotations

from datetime import datetime
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
from steward.ground.delivery import gates, purposes
from steward.ground.delivery.models import Dispatch
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.ui.masking import mask
from steward.ground.ui.status import Status

from .models import SmsOut
from .sending import accepts, deliver, may_text, number_for, provider_for, send_replies
from .taking import CHANNEL, STOPPED

TONES = {"held": "waiting", "sending": "active", "sent": "info", "failed": "danger", "cancelled": "muted", "suppressed": "muted"}


def register() -> None:
    caps.register(caps.Capability("channels.sms", _("Connect providers of text messages"), frozenset({caps.ADMINISTRATOR})))
    settings_cards.register(
        "service",
        settings_cards.Card("channels:sms", _("Text messages"), _("Providers that carry them in and out"), "message-2", "channels.sms"),
    )
    purposes.register(purposes.Purpose(STOPPED, _("Confirmation that messages end"), hold=False))
    ways.register(ways.Channel(CHANNEL, _("Text message"), deliver, accepts=accepts, icon="message-2"))
    gates.register_consent_check("channels.sms", may_text)
    subscribe(Subscriber("channels.sms_replies", send_replies, codes=frozenset({"cases.message_added"})))
    carrying.register(Channel.SMS, carries)
    add_part(Part("channels.sms_length", "file.composer", 6, "channels/parts/sms_length.html", length_in_editor))
    add_part(Part("channels.sms", "file.rail", 21, "channels/parts/case_sms.html", messages_of_case))


def carries(case: Case, at: datetime) -> carrying.Carries | None:
    """Words alone, where the answer leaves as a text message; how many parts they may be is said beside it."""
    goes = provider_for(case.unit) is not None and accepts(number_for(case))
    return carrying.Carries(files=()) if goes else None


def length_in_editor(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Where an answer goes and how long it may be; the browser counts while one types."""
    if case is None or case.channel != Channel.SMS:
        return None
    provider, number = provider_for(case.unit), number_for(case)
    goes = provider is not None and accepts(number)
    return {"number": mask(number, "phone") if goes else "", "limit": provider.max_segments if provider else 0}


def messages_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """What became of the text messages that went out about a case."""
    if case is None or case.channel != Channel.SMS:
        return None
    ids = case.messages.values("pk")
    rows = list(Dispatch.objects.filter(channel=CHANNEL, about_type="cases.message", about_id__in=ids).order_by("-pk")[:5])
    sent = {row.dispatch_id: row for row in SmsOut.objects.filter(dispatch_id__in=[row.pk for row in rows])}
    shown = [(row, _status(row, sent.get(row.pk)), sent.get(row.pk)) for row in rows]
    return {"messages": shown, "case": case} if shown else None


def _status(row: Dispatch, sent: SmsOut | None) -> Status:
    if sent is not None and sent.delivered_at is not None:
        return Status("ok", _("Arrived"))
    return Status(TONES[row.state], row.get_state_display())
