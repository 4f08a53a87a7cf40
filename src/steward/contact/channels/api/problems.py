"""Errors as RFC 9457 problem documents, in the language the client asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.ground.access.errors import Refused

MEDIA_TYPE = "application/problem+json"
TYPES = "https://steward.example/problems/"  # an identifier, not an address: nothing is fetched from it

TITLES: dict[int, Any] = {
    400: gettext_lazy("The request cannot be read"),
    401: gettext_lazy("A valid token is needed"),
    403: gettext_lazy("The token does not allow this"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("This method is not offered here"),
    409: gettext_lazy("Not possible in this state"),
    413: gettext_lazy("Too large"),
    415: gettext_lazy("Only JSON is understood"),
    422: gettext_lazy("The request is not as it should be"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong here"),
}
DETAILS: dict[int, Any] = {
    400: gettext_lazy("Check that the request is complete and well-formed, then send it again."),
    401: gettext_lazy("Send the header “Authorization: Bearer” with a token that is neither expired nor revoked."),
    403: gettext_lazy("Ask whoever issued the token for the scope or the unit that is needed."),
    404: gettext_lazy("There is nothing at this address that this token may see."),
    405: gettext_lazy("See the Allow header and the document at /api/v1/openapi.json."),
    413: gettext_lazy("Send it in parts."),
    415: gettext_lazy("Send the body as application/json in UTF-8."),
    422: gettext_lazy("The field errors say what to change."),
    500: gettext_lazy("It was noted. Try again later; the same Idempotency-Key is safe."),
}


class ApiRefused(Refused):
    """A refusal of the interface itself."""


class NeedsScope(ApiRefused):
    code = "needs_scope"
    message = gettext_lazy("The token lacks the scope %(scope)s.")
    status = 403


class MalformedBody(ApiRefused):
    code = "malformed_json"
    message = gettext_lazy("The body is no JSON that can be read: %(why)s.")
    status = 400


class UnsupportedMedia(ApiRefused):
    code = "unsupported_media_type"
    message = gettext_lazy("Send the body as application/json in UTF-8.")
    status = 415


class BodyTooLarge(ApiRefused):
    code = "request_too_large"
    message = gettext_lazy("The body is larger than %(limit)s KB.")
    status = 413


class KeyTwice(ApiRefused):
    code = "idempotency_key_reused"
    message = gettext_lazy("This Idempotency-Key came with another request before. Send a new key for a new request.")
    status = 422


class BadField(ApiRefused):
    """One field that names something the token cannot see or that does not fit; shown as a field error."""

    code = "invalid_field"
    message = gettext_lazy("%(field)s: %(why)s")
    status = 422


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """A problem document. code: what programs decide by; errors: one per field, with `field`, `code` and `detail`."""
    name = code or HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
    body: dict[str, Any] = {
        "type": f"{TYPES}{name}",
        "title": str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
        "detail": detail or str(DETAILS.get(status, "")),
        "code": name,
        "errors": [dict(error) for error in errors],
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    for header, value in (headers or {}).items():
        response.headers[header] = value
    return response


def of_refusal(refused: Refused) -> HttpResponse:
    errors = []
    if isinstance(refused, BadField):
        errors = [{"field": str(refused.params["field"]), "code": refused.code, "detail": str(refused.params["why"])}]
    headers = {"Retry-After": str(refused.params["seconds"])} if "seconds" in refused.params else {}
    return problem(refused.status, code=refused.code, detail=str(refused), errors=errors, headers=headers)


def of_validation(found: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """pydantic's findings as field errors; its sentences only where we have none of our own."""
    errors = []
    for error in found:
        place = [str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path", "header", "data", "filters")]
        errors.append({"field": ".".join(place)[:200], "code": str(error.get("type", "")), "detail": _sentence(error)})
    return problem(422, code="invalid", errors=errors)


def _sentence(error: Mapping[str, Any]) -> str:
    kind, context = str(error.get("type", "")), error.get("ctx") or {}
    plain = {
        "missing": _("This field is needed."),
        "extra_forbidden": _("There is no such field."),
        "string_type": _("This must be text."),
        "string_too_short": _("This is too short."),
        "string_pattern_mismatch": _("This does not have the right form."),
        "bool_type": _("This must be true or false."),
        "int_type": _("This must be a whole number."),
        "int_parsing": _("This must be a whole number."),
        "dict_type": _("This must be an object."),
        "model_attributes_type": _("This must be an object."),
        "no_control": _("This holds characters that no text has."),
    }
    if kind in plain:
        return plain[kind]
    if kind == "literal_error":
        return _("Choose one of: %(expected)s.") % {"expected": context.get("expected", "")}
    if kind == "string_too_long":
        return _("At most %(limit)s characters.") % {"limit": context.get("max_length", "")}
    if kind in ("greater_than_equal", "less_than_equal"):
        return _("The limit is %(limit)s.") % {"limit": context.get("ge", context.get("le", ""))}
    return str(error.get("msg", ""))


class ProblemMiddleware:
    """Around the whole interface: no cookie plays a part in it (so nobody's session can be ridden), and every error leaves as a problem."""

    def __init__(self, get_response: Any) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            answered: HttpResponse = self._get_response(request)
            return answered
        request.META.pop("HTTP_COOKIE", None)
        response: HttpResponse = self._get_response(request)
        if response.status_code >= 400 and not str(response.headers.get("Content-Type", "")).startswith(MEDIA_TYPE):
            kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
            with translation.override(translation.get_language_from_request(request)):
                response = problem(response.status_code, headers=kept)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
