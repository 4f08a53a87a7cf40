"""Typed requests and the actor behind one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from steward.ground.journal.actors import Actor

from .models import User

Params = ParamSpec("Params")
Response = TypeVar("Response", bound=HttpResponseBase)


class StaffRequest(HttpRequest):
    """A request of somebody signed in."""

    user: User
    htmx: HtmxDetails
    request_id: str


def inside(request: HttpRequest, address: str) -> str:
    """An address that a request names to go on to, if it is one of this house, else "": a path from the root, or a full address here.

    A bare word would be taken for the name of a page when it is redirected to.
    """
    here = f"{request.scheme}://{request.get_host()}/"
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith(("/", here)) else ""


def actor_of(request: HttpRequest) -> Actor:
    return Actor.staff(request.user, request=str(getattr(request, "request_id", "")))


def staff(
    capability: str = "",
) -> Callable[[Callable[Concatenate[StaffRequest, Params], Response]], Callable[..., Response]]:
    """View decorator: signed in, and, where a capability is named, held somewhere; otherwise the page does not exist for them (404)."""

    def decorate(view: Callable[Concatenate[StaffRequest, Params], Response]) -> Callable[..., Response]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
            person = cast(StaffRequest, request)
            access = person.user.access  # read once here, it answers every later question of this request
            if capability and not access.has(capability):
                raise Http404
            return view(person, *args, **kwargs)

        return cast(Callable[..., Response], login_required(wrapped))

    return decorate
