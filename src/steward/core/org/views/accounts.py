"""Keeping accounts safe: sessions and second step of somebody else, which roles need it, and how the organisation signs in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from steward.ground import clock
from steward.ground.access import second_factor, sessions
from steward.ground.access.fresh import fresh
from steward.ground.access.http import StaffRequest, actor_of, staff
from steward.ground.access.models import Role, SignInRule
from steward.ground.access.operations import NeedsReason
from steward.ground.access.policies import policy_for
from steward.ground.access.providers import NoProvider
from steward.ground.access.signinrules import change_rule, rule_of
from steward.ground.ui.toasts import toast

from .. import forms, queries
from ..models import Staff


@require_POST
@staff("access.secure")
@fresh
def end_sessions(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    colleague, form = _person(request, public_id), forms.ReasonForm(request.POST, prefix="out")
    if not form.is_valid():
        raise NeedsReason()
    ended = sessions.end_all_of(user=colleague.user, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
    toast(request, _("Signed out everywhere.") if ended else _("Nothing was open."))
    return redirect("org:person", public_id)


@require_POST
@staff("access.secure")
@fresh
def reset_second_step(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    colleague, form = _person(request, public_id), forms.ReasonForm(request.POST, prefix="reset")
    if not form.is_valid():
        raise NeedsReason()
    gone = second_factor.reset(user=colleague.user, by=actor_of(request), at=clock.now(), reason=form.cleaned_data["reason"])
    toast(
        request, _("Reset. The password alone signs them in; ask them to set the second step up again.") if gone else _("There was none.")
    )
    return redirect("org:person", public_id)


@require_POST
@staff("access.secure")
@fresh
def demand_second_step(request: StaffRequest, public_id: UUID) -> HttpResponseBase:
    role = get_object_or_404(Role.objects.filter(policy_for(Role).visible(request.user, at=clock.now())), public_id=public_id)
    required = request.POST.get("required") == "yes"
    second_factor.demand(role=role, required=required, by=actor_of(request), at=clock.now())
    toast(request, _("Saved. It holds from the next page on."))
    return redirect("org:role", public_id)


@require_http_methods(["GET", "POST"])
@staff("access.secure")
@fresh
def sign_in_rule(request: StaffRequest) -> HttpResponseBase:
    """How people of one's organisation sign in."""
    organisation = request.user.organisation
    if organisation is None or not request.user.access.may("access.secure", organisation):
        raise Http404
    form = forms.SignInRuleForm(request.POST or None, initial=_rule_values(rule_of(organisation)))
    if request.method == "POST" and form.is_valid():
        try:
            change_rule(organisation=organisation, by=actor_of(request), at=clock.now(), **form.cleaned_data)
            toast(request, _("Saved. It holds from the next page on."))
            return redirect("org:sign_in_rule")
        except NoProvider as refusal:
            form.add_error("provider_only", str(refusal))
    roles = Role.objects.filter(organisation=organisation).order_by("pk")
    return _shown(request, {"form": form, "roles": roles})


def _rule_values(rule: SignInRule) -> dict[str, Any]:
    return {"confirm_minutes": rule.confirm_minutes, "provider_only": rule.provider_only}


def _shown(request: StaffRequest, context: dict[str, object]) -> HttpResponse:
    form = context["form"]
    return render(request, "org/sign_in_rule.html", context, status=422 if getattr(form, "errors", None) else 200)


def _person(request: StaffRequest, public_id: UUID) -> Staff:
    return get_object_or_404(queries.staff_seen(request.user, at=clock.now()), public_id=public_id)
