"""Saved views of the list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from steward.core.org.queries import units_where
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.ui.inplace import answer_problems, go_to, problems_of, stays_open
from steward.ground.ui.toasts import toast

from .. import operations
from ..forms import ViewForm
from ..models import SavedView


@require_POST
@staff("cases.view")
@stays_open
def save(request: StaffRequest) -> HttpResponse:
    form = ViewForm(request.POST, units=units_where(request.user, "cases.steer"))
    if not form.is_valid():
        return answer_problems(request, problems_of(form), reverse("cases:list"))
    data = form.cleaned_data
    view = operations.save_view(name=data["name"], query=data["query"], unit=data["unit"], by=actor_of(request), at=clock.now())
    toast(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return go_to(request, f"{reverse('cases:list')}?{view.query}")


@require_POST
@staff("cases.view")
def remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    view = get_object_or_404(SavedView, public_id=public_id, owner=request.user, removed_at=None)
    operations.remove_view(view=view, by=actor_of(request), at=clock.now())
    toast(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("cases:list")
