"""Handovers: the list, giving one, going through one, and its page on paper."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.org.exports import record_export
from steward.core.org.handovers import source_of
from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.live import watch
from steward.ground.ui.toasts import toast

from .. import forms, operations
from ..composing import Draft, drafts_of
from ..models import Handover, HandoverItem
from ..queries import handovers_seen, items_of, units_to_hand_over
from .acts import act_on, checked

States = HandoverItem.State


class HandoverList(ListPage[Handover]):
    key = "handovers"
    template = "floor/handovers.html"
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"newest": ("-given_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (
        Column("unit", gettext_lazy("Unit"), lambda row: str(row.unit)),
        Column("given_by", gettext_lazy("Given by"), lambda row: row.given_by.user.name),
        Column("given", gettext_lazy("Given at"), lambda row: row.given_at, sort="newest"),
        Column("taken_by", gettext_lazy("Taken by"), lambda row: row.taken_by.user.name if row.taken_by else ""),
        Column("taken", gettext_lazy("Taken at"), lambda row: row.taken_at),
        Column("items", gettext_lazy("Items"), lambda row: row.item_count),
        Column("carried", gettext_lazy("Carried over"), lambda row: row.carried_count),
        Column("disputed", gettext_lazy("Disputed"), lambda row: row.disputed_count),
    )
    export_capability = "floor.view"
    request: StaffRequest

    @cached_property
    def bound_form(self) -> django_forms.Form:
        form = forms.HandoverFilters(self.request.GET or None, units=units_where(self.request.user, "floor.view"))
        if form.is_bound:
            form.is_valid()
        return form

    def queryset(self) -> QuerySet[Handover]:
        wanted, rows = self.filters, handovers_seen(self.request.user, at=clock.now())
        if unit := wanted.get("unit"):
            rows = rows.filter(unit__path__startswith=unit.path)
        if wanted.get("state") == "waiting":
            rows = rows.filter(taken_at=None)
        if wanted.get("state") == "disputed":
            rows = rows.filter(Exists(HandoverItem.objects.filter(handover=OuterRef("pk"), state=States.DISPUTED)))
        return rows.annotate(
            item_count=Count("items"),
            carried_count=Count("items", filter=Q(items__carried__gt=0)),
            disputed_count=Count("items", filter=Q(items__state=States.DISPUTED)),
        )

    def context(self) -> dict[str, Any]:
        return {"may_give": self.request.user.access.has("floor.work")}

    def record_export(self, queryset: QuerySet[Handover]) -> None:
        record_export(self.request, name=self.key, rows=queryset.count(), at=clock.now())


@require_GET
@staff("floor.view")
def handover_list(request: StaffRequest) -> HttpResponseBase:
    return HandoverList(request).respond()


@require_http_methods(["GET", "POST"])
@staff("floor.work")
def handover_new(request: StaffRequest) -> HttpResponse:
    """First which unit, then what would be handed over, and notes."""
    at, units = clock.now(), units_to_hand_over(request.user, clock.now())
    chosen = units.filter(public_id=asked).first() if (asked := _uuid(request.GET.get("unit"))) else None
    form = forms.GiveForm(request.POST or None, units=units, initial={"unit": chosen.public_id if chosen else None})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = data["unit"]
        try:
            row = operations.give_handover(unit=chosen, notes=data["notes"].splitlines(), by=actor_of(request), at=at)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("Handed over; the next shift goes through it."))
            return redirect("floor:handover", public_id=row.public_id)
    waiting = handovers_seen(request.user, at=at).filter(unit=chosen, taken_at=None).first() if chosen else None
    drafts = _labelled(drafts_of(chosen, at), request, at) if chosen and waiting is None else []
    context = {"form": form, "chosen": chosen, "units": list(units), "drafts": drafts, "waiting": waiting, "at": at}
    return render(request, "floor/handover_new.html", context, status=422 if form.is_bound else 200)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _labelled(drafts: list[Draft], request: StaffRequest, at: Any) -> list[tuple[Draft, str, bool]]:
    """With the name of the source, and whether this reader may read the words."""
    ids: dict[str, list[int]] = {}
    for draft in drafts:
        ids.setdefault(draft.source, []).append(draft.subject_id or 0)
    seen = {key: source.pages(request.user, found, at) for key, found in ids.items() if (source := source_of(key)) is not None}
    found = []
    for draft in drafts:
        source = source_of(draft.source)
        found.append((draft, str(source.label) if source else "", source is None or (draft.subject_id or 0) in seen[draft.source]))
    return found


def _find(request: StaffRequest, public_id: UUID) -> Handover:
    return get_object_or_404(handovers_seen(request.user, at=clock.now()), public_id=public_id)


def _context(request: StaffRequest, row: Handover) -> dict[str, Any]:
    at, by, policy = clock.now(), actor_of(request), policy_for(Handover)
    own = row.given_by.user_id == request.user.pk
    items = items_of(row, request.user, at)
    works = policy.may(by, "work", row, at=at)
    return {
        "row": row,
        "unit": row.unit,
        "items": items,
        "undecided": sum(item.row.state == States.WAITING for item in items),
        "disputed": sum(item.row.state == States.DISPUTED for item in items),
        "may_decide": works and not own and row.taken_at is None,
        "may_work": works,
        "may_settle": own or policy.may(by, "lead", row, at=at),
        "own": own,
        "at": at,
    }


@require_GET
@staff("floor.view")
def handover_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _find(request, public_id)
    watched = watch([f"unit:{row.unit_id}:floor"], noun=str(_("changes")), target="#handover")
    return render(request, "floor/handover.html", {**_context(request, row), "watched": watched})


@require_GET
@staff("floor.view")
def handover_print(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return render(request, "floor/handover_print.html", _context(request, _find(request, public_id)))


@require_POST
@staff("floor.work")
@stays_open
def handover_take(request: StaffRequest, public_id: UUID) -> HttpResponse:
    row = _find(request, public_id)

    def take() -> str:
        operations.take_handover(handover=row, by=actor_of(request), at=clock.now())
        return _("Taken; it is yours now.")

    return act_on(request, take, reverse("floor:handover", args=[public_id]))


@require_POST
@staff("floor.view")
@stays_open
def item_act(request: StaffRequest, public_id: UUID, item_id: UUID, act: str) -> HttpResponse:
    """One of three: accept, dispute, settle."""
    row = _find(request, public_id)
    item = get_object_or_404(HandoverItem, handover=row, public_id=item_id)
    by, at = actor_of(request), clock.now()

    def accept() -> str:
        operations.accept_item(item=item, by=by, at=at)
        return _("Accepted.")

    def dispute() -> str:
        operations.dispute_item(item=item, by=by, at=at, **checked(forms.ReasonForm(request.POST)))
        return _("Disputed; it goes back to whoever gave it.")

    def settle() -> str:
        operations.settle_item(item=item, by=by, at=at, **checked(forms.OutcomeForm(request.POST)))
        return _("Settled.")

    acts = {"accept": accept, "dispute": dispute, "settle": settle}
    if act not in acts:
        raise Http404
    return act_on(request, acts[act], f"{reverse('floor:handover', args=[public_id])}#item-{item_id}")
