"""Before anybody can sign in: the set-up code, and the organisation with its first person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.limits import client_of, limiter
from steward.ground.access.models import User
from steward.ground.worktime.forms import COMMON_ZONES

from ..codes import is_code
from ..errors import WrongCode
from ..forms import CodeForm, OrganisationForm
from ..operations import found_organisation
from ..plans import is_empty
from ..progress import STEPS, first_open

KEPT = "setup_code"
# Wrong codes by client. Guessing is hopeless anyway; the limit keeps the log readable and the server free.
LIMITS = ((5, timedelta(minutes=1)), (30, timedelta(hours=1)))


@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The door: asks for the code of an empty installation; later it leads to the first step that is open."""
    if not is_empty():
        return _later(request)
    if is_code(str(request.session.get(KEPT, ""))):
        return redirect("console:setup_organisation")
    given = request.POST.get("code") or request.GET.get("code") or ""
    if not given:
        return _ask(request)
    at = clock.now()
    counts = [(f"setup:{lasts.seconds}:{client_of(request)}", limit, lasts) for limit, lasts in LIMITS]
    if any(limiter.wait(key, limit=limit, lasts=lasts, at=at) for key, limit, lasts in counts):
        return _ask(request, _("Too many wrong codes. Wait a minute, then try again."), status=429)
    if not is_code(given):
        for key, limit, lasts in counts:
            limiter.take(key, limit=limit, lasts=lasts, at=at)
        return _ask(request, str(WrongCode()), status=403)
    request.session.cycle_key()
    request.session[KEPT] = given[:100]
    return redirect("console:setup_organisation")


@login_required
def _later(request: Any) -> HttpResponse:
    user: User = request.user
    if user.organisation is None or not user.access.may("org.manage", user.organisation):
        raise Http404
    return redirect(first_open(user, user.organisation))


def _ask(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    form = CodeForm()
    return render(request, "console/setup/code.html", {"form": form, "problem": problem}, status=status)


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """The first step. Whoever takes it is signed in as the organisation's manager and administrator."""
    if not is_empty():
        raise Http404
    code = str(request.session.get(KEPT, ""))
    if not is_code(code):
        return redirect("console:setup")
    form = OrganisationForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {name: data[name] for name in ("industry", "zone", "person", "username", "password")}
        try:
            user = found_organisation(code=code, name=form.name(), at=clock.now(), **given)
        except Refused as refused:
            problem = str(refused)
        else:
            return _signed_in(request, user)
    context = {"form": form, "problem": problem, "zones": COMMON_ZONES, "steps": [str(step.title) for step in STEPS]}
    return render(request, "console/setup/organisation.html", context, status=422 if form.is_bound else 200)


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    user.backend = settings.AUTHENTICATION_BACKENDS[0]  # whom login() asks about the session
    get_adapter(request).login(request, user)
    request.session.pop(KEPT, None)
    return redirect("console:setup_units")
