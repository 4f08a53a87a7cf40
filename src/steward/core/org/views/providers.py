"""The sign-in services of one's organisation: list, set up, change, try out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from steward.ground import clock
from steward.ground.access import oidc, providers
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import IdentityProvider, Unit
from steward.ground.ui.toasts import toast

from .. import forms


def _organisation(request: StaffRequest) -> Unit:
    organisation = request.user.organisation
    if organisation is None or not request.user.access.may(providers.RIGHT, organisation):
        raise Http404
    return organisation


@require_GET
@staff("access.secure")
def provider_list(request: StaffRequest) -> HttpResponse:
    rows = IdentityProvider.objects.filter(organisation=_organisation(request)).order_by("name", "pk")
    return render(request, "org/providers.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@staff("access.secure")
@fresh
def provider(request: StaffRequest, public_id: UUID | None = None) -> HttpResponseBase:
    """Set one up, or change it."""
    organisation = _organisation(request)
    row = get_object_or_404(IdentityProvider, public_id=public_id, organisation=organisation) if public_id else None
    form = forms.ProviderForm(request.POST or None, initial=forms.provider_values(row) if row else {"enabled": True})
    if request.method == "POST" and form.is_valid() and (saved := _saved(request, organisation, row, form)):
        toast(request, _("Saved. Enter the address to return to at the service, then try it out."))
        return redirect("org:provider", saved.public_id)
    back = request.build_absolute_uri(reverse("access:provider_back", args=[row.public_id])) if row else ""
    return render(request, "org/provider.html", {"form": form, "row": row, "back": back}, status=422 if form.errors else 200)


def _saved(request: StaffRequest, organisation: Unit, row: IdentityProvider | None, form: Any) -> IdentityProvider | None:
    values = dict(form.cleaned_data)
    secret, domains = values.pop("secret"), values["domains"].replace(",", " ").split()
    try:
        return providers.save_provider(
            organisation=organisation,
            values={**values, "domains": domains},
            provider=row,
            secret=secret,
            by=actor_of(request),
            at=clock.now(),
        )
    except Forbidden:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


@require_POST
@staff("access.secure")
@fresh
def provider_try(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    """Ask the service who it is, as signing in will. Whether the client and its secret are right, only signing in shows."""
    row = get_object_or_404(IdentityProvider, public_id=public_id, organisation=_organisation(request))
    try:
        oidc.discovered(row)
        providers.secret_of(row)
    except (oidc.Unfit, RequestException, ValueError, Refused) as fault:
        toast(
            request, _("The service did not answer as it should: %(fault)s") % {"fault": getattr(fault, "code", "") or fault}, tone="warn"
        )
    else:
        toast(request, _("The service answers and says it is this issuer. Now sign in with it once yourself."))
    return redirect("org:provider", public_id)
