"""The page from which people answer: who waits, one's own conversations, and the open one beside them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.core.cases.attachments import files_by_message
from steward.core.cases.models import Case, Message
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.fields import new_public_id, offer
from steward.ground.journal.repeats import KeyReused
from steward.ground.ui.inplace import answer_problems, problems_of
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import agents
from ..forms import FinishForm, HandoverForm, WordForm
from ..models import Conversation, Handover
from ..queries import colleagues_for, desk_of


@require_GET
@staff("cases.work")
def desk(request: StaffRequest, public_id: UUID | None = None) -> HttpResponse:
    at = clock.now()
    opened = _conversation(request, public_id) if public_id else None
    units = sorted(request.user.access.unit_ids("cases.work"))
    keys = [f"unit:{pk}:cases" for pk in units] + [f"user:{request.user.pk}"] + ([f"case:{opened.case_id}"] if opened else [])
    watched = watch(keys, mode="replace", target="#chat-live", seconds=1)
    context = {"watched": watched, "desk": desk_of(request.user, at=at), "at": at, "opened": opened}
    if opened is not None:
        context |= _opened(request, opened, at)
    return render(request, "channels/chat/desk.html", context)


@require_POST
@staff("cases.work")
def take_next(request: StaffRequest) -> HttpResponse:
    try:
        found = agents.take_next(staff=_me(request), by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused), tone="warn")
        return redirect("channels:chats")
    return redirect("channels:chat_open", public_id=found.public_id)


@require_POST
@staff("cases.work")
def take(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _conversation(request, public_id)
    return _done(request, row, lambda: agents.take(conversation=row, staff=_me(request), by=actor_of(request), at=clock.now()))


@require_POST
@staff("cases.work")
def answer(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One word to the visitor. Refused, it stays in its field, with the reason."""
    row, form = _conversation(request, public_id), WordForm(request.POST, request.FILES)
    back = reverse("channels:chat_open", args=[public_id])
    if not form.is_valid():
        return answer_problems(request, problems_of(form), back)
    data = form.cleaned_data
    try:
        agents.answer(
            conversation=row, body=data["body"], key=data["key"], by=actor_of(request), at=clock.now(), attachment=data["attachment"]
        )
    except KeyReused:
        return answer_problems(request, [_("This page was sent before with other words. Open it anew, please.")], back)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "steward:answered"})
    return redirect(back)


@require_POST
@staff("cases.work")
def finish(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row, form = _conversation(request, public_id), FinishForm(request.POST)
    close = form.is_valid() and form.cleaned_data["close"]
    try:
        kept = agents.finish(conversation=row, close=close, by=actor_of(request), at=clock.now())
    except Refused as refused:
        toast(request, str(refused), tone="warn")
        return redirect("channels:chat_open", public_id=public_id)
    toast(
        request, _("The conversation has ended; the case stays open: %(why)s") % {"why": kept} if kept else _("The conversation has ended.")
    )
    return redirect("channels:chats")


@require_POST
@staff("cases.work")
def hand_over(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """To a colleague, who accepts, or back to the queue, where rules name somebody or the next one takes it."""
    row, at, by = _conversation(request, public_id), clock.now(), actor_of(request)
    form = HandoverForm(request.POST)
    offer(form, "to", Staff.objects.filter(pk__in=[person.pk for person in colleagues_for(row, me=_me(request), at=at)]))
    if not form.is_valid():
        toast(request, _("They cannot take it now. Choose somebody else."), tone="warn")
        return redirect("channels:chat_open", public_id=public_id)
    taker, words = form.cleaned_data["to"], form.cleaned_data["words"]
    if taker is not None:
        return _done(request, row, lambda: agents.ask_to_take(conversation=row, taker=taker, words=words, by=by, at=at))
    try:
        agents.put_back(conversation=row, words=words, by=by, at=at)
    except Refused as refused:
        toast(request, str(refused), tone="warn")
        return redirect("channels:chat_open", public_id=public_id)
    toast(request, _("The conversation goes to whoever is free."))
    return redirect("channels:chats")


@require_POST
@staff("cases.work")
def settle_handover(request: StaffRequest, public_id: UUID) -> HttpResponse:
    rows = Handover.objects.visible_to(request.user).select_related("conversation__case", "taker__user", "taker__unit", "giver__user")
    row = get_object_or_404(rows, public_id=public_id)
    by, at = actor_of(request), clock.now()
    try:
        if request.POST.get("answer") == "accept":
            found = agents.accept(handover=row, by=by, at=at)
            return redirect("channels:chat_open", public_id=found.public_id)
        agents.decline(handover=row, by=by, at=at)
    except Refused as refused:
        toast(request, str(refused), tone="warn")
    return redirect("channels:chats")


def _opened(request: StaffRequest, row: Conversation, at: Any) -> dict[str, Any]:
    case, me = row.case, Staff.objects.filter(user=request.user).first()
    messages = list(Message.objects.filter(case=case).select_related("author", "customer").order_by("at", "pk"))
    files = files_by_message(messages)
    mine = case.assignee is not None and case.assignee.user_id == request.user.pk
    goes_on = row.ended_at is None and not case.is_finished
    asked = Handover.objects.filter(conversation=row, settled_at=None).select_related("taker__user").first()
    form = HandoverForm(auto_id="handover_%s")
    if mine and goes_on:
        offer(form, "to", Staff.objects.filter(pk__in=[person.pk for person in colleagues_for(row, me=me, at=at)]).select_related("user"))
    return {
        "case": case, "said": [(message, files.get(message.pk, [])) for message in messages], "mine": mine, "goes_on": goes_on,
        "asked": asked, "foot_state": f"{goes_on}:{case.assignee_id}:{asked.pk if asked else 0}:{case.is_finished}",
        "may_take": goes_on and case.assignee is None and policy_for(Case).may(actor_of(request), "work", case, at=at),
        "handover": form, "finish": FinishForm(initial={"close": True}, auto_id="finish_%s"), "key": new_public_id().hex,
        "attachment_limit": int(settings.STEWARD_MAX_UPLOAD_BYTES),
    }  # fmt: skip


def _done(request: StaffRequest, row: Conversation, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        toast(request, str(refused), tone="warn")
    return redirect("channels:chat_open", public_id=row.public_id)


def _conversation(request: StaffRequest, public_id: UUID | None) -> Conversation:
    rows = Conversation.objects.visible_to(request.user).select_related("site", "case__unit", "case__customer", "case__assignee__user")
    return get_object_or_404(rows, public_id=public_id)


def _me(request: HttpRequest) -> Staff:
    return get_object_or_404(Staff.objects.select_related("user", "unit"), user=request.user)
