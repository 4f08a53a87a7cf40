"""Where telephone systems post what happens. Nobody is signed in here: the signature over time and body is what counts,
and no cookie plays a part."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from steward.ground import clock
from steward.ground.access.errors import Refused
from steward.ground.delivery import signed

from ...api import problems
from .. import operations
from ..errors import BadEvent
from ..keys import secret_of
from ..models import Call, PhoneSystem
from ..taking import MACHINE, Heard, take_event

EVENTS_BYTES = 256 * 1024
AHEAD = timedelta(minutes=5)  # clocks of two machines are never quite the same
MEGA = 1024 * 1024


class EventIn(BaseModel):
    """One event. type `test` proves the way and makes no call."""

    model_config = ConfigDict(extra="ignore")
    id: str = Field(min_length=1, max_length=120)
    call: str = Field("", max_length=120)
    type: Literal["ringing", "answered", "held", "transferred", "missed", "ended", "test"]
    at: AwareDatetime
    direction: Literal["in", "out", ""] = ""
    number: str = Field("", max_length=40)
    extension: str = Field("", max_length=40)


@csrf_exempt
@require_POST
def events(request: HttpRequest, key: str) -> HttpResponse:
    """One event, or `{"events": [...]}`. 202 for what was new or came before; then nothing has to be sent again."""
    body = request.read(EVENTS_BYTES + 1)
    if len(body) > EVENTS_BYTES:
        return problems.problem(413)
    system = _system(key)
    if system is None:
        return problems.problem(401, code="unauthorized")
    try:
        found = receive(system, request.headers.get(signed.HEADER, ""), body, at=clock.now())
    except signed.BadSignature as wrong:
        return problems.problem(401, code=f"signature_{wrong.code}", detail=words_of(wrong))
    except Refused as refused:
        return problems.of_refusal(refused)
    return JsonResponse({"events": found}, status=202)


@csrf_exempt
@require_POST
def recording(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """The sound of a call as the plain body, signed like an event. `?name=` names the file."""
    system = _system(key)
    if system is None:
        return problems.problem(401, code="unauthorized")
    body = request.read(system.recording_max_mb * MEGA + 1)
    try:
        verify(system, request.headers.get(signed.HEADER, ""), body, at=clock.now())
        call = Call.objects.select_related("unit", "system").filter(system=system, ref=ref).first()
        if call is None:
            return problems.problem(404)
        name, note = request.GET.get("name", ""), request.GET.get("consent", "")
        file = operations.add_recording(call=call, upload=body, name=name, by=MACHINE, at=clock.now(), consent_note=note)
    except signed.BadSignature as wrong:
        return problems.problem(401, code=f"signature_{wrong.code}", detail=words_of(wrong))
    except Refused as refused:
        return problems.of_refusal(refused)
    return JsonResponse({"file": str(file.public_id), "bytes": file.size}, status=201)


def receive(system: PhoneSystem, header: str, body: bytes, *, at: datetime) -> list[dict[str, Any]]:
    """Check and take what a system posted. Raises BadSignature, SecretGone, BadEvent, EventReused."""
    verify(system, header, body, at=at)
    answered = []
    for event in _read(body, at):
        if event.type == "test":
            PhoneSystem.objects.filter(pk=system.pk).update(last_event_at=at, last_error="")
            answered.append({"id": event.id, "new": True})
            continue
        heard = Heard(event.id, event.call, event.type, event.at, event.direction, event.number, event.extension)
        call, new = take_event(system=system, heard=heard, at=at)
        answered.append({"id": event.id, "new": new, "call": str(call.public_id), "state": call.state})
    return answered


def verify(system: PhoneSystem, header: str, body: bytes, *, at: datetime) -> None:
    """Raises BadSignature, and keeps what was wrong for the settings page; SecretGone."""
    try:
        signed.check(secret_of(system), header, body, at=at, within=system.replay_seconds)
    except signed.BadSignature as wrong:
        PhoneSystem.objects.filter(pk=system.pk).update(last_error=f"signature_{wrong.code}")
        raise


def words_of(wrong: signed.BadSignature | str) -> str:
    code = wrong if isinstance(wrong, str) else wrong.code
    return {
        "missing": _("There is no signature of the form t=…,v1=… in the header Steward-Signature."),
        "wrong": _(
            "The signature does not fit the body. Sign exactly the bytes that are sent, with the secret shown when the connection was made."
        ),
        "old": _("The signature is too old, or the clocks differ. Check the clock of the machine that sends."),
    }.get(code.removeprefix("signature_"), code)


def _system(key: str) -> PhoneSystem | None:
    return PhoneSystem.objects.select_related("unit").filter(key=key, enabled=True).first()


def _read(body: bytes, at: datetime) -> Sequence[EventIn]:
    """Everything is read before anything is taken, so that a batch with a mistake in it changes nothing."""
    try:
        data = json.loads(body)
        rows = data["events"] if isinstance(data, dict) and "events" in data else [data]
        found = [EventIn.model_validate(row) for row in rows]
    except ValidationError as wrong:
        raise BadEvent(field=", ".join(".".join(map(str, error["loc"])) for error in wrong.errors()[:5]) or "?") from None
    except (ValueError, TypeError):
        raise BadEvent(field="JSON") from None
    for event in found:
        if event.type != "test" and not event.call.strip():
            raise BadEvent(field="call")
        if event.at > at + AHEAD:
            raise BadEvent(field="at")
    return found
