"""Sensitive acts ask once more who is there, when the sign-in or the last confirmation is long ago: exports, revealing, work on people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from steward.ground import clock

from .models import SignInRule, User

CONFIRMED = "steward_confirmed"
DEFAULT_MINUTES = SignInRule._meta.get_field("confirm_minutes").default


def mark(request: HttpRequest, *, at: datetime) -> None:
    """The person has just shown who they are."""
    request.session[CONFIRMED] = at.timestamp()


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    user = request.user
    minutes: int = DEFAULT_MINUTES
    if isinstance(user, User):
        found = SignInRule.objects.filter(organisation_id=user.organisation_id).values_list("confirm_minutes", flat=True).first()
        minutes = DEFAULT_MINUTES if found is None else found
    return bool(at.timestamp() - float(request.session.get(CONFIRMED, 0)) <= minutes * 60)


def require_fresh(request: HttpRequest, *, at: datetime) -> None:
    """Raises ReauthenticationRequired: the person confirms, and what was asked for goes on, with what was typed."""
    user = request.user
    if isinstance(user, User) and not is_fresh(request, at=at) and get_adapter().get_reauthentication_methods(user):
        raise ReauthenticationRequired()


def fresh(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """View decorator, below `staff()`: who may not see the page is told so before anybody is asked for a password."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_fresh(request, at=clock.now())
        return view(request, *args, **kwargs)

    return wrapped


def send_to_confirm(request: HttpRequest) -> HttpResponse:
    """For htmx, which would put the page of the question into a corner of the page: the whole page goes there, and comes back to where it was."""
    now = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{now.path}?{now.query}" if now.query else now.path
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return HttpResponse(status=204, headers={"HX-Redirect": f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"})
