"""The public form and the tracking page. Nobody is signed in here: what may be done hangs from the form or from the link alone, so a foreign
site could ride on nothing, and the pages work without cookies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django import forms as django_forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.cases.details import asked, given_in
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.limits import client_of, limiter
from steward.ground.access.models import Unit
from steward.ground.files import serving
from steward.ground.files.errors import FileRefused
from steward.ground.files.models import FileRef
from steward.ground.journal.repeats import KeyReused
from steward.ground.ui.inplace import go_to
from steward.ground.ui.place import set_place

from .. import operations as channels
from ..errors import FormTooBusy, LeaveEmpty, TooMany
from ..jobs import address_of
from ..models import PublicForm, TrackingLink
from ..operations.receiving import ACTOR
from ..queries import followed, form_at, form_of, logo_named, logo_of, public_messages, services_on, tracked
from .forms import FileForm, ReplyForm, VerdictForm, WithdrawForm, WordForm, new_key

HOUR = timedelta(hours=1)
Followed = Callable[..., HttpResponse]  # request, link, token, and what the address names


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Not kept by browsers or proxies, not found by search engines."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return cast(Callable[..., HttpResponse], csrf_exempt(wrapped))


@private
@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, word: str) -> HttpResponse:
    """Write to a unit. What is wrong is said beside its field, and everything typed stays."""
    shown = form_at(word)
    if shown is None:
        raise Http404
    services = services_on(shown)
    bound = WordForm(request.POST, request.FILES, services=services) if request.method == "POST" else None
    status = 200
    if bound is not None and bound.is_valid():
        try:
            return _receive(request, shown, bound)
        except (Refused, KeyReused) as refused:
            _tell(bound, refused)
            status = refused.status if isinstance(refused, Refused) and not isinstance(refused, FileRefused) else 422
    elif bound is not None:
        status = 422
    # In place the chosen file stays in its field; a whole new page forgets it.
    chosen = bool(bound is not None and bound.errors and request.FILES and not _in_place(request))
    details = asked([shown.unit], request.POST, public=True)
    context = {"form": bound or WordForm(services=services), "shown": shown, "chosen": chosen, "details": details}
    context["attachment_limit"] = _largest_file()
    return _again(request, "channels/form.html", context | _look(request, shown.unit, shown), status)


def _tell(bound: django_forms.Form, refused: Refused | KeyReused) -> None:
    """Say on the form why it was refused; what is wrong with a file stands beside the file."""
    if isinstance(refused, FileRefused) and isinstance(bound, FileForm):
        bound.refuse_file(str(refused))
    elif isinstance(refused, Refused):
        bound.add_error(None, str(refused))
    else:
        bound.add_error(None, _("This page was sent before with other words. Open it anew, please."))


def _in_place(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _again(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """A page with a form on it. What is wrong is swapped in only as 422; with any other status a script would keep the old page."""
    return render(request, template, context, status=422 if status >= 400 and _in_place(request) else status)


def _largest_file() -> int:
    return int(settings.STEWARD_MAX_UPLOAD_BYTES)


def _receive(request: HttpRequest, shown: PublicForm, bound: WordForm) -> HttpResponse:
    data, at = bound.cleaned_data, clock.now()
    if data["website"]:
        raise LeaveEmpty()
    wait = limiter.take(f"form:{shown.pk}:{client_of(request)}", limit=int(settings.STEWARD_FORM_PER_ADDRESS), lasts=HOUR, at=at)
    if wait:
        raise TooMany(seconds=wait)
    if limiter.take(f"form:{shown.pk}", limit=int(settings.STEWARD_FORM_PER_HOUR), lasts=HOUR, at=at):
        raise FormTooBusy()
    fields = ("title", "body", "service", "name", "phone", "email", "may_contact", "attachment")
    word = channels.Word(**{field: data[field] for field in fields}, details=given_in(request.POST, public=True))
    case, _new = channels.receive_word(form=shown, word=word, key=data["key"], at=at)
    _link, token = channels.issue_link(case=case, way=TrackingLink.Way.FORM, by=ACTOR, at=at)
    return go_to(request, reverse("channels:received", args=[token]))


def _follow(view: Followed) -> Callable[..., HttpResponse]:
    """Find the case behind a token. Wrong, expired, ended and never issued are one and the same answer."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        link = channels.find_link(token, at=clock.now())
        if link is None:
            return render(request, "channels/gone.html", status=404)
        return view(request, link, token, **kwargs)

    return private(wrapped)


