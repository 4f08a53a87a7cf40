"""Where WeChat calls. Nobody is signed in here: the signature over the token is what counts, and no cookie plays a part."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.delivery.signed import BadSignature

from ...api import problems
from ..keys import secrets_of
from ..models import WechatAccount
from ..taking import take
from ..wire import Call, echo, read

BYTES = 256 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, key: str) -> HttpResponse:
    """GET: the account's page checks that the address is ours, before and after the account is switched on. POST: a message or an event."""
    body = request.read(BYTES + 1)
    if len(body) > BYTES:
        return problems.problem(413)
    account = WechatAccount.objects.select_related("unit").filter(key=key).first()
    if account is None or (request.method == "POST" and not account.enabled):
        return problems.problem(401, code="unauthorized")
    query, at = Call.of(request.GET), clock.now()
    try:
        if request.method == "GET":
            said = echo(account, secrets_of(account), query, at)
        else:
            take(account=account, came=read(account, secrets_of(account), query, body, at), at=at)
            said = "success"
    except BadSignature as wrong:
        WechatAccount.objects.filter(pk=account.pk).update(last_error=f"signature_{wrong.code}")
        return problems.problem(401, code=f"signature_{wrong.code}", detail=words_of(wrong.code))
    except Refused as refused:
        WechatAccount.objects.filter(pk=account.pk).update(last_error=str(refused)[:300])
        return problems.of_refusal(refused)
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def words_of(code: str) -> str:
    return {
        "missing": _("The signature is missing, or the message is not encrypted although an EncodingAESKey is set."),
        "wrong": _("The signature does not fit. Compare token, EncodingAESKey and id with the page of the account."),
        "old": _("The signature is too old, or the clocks differ. Check the clock of the machine that sends."),
    }.get(code.removeprefix("signature_"), code)
