"""Where providers post messages and receipts. Nobody is signed in here: the provider's signature is what counts, and no cookie plays a part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.delivery import signed

from ...api import problems
from ...phone.views.hooks import words_of
from ..keys import secrets_of
from ..manners import MANNERS
from ..models import SmsProvider
from ..taking import take_message, take_receipt

BYTES = 64 * 1024


@csrf_exempt
@require_POST
def incoming(request: HttpRequest, key: str) -> HttpResponse:
    def take(provider: SmsProvider, body: bytes) -> dict[str, Any]:
        came = MANNERS[provider.manner].incoming(provider, body)
        row, new = take_message(provider=provider, came=came, at=clock.now())
        return {"message": str(row.public_id), "new": new}

    return _taken(request, key, take)


@csrf_exempt
@require_POST
def receipts(request: HttpRequest, key: str) -> HttpResponse:
    def take(provider: SmsProvider, body: bytes) -> dict[str, Any]:
        receipt = MANNERS[provider.manner].receipt(provider, body)
        return {"noted": take_receipt(provider=provider, receipt=receipt, at=clock.now())}

    return _taken(request, key, take)


def _taken(request: HttpRequest, key: str, take: Callable[[SmsProvider, bytes], dict[str, Any]]) -> HttpResponse:
    body = request.read(BYTES + 1)
    if len(body) > BYTES:
        return problems.problem(413)
    provider = SmsProvider.objects.select_related("unit").filter(key=key, enabled=True).first()
    if provider is None:
        return problems.problem(401, code="unauthorized")
    # The address as the provider knows it, which its signature may cover: from the settings, never from the request.
    url = str(settings.STEWARD_PUBLIC_URL).rstrip("/") + request.path
    try:
        MANNERS[provider.manner].verify(provider, secrets_of(provider), request.headers, body, url=url, at=clock.now())
        found = take(provider, body)
    except signed.BadSignature as wrong:
        SmsProvider.objects.filter(pk=provider.pk).update(last_error=f"signature_{wrong.code}")
        return problems.problem(401, code=f"signature_{wrong.code}", detail=words_of(wrong))
    except Refused as refused:
        return problems.of_refusal(refused)
    if provider.manner == SmsProvider.Manner.TWILIO:
        return HttpResponse("<Response/>", content_type="text/xml")  # anything else would be read as an answer to send
    return JsonResponse(found, status=202)
