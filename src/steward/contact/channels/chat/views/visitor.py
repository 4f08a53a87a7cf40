"""What stands on foreign pages: the script that adds the button, the page in the frame, and what that page asks.

Nobody is signed in here. The visitor's token comes in a header that the page in the frame sets from its own storage. Where a browser gives a
frame no storage, a cookie of the frame and the page around it alone (Partitioned) brings it, and is believed only together with that header,
which no form of a foreign site can set.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steward.core.customers.identities import BadIdentity
from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.access.limits import client_of, limiter
from steward.ground.files import serving
from steward.ground.files.models import FileRef
from steward.ground.journal.repeats import KeyReused
from steward.ground.ui import assets
from steward.ground.ui.live import total
from steward.ground.ui.place import set_place

from ... import operations as channels
from ...errors import FormTooBusy, LeaveEmpty, TooMany
from ...jobs import address_of
from ...models import TrackingLink
from ...queries import public_messages
from .. import talking
from ..errors import ChatClosed, ChatEnded
from ..forms import LeaveForm, OpeningForm, WordForm
from ..hours import answers_now, back_at
from ..life import ACTOR
from ..models import ChatSite, Conversation
from ..queries import conversation_of, place_of, site_at, words_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SEEN_EVERY = timedelta(seconds=20)
FILES_OPEN = timedelta(hours=12)
SALT = "channels.chat.file"
COOKIE = "steward_chat"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
Visited = Callable[..., HttpResponse]


def visited(view: Visited) -> Visited:
    """The chat behind a key, in the reader's language; never kept, never found by search engines, framed only by the pages it is for."""

    @wraps(view)
    def wrapped(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        site = site_at(key)
        if site is None:
            raise Http404
        wanted = request.GET.get("lang", "")[:2].lower()
        with translation.override(LANGUAGES.get(wanted) or translation.get_language()):
            try:
                response = view(request, site, **kwargs)
            except Refused as refused:
                response = _no(refused)
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            response._csp_replace = {"frame-ancestors": site.origins or ["'none'"]}  # type: ignore[attr-defined]  # read by django-csp
            return response

    # The token in a header is what a request is believed for; a form of a foreign page cannot set one.
    return cast(Visited, csrf_exempt(xframe_options_exempt(wrapped)))


def talked(view: Visited) -> Visited:
    """The conversation behind the token in the header; wrong, erased and never given are one answer."""

    @wraps(view)
    def wrapped(request: HttpRequest, site: ChatSite, **kwargs: Any) -> HttpResponse:
        conversation = conversation_of(site, _token(request))
        if conversation is None and request.headers.get("X-Chat-Token") == "-" and request.method == "GET":
            return JsonResponse({"code": "none"})  # a page that only asks whether a cookie brought something: no fault to log
        if conversation is None:
            return JsonResponse({"code": "unknown", "message": _("This conversation is no longer here.")}, status=404)
        return view(request, conversation, **kwargs)

    return visited(wrapped)


@require_GET
def widget(request: HttpRequest, key: str) -> HttpResponse:
    """The one script tag of a foreign page: our built file with the words of the button. Nothing of the page or of the reader is sent."""
    site = site_at(key)
    if site is None:
        raise Http404
    file = assets.DIST / "chat-widget.js"
    body = "/* The chat is switched off. */"
    if site.enabled and file.is_file():
        words = {}
        for short, code in LANGUAGES.items():
            with translation.override(code):
                words[short] = {"open": _("Chat with us"), "close": _("Close the chat"), "title": _("Chat"), "unread": _("New answer")}
        body = f"(function(chat){{{file.read_text(encoding='utf-8')}}})({json.dumps(words)});"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_GET
@visited
def frame(request: HttpRequest, site: ChatSite) -> HttpResponse:
    """The page in the frame: the conversation while somebody answers, else the form."""
    if not site.enabled:
        raise Http404
    at = clock.now()
    here = answers_now(site, at)
    context = {"here": here, "form": OpeningForm(auto_id="open_%s"), "leave": LeaveForm(auto_id="leave_%s"), "back": back_at(site, at)}
    response = render(request, "channels/chat/frame.html", _shown(request, site) | context)
    if "new" in request.GET:
        _keep(response, site, "", "; Max-Age=0")
    return response


@require_POST
@visited
def start(request: HttpRequest, site: ChatSite) -> HttpResponse:
    """The first words. The token was made in the browser, so that asking again after a drop finds the same conversation."""
    token, at = request.headers.get("X-Chat-Token", ""), clock.now()
    form = OpeningForm(request.POST, auto_id="open_%s")
    if not talking.TOKEN.match(token) or not form.is_valid():
        return _wrong(form)
    if form.cleaned_data["website"]:
        raise LeaveEmpty()
    if conversation_of(site, token) is None:
        _count(request, site, at)
    try:
        conversation, _new = talking.start(site=site, opening=_opening(form.cleaned_data), token=token, at=at)
    except BadIdentity:
        form.add_error("contact", _("This is neither a telephone number nor an e-mail address. Please check it."))
        return _wrong(form)
    response = JsonResponse({"started": conversation.started_at.isoformat()}, status=201)
    _keep(response, site, token)
    return response


@require_http_methods(["GET", "POST"])
@visited
def leave(request: HttpRequest, site: ChatSite) -> HttpResponse:
    """Words for later. Works without a script; everything typed stays when something is wrong."""
    form = LeaveForm(request.POST or None, request.FILES or None, auto_id="leave_%s")
    at = clock.now()
    context = _shown(request, site) | {"leave": form, "back": back_at(site, at), "here": False}
    if request.method == "GET" or not form.is_valid():
        return render(request, "channels/chat/leave.html", context, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    try:
        if data["website"]:
            raise LeaveEmpty()
        _count(request, site, at)
        case, _new = talking.leave_word(site=site, opening=_opening(data), key=data["key"], at=at, attachment=data["attachment"])
    except (Refused, KeyReused) as refused:
        said = str(refused) if isinstance(refused, Refused) else _("This page was sent before with other words. Open it anew, please.")
        form.add_error(None, said)
        return render(request, "channels/chat/leave.html", context, status=getattr(refused, "status", 422))
    _link, secret = channels.issue_link(case=case, way=TrackingLink.Way.FORM, by=ACTOR, at=at)
    return render(request, "channels/chat/left.html", context | {"case": case, "address": address_of(secret)})


@require_GET
@talked
def news(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """204 while nothing changed since `v`, else everything that was said and how it stands."""
    at = clock.now()
    if at - conversation.seen_at > SEEN_EVERY and conversation.ended_at is None:
        Conversation.objects.filter(pk=conversation.pk, ended_at=None).update(seen_at=at)
    case = conversation.case
    keys = [f"case:{case.pk}"] + ([f"unit:{case.unit_id}:cases"] if case.assignee_id is None else [])
    version = f"{len(keys)}.{total(keys)}.{conversation.how}"  # before the words are read, so that nothing falls between
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    set_place(request, case.unit)
    ended = conversation.ended_at is not None or case.is_finished
    words = words_of(conversation, case)
    answered = any(not word.mine and not word.message.automatic for word in words)
    context = {
        "conversation": conversation, "case": case, "ended": ended, "answered": answered, "unit": case.unit,
        "place": place_of(conversation) if not ended and case.assignee_id is None else 0,
    }  # fmt: skip
    html = [render_to_string("channels/chat/parts/word.html", _word(conversation, word), request) for word in words]
    status = render_to_string("channels/chat/parts/status.html", context, request)
    ids = [str(word.message.public_id) for word in words]
    mine = [word.mine for word in words]
    return JsonResponse({"v": version, "ended": ended, "status": status, "words": list(zip(ids, mine, html, strict=True))})


@require_POST
@talked
def word(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """One word, or a file, of the visitor."""
    form, at, site = WordForm(request.POST, request.FILES), clock.now(), conversation.site
    if not form.is_valid():
        return _wrong(form)
    data = form.cleaned_data
    wait = limiter.take(f"chat:word:{conversation.pk}", limit=site.per_minute, lasts=MINUTE, at=at)
    if not wait and data["attachment"]:
        wait = limiter.take(f"chat:file:{conversation.pk}", limit=site.files_per_hour, lasts=HOUR, at=at)
    if wait:
        raise TooMany(seconds=wait)
    try:
        talking.say(conversation=conversation, body=data["body"], key=data["key"], at=at, attachment=data["attachment"])
    except KeyReused:
        form.add_error(None, _("This page was sent before with other words. Open it anew, please."))
        return _wrong(form)
    return HttpResponse(status=204)


@require_POST
@talked
def end(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    talking.leave(conversation=conversation, at=clock.now())
    return HttpResponse(status=204)


@require_POST
@talked
def transcript(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    at = clock.now()
    wait = limiter.take(f"chat:mail:{client_of(request)}", limit=conversation.site.per_address, lasts=HOUR, at=at)
    if wait:
        raise TooMany(seconds=wait)
    talking.send_transcript(conversation=conversation, address=request.POST.get("address", "")[:254], at=at)
    return JsonResponse({"message": _("The transcript is on its way.")})


@require_GET
@visited
def file(request: HttpRequest, site: ChatSite, public_id: UUID) -> HttpResponse:
    """A file of a word, by an address that the page of the conversation was given: a picture cannot send a header."""
    try:
        pk = TimestampSigner(salt=SALT).unsign_object(request.GET.get("s", ""), max_age=FILES_OPEN)["c"]
    except (BadSignature, KeyError, TypeError):
        raise Http404 from None
    conversation = Conversation.objects.select_related("case").filter(pk=pk, site=site).exclude(digest="").first()
    if conversation is None:
        raise Http404
    ids = public_messages(conversation.case).values("pk")
    row = (
        FileRef.objects.kept().select_related("blob").filter(public_id=public_id, subject_type="cases.message", subject_id__in=ids).first()
    )
    if row is None:
        raise Http404
    return cast(HttpResponse, serving.respond(row, download="download" in request.GET))


def _token(request: HttpRequest) -> str:
    """Of the header; "-" there stands for the cookie. Without the header nothing is believed."""
    given = request.headers.get("X-Chat-Token", "")
    return str(request.COOKIES.get(COOKIE, "")) if given == "-" else given


def _keep(response: HttpResponse, site: ChatSite, token: str, more: str = "") -> None:
    """Written by hand: neither Django nor this Python know `Partitioned`. Over plain HTTP a browser drops it, and its own storage has to do."""
    path = reverse("channels:chat_frame", args=[site.key])
    response.headers["Set-Cookie"] = f"{COOKIE}={token}; Path={path}; HttpOnly; Secure; SameSite=None; Partitioned{more}"


def _word(conversation: Conversation, word: Any) -> dict[str, Any]:
    signed = TimestampSigner(salt=SALT).sign_object({"c": conversation.pk})
    files = [
        (row, f"{reverse('channels:chat_file', args=[conversation.site.key, row.public_id])}?s={signed}", row.type.startswith("image/"))
        for row in word.files
    ]
    said = word.message.at.astimezone(conversation.case.unit.timezone)
    return {"word": word, "files": files, "time": f"{said:%H:%M}"}


def _opening(data: dict[str, Any]) -> talking.Opening:
    contact = data["contact"]
    return talking.Opening(
        body=data["body"],
        name=data["name"],
        phone=contact if contact and "@" not in contact else "",
        email=contact if "@" in contact else "",
        may_contact=data["may_contact"],
        language=translation.get_language() or "zh-hans",
    )


def _count(request: HttpRequest, site: ChatSite, at: Any) -> None:
    """Raises TooMany, FormTooBusy."""
    wait = limiter.take(f"chat:{site.pk}:{client_of(request)}", limit=site.per_address, lasts=HOUR, at=at)
    if wait:
        raise TooMany(seconds=wait)
    if limiter.take(f"chat:{site.pk}", limit=site.per_hour, lasts=HOUR, at=at):
        raise FormTooBusy()


def _shown(request: HttpRequest, site: ChatSite) -> dict[str, Any]:
    short = "en" if (translation.get_language() or "").startswith("en") else "zh"
    other = "zh" if short == "en" else "en"
    set_place(request, site.queue)
    return {
        "site": site, "unit": site.queue, "brand": str(site.unit.lineage[-1].name), "words": frame_words(), "lang": short, "other": other,
        "other_name": translation.get_language_info(LANGUAGES[other])["name_local"], "attachment_limit": int(settings.STEWARD_MAX_UPLOAD_BYTES),
    }  # fmt: skip


def frame_words() -> dict[str, str]:
    """What the script in the frame says."""
    return {
        "sending": _("Not sent yet; it goes out when the connection is back."),
        "offline": _("No connection. What you write is kept here and sent as soon as it is back."),
        "back": _("The connection is back."),
        "failed": _("It could not be sent. Nothing you typed is lost; please try again."),
        "too_large": _("This file is too large. Choose a smaller one, please."),
        "empty": _("Write something, or choose a file."),
        "new": _("New answer"),
    }


def _no(refused: Refused) -> HttpResponse:
    closed = isinstance(refused, ChatClosed | ChatEnded)
    return JsonResponse({"code": refused.code, "message": str(refused), "stop": closed}, status=refused.status)


def _wrong(form: Any) -> HttpResponse:
    fields = {name: " ".join(str(error) for error in errors) for name, errors in form.errors.items()}
    return JsonResponse(
        {"code": "form", "message": " ".join(fields.values()) or _("Please look at what you filled in."), "fields": fields}, status=422
    )