@require_GET
@_follow
def received(request: HttpRequest, link: TrackingLink, token: str) -> HttpResponse:
    case = followed(link.case)
    context = {"case": case, "token": token, "address": address_of(token), "page": tracked(link, at=clock.now()), "link": link}
    return render(request, "channels/received.html", context | _look(request, case.unit))


@require_GET
@_follow
def track(request: HttpRequest, link: TrackingLink, token: str) -> HttpResponse:
    return _page(request, link, token)


def _page(request: HttpRequest, link: TrackingLink, token: str, status: int = 200, **forms: django_forms.Form) -> HttpResponse:
    page = tracked(link, at=clock.now())
    shown: dict[str, Any] = {
        "reply_form": ReplyForm(initial={"key": new_key()}, auto_id="reply_%s"),
        "withdraw_form": WithdrawForm(initial={"key": new_key()}, auto_id="withdraw_%s"),
        "verdict_form": VerdictForm(initial={"key": new_key()}, auto_id="verdict_%s"),
        **forms,
    }
    context = {
        "case": page.case,
        "page": page,
        "token": token,
        "link": link,
        "at": clock.now(),
        "attachment_limit": _largest_file(),
        **shown,
    }
    return _again(request, "channels/track.html", context | _look(request, page.case.unit), status)


def _act(
    name: str, make: Callable[[HttpRequest], django_forms.Form], act: Callable[[TrackingLink, dict[str, Any]], object]
) -> Callable[..., HttpResponse]:
    """A POST of the tracking page: validate, act, back to the page; what is wrong keeps what was typed."""

    def view(request: HttpRequest, link: TrackingLink, token: str) -> HttpResponse:
        bound = make(request)
        wait = limiter.take(f"track:{link.pk}", limit=int(settings.STEWARD_FORM_PER_ADDRESS) * 3, lasts=HOUR, at=clock.now())
        if wait:
            bound.add_error(None, str(TooMany(seconds=wait)))
            return _page(request, link, token, 429, **{name: bound})
        if bound.is_valid():
            try:
                act(link, bound.cleaned_data)
            except (Refused, KeyReused) as refused:
                _tell(bound, refused)
            else:
                return go_to(request, reverse("channels:track", args=[token]))
        return _page(request, link, token, 422, **{name: bound})

    return require_POST(_follow(view))


def _add_word(link: TrackingLink, data: dict[str, Any]) -> None:
    channels.add_word(link=link, body=data["body"], attachment=data["attachment"], key=data["key"], at=clock.now())


def _withdraw(link: TrackingLink, data: dict[str, Any]) -> None:
    channels.withdraw(link=link, words=data["words"], key=data["key"], at=clock.now())


def _give_verdict(link: TrackingLink, data: dict[str, Any]) -> None:
    channels.give_verdict(link=link, solved=data["solved"] == "yes", words=data["words"], key=data["key"], at=clock.now())


@require_GET
@_follow
def file(request: HttpRequest, link: TrackingLink, token: str, public_id: UUID) -> HttpResponse:
    """A file of a word that the person may read."""
    case = followed(link.case)
    ids = public_messages(case).values("pk")
    row = (
        FileRef.objects.kept().select_related("blob").filter(public_id=public_id, subject_type="cases.message", subject_id__in=ids).first()
    )
    if row is None:
        return render(request, "channels/gone.html", status=404)
    return cast(HttpResponse, serving.respond(row, download="download" in request.GET))


@require_GET
def logo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The picture at the head of public pages. A new one has a new address, so a telephone need not ask again."""
    row = logo_named(public_id)
    if row is None:
        raise Http404
    response = cast(HttpResponse, serving.respond(row))
    response.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return response


def _look(request: HttpRequest, unit: Unit, shown: PublicForm | None = None) -> dict[str, Any]:
    """The words of the unit's trade, its name and its colour."""
    place = set_place(request, unit)
    look, logo = shown or form_of(unit), logo_of(unit)
    address = reverse("channels:logo", args=[logo.public_id]) if logo else ""
    brand = {"name": str(unit.lineage[-1].name), "colour": look.colour if look else "", "logo_url": address}
    return {"unit": unit, "place": place, "brand": brand}


word = _act("reply_form", lambda request: ReplyForm(request.POST, request.FILES, auto_id="reply_%s"), _add_word)
withdrawal = _act("withdraw_form", lambda request: WithdrawForm(request.POST, auto_id="withdraw_%s"), _withdraw)
verdict = _act("verdict_form", lambda request: VerdictForm(request.POST, auto_id="verdict_%s"), _give_verdict)
