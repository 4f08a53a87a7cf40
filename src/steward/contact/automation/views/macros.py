"""Macros: the list, the form, and giving one to the ticked cases."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.views.ticked import came_from, is_uuid, tell_changed, tell_undone, ticked
from steward.core.org.queries import name_like, units_where
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.policies import policy_for
from steward.ground.ui.inplace import go_to, stays_open
from steward.ground.ui.lists import Column, ListPage
from steward.ground.ui.toasts import toast

from .. import labels, operations
from ..errors import NothingChosen
from ..forms import ActionForm, Filters, initial_actions
from ..models import Macro, MacroUse

MANAGE = "automation.manage"


class MacroList(ListPage[Macro]):
    key = "macros"
    template = "automation/macros.html"
    form = Filters
    orders: ClassVar[dict[str, tuple[str, ...]]] = {"changed": ("-changed_at", "-pk")}
    columns: ClassVar[tuple[Column[Any], ...]] = (Column("name", gettext_lazy("Name"), lambda row: str(row.name)),)
    request: StaffRequest

    def queryset(self) -> QuerySet[Macro]:
        rows = Macro.objects.visible_to(self.request.user).select_related("unit")
        if text := (self.filters.get("q") or "").strip():
            rows = rows.filter(name_like(text))
        return rows if self.filters.get("state") == "all" else rows.filter(closed_at=None)


@require_GET
@staff(MANAGE)
def macro_list(request: StaffRequest) -> HttpResponseBase:
    return MacroList(request).respond()


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def macro_new(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@staff(MANAGE)
def macro_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    return _edit(request, _mine(request, public_id))


@require_POST
@staff(MANAGE)
def macro_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    operations.close_macro(macro=_mine(request, public_id), by=actor_of(request), at=clock.now())
    toast(request, _("The macro is put away."))
    return redirect("automation:macros")


@require_POST
@staff("cases.work")
@stays_open
def macro_use(request: StaffRequest) -> HttpResponse:
    """Give the chosen macro to every ticked case; what was refused is named."""
    at = clock.now()
    chosen, wanted = ticked(request, at=at), request.POST.get("macro", "")
    macro = Macro.objects.visible_to(request.user).filter(public_id=wanted, closed_at=None).first() if is_uuid(wanted) else None
    if macro is None or not chosen:
        raise NothingChosen()
    outcome = operations.use_macro(macro=macro, chosen=chosen, by=actor_of(request), at=at)
    undo_url = reverse("automation:macro_undo", args=[outcome.use.public_id]) if outcome.use else ""
    tell_changed(request, outcome.changed, outcome.left, undo_url=undo_url)
    return go_to(request, came_from(request))


@require_GET
@staff("cases.work")
def macro_bar(request: StaffRequest) -> HttpResponse:
    """The macros for the ticked cases, asked for when the first is ticked: most visits to the list never need them."""
    macros = Macro.objects.visible_to(request.user).filter(closed_at=None).order_by("pk")[:50]
    return render(request, "automation/parts/macros_bar.html", {"macros": macros})


@require_POST
@staff()
def macro_undo(request: StaffRequest, public_id: UUID) -> HttpResponse:
    use = get_object_or_404(MacroUse.objects.select_related("macro"), public_id=public_id, made_by=request.user)
    outcome = operations.undo_macro(use=use, by=actor_of(request), at=clock.now())
    tell_undone(request, outcome.changed, outcome.left)
    return redirect(came_from(request))


def _edit(request: StaffRequest, row: Macro | None) -> HttpResponse:
    initial = initial_actions(row.name, row.unit, row.actions) if row else {}
    form = ActionForm(request.POST or None, user=request.user, units=units_where(request.user, MANAGE), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_macro(
                unit=form.cleaned_data["unit"], name=form.name, actions=form.actions(), macro=row, by=actor_of(request), at=clock.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            toast(request, _("The macro is saved."))
            return redirect("automation:macros")
    context = {"form": form, "row": row, "lines": labels.action_lines(row.actions) if row else []}
    return render(request, "automation/macro_edit.html", context, status=422 if form.is_bound else 200)


def _mine(request: StaffRequest, public_id: UUID) -> Macro:
    """A macro this person may change; those of units above are used, not changed."""
    row = get_object_or_404(Macro.objects.visible_to(request.user).select_related("unit").filter(closed_at=None), public_id=public_id)
    policy_for(Macro).require(actor_of(request), "manage", row, at=clock.now())
    return row
