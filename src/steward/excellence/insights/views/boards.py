"""Dashboards and the wall."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.measures.loading import TOPIC
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import boards, operations
from ..errors import NoSuchCard
from ..forms import BoardForm, CardForm
from ..layouts import LAYOUTS, Layout, usual
from ..models import Dashboard
from ..state import data_state
from .common import asker, refuse

WALL_SECONDS = 5


@require_GET
@staff("measures.view")
def home(request: StaffRequest) -> HttpResponse:
    return _layout(request, usual(request.user))


@require_GET
@staff("measures.view")
def layout(request: StaffRequest, key: str) -> HttpResponse:
    if key not in LAYOUTS:
        raise Http404
    return _layout(request, LAYOUTS[key])


def _layout(request: StaffRequest, shown: Layout) -> HttpResponse:
    watched = _watched()
    cards = boards.fill([card.data() for card in shown.cards], asker(request))
    context = {"name": shown.name, "text": shown.text, "cards": cards, "layout": shown.key, "watched": watched}
    return render(request, "insights/board.html", {**_frame(request), **context})


@require_GET
@staff("measures.view")
def board(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A kept dashboard; its owner can rearrange it here (`?edit=1`)."""
    kept = get_object_or_404(_boards(request).select_related("owner", "unit"), public_id=public_id)
    watched = _watched()
    mine = kept.owner_id == request.user.pk
    context: dict[str, Any] = {
        "name": kept.name,
        "board": kept,
        "mine": mine,
        "watched": watched,
        "cards": boards.fill(kept.cards, asker(request)),
    }
    if mine and request.GET.get("edit"):
        start = {"name": kept.name, "unit": kept.unit and kept.unit.public_id, "version": kept.version}
        units = units_where(request.user, "insights.share")
        context |= {"edit": True, "form": BoardForm(units=units, initial=start, auto_id="board_%s"), "card_form": CardForm(initial=start)}
    return render(request, "insights/board.html", {**_frame(request), **context})


def _frame(request: StaffRequest) -> dict[str, Any]:
    return {"layouts": LAYOUTS.values(), "boards": list(_boards(request).order_by("name", "pk")[:30]), "state": data_state()}


def _boards(request: StaffRequest) -> Any:
    return Dashboard.objects.visible_to(request.user).filter(removed_at=None)


def _watched() -> Any:
    return watch([TOPIC], mode="replace", target="#cards", seconds=WALL_SECONDS)


@require_GET
@staff("measures.view")
def wall(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A large screen: dark, big, live, without names of people."""
    kept = get_object_or_404(_boards(request), public_id=public_id)
    watched = _watched()
    context = {"board": kept, "cards": boards.fill(kept.cards, asker(request), wall=True), "watched": watched, "state": data_state()}
    return render(request, "insights/wall.html", {**context, "at": clock.now()})


@require_POST
@staff("measures.view")
def copy(request: StaffRequest, key: str) -> HttpResponse:
    """An own copy of one of the first three, or of a shared one (by its id)."""
    if key in LAYOUTS:
        name, cards = str(LAYOUTS[key].name), [card.data() for card in LAYOUTS[key].cards]
    else:
        kept = get_object_or_404(_boards(request), public_id=_id(key))
        name, cards = kept.name, kept.cards
    taken = set(Dashboard.objects.filter(owner=request.user, removed_at=None).values_list("name", flat=True))
    wanted = _("%(name)s, mine") % {"name": name[:70]}
    free = next(title for number in range(1, len(taken) + 2) if (title := wanted if number == 1 else f"{wanted} {number}") not in taken)
    made = operations.make_dashboard(name=free, cards=cards, by=actor_of(request), at=clock.now())
    toast(request, _("This is your copy. Arrange it as you like."))
    return redirect(f"{reverse('insights:board', args=[made.public_id])}?edit=1")


def _id(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise Http404 from None


def _own(request: StaffRequest, public_id: UUID) -> Dashboard:
    return get_object_or_404(Dashboard, public_id=public_id, owner=request.user, removed_at=None)


def _edit(kept: Dashboard) -> str:
    return f"{reverse('insights:board', args=[kept.public_id])}?edit=1"


@require_POST
@staff("measures.view")
def change(request: StaffRequest, public_id: UUID) -> HttpResponse:
    kept = _own(request, public_id)
    form = BoardForm(request.POST, units=units_where(request.user, "insights.share"))
    if not form.is_valid():
        return refuse(request, form, _edit(kept))
    data = form.cleaned_data
    operations.change_dashboard(
        board=kept, name=data["name"], unit=data["unit"], version=data["version"] or 0, by=actor_of(request), at=clock.now()
    )  # fmt: skip
    toast(request, _("Saved."))
    return redirect(_edit(kept))


@require_POST
@staff("measures.view")
def card_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    kept, form = _own(request, public_id), CardForm(request.POST)
    if not form.is_valid():
        return refuse(request, form, _edit(kept))
    operations.add_card(board=kept, card=form.card, version=form.cleaned_data["version"], by=actor_of(request), at=clock.now())
    return redirect(_edit(kept))


@require_POST
@staff("measures.view")
def card_move(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One place forwards or back, or away: `act` is earlier, later or remove; `place` says which."""
    kept = _own(request, public_id)
    try:
        place, version = int(request.POST.get("place", "")), int(request.POST.get("version", ""))
    except ValueError:
        raise NoSuchCard() from None
    act, by, at = request.POST.get("act"), actor_of(request), clock.now()
    if act == "remove":
        operations.remove_card(board=kept, place=place, version=version, by=by, at=at)
    else:
        operations.move_card(board=kept, place=place, step=-1 if act == "earlier" else 1, version=version, by=by, at=at)
    return redirect(_edit(kept))


@require_POST
@staff("measures.view")
def remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    kept = _own(request, public_id)
    operations.remove_dashboard(board=kept, by=actor_of(request), at=clock.now())
    toast(request, _("The dashboard “%(name)s” is removed.") % {"name": kept.name})
    return redirect("insights:home")
