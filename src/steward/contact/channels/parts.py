"""What the channels add to the page of a case: the mails about it, and the link by which the person follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.held import held, some
from steward.core.cases.models import Case, Channel, Message
from steward.core.cases.screens import Part, register
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for
from steward.ground.delivery.models import Dispatch
from steward.ground.ui.masking import mask
from steward.ground.ui.status import Status

from .models import Reach, TrackingLink, Verdict
from .queries import live_links, mails_about, reach_of

TONES = {
    Dispatch.State.HELD: "waiting",
    Dispatch.State.SENDING: "active",
    Dispatch.State.SENT: "ok",
    Dispatch.State.FAILED: "danger",
    Dispatch.State.CANCELLED: "muted",
    Dispatch.State.SUPPRESSED: "muted",
}

# What most cases have none of.
HOLDS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "channels.mails": lambda case: Dispatch.objects.filter(
        about_type=Message._meta.label_lower, about_id__in=Message.objects.filter(case=case).values("pk")
    ),
    "channels.left": lambda case: Reach.objects.filter(case=case),
    "channels.verdict": lambda case: Verdict.objects.filter(case=case),
    "channels.links": lambda case: TrackingLink.objects.filter(case=case, revoked_at=None),
}


def reach_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    if case is None:
        return None
    by, at = actor_of(request), clock.now()
    may_work = policy_for(Case).may(by, "work", case, at=at)
    rows = mails_about(case) if "channels.mails" in held(case) else []
    mails = [(row, Status(TONES[Dispatch.State(row.state)], row.get_state_display()), _may_cancel(row, request)) for row in rows]
    address, _language = reach_of(case, left="channels.left" in held(case))
    verdict = next(iter(some(case, "channels.verdict", Verdict.objects.filter(case=case).order_by("-at", "-pk")[:1])), None)
    links = live_links(case, at=at) if "channels.links" in held(case) else 0
    if not may_work and not mails and not links and verdict is None:
        return None
    shown = mask(address, "email") if address else ""
    return {"case": case, "mails": mails, "address": shown, "links": links, "verdict": verdict, "may_work": may_work}


def answer_goes(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    # Where to is asked after the page; of text messages and WeChat what stands beside it says so.
    return {"case": case} if case is not None and case.channel not in (Channel.SMS, Channel.WECHAT) else None


def _may_cancel(row: Dispatch, request: StaffRequest) -> bool:
    return row.state == Dispatch.State.HELD and policy_for(Dispatch).may(actor_of(request), "cancel", row, at=clock.now())


def register_parts() -> None:
    register(Part("channels.answer_goes", "file.composer", 5, "channels/parts/answer_goes.html", answer_goes))
    register(Part("channels.reach", "file.rail", 20, "channels/parts/reach.html", reach_of_case, HOLDS))
