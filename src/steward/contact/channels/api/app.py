"""The interface as one django-ninja API: strict bodies, tokens, problems, and its OpenAPI document."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from steward.ground.access.errors import Refused
from steward.ground.journal.repeats import KeyReused

from . import problems
from .body import StrictParser, check_media
from .endpoints import router
from .figures import router as figures
from .gate import Caller, TokenAuth

logger = logging.getLogger(__name__)
PREFIX = "/api/v1"
ABOUT = "Cases, what was said in them, and the people behind them. Errors are RFC 9457 problem documents; lists have signed cursors."
SECURITY = {"TokenAuth": {"type": "http", "scheme": "bearer", "description": "A token from the settings: Authorization: Bearer stw_…"}}


class Auth(TokenAuth):
    """Who asks comes first; then whether the body can be read at all."""

    def __call__(self, request: HttpRequest) -> Any:
        caller: Caller | None = super().__call__(request)
        if caller is not None:
            check_media(request)
        return caller


api = NinjaAPI(
    title="Steward",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    openapi_url=None,  # ninja's own asks nobody; ours asks for a token
    docs_url=None,
    auth=Auth(),
    parser=StrictParser(),
)
api.add_router("", router)
api.add_router("", figures)


@api.get("/openapi.json", include_in_schema=False, url_name="openapi")
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document. Every answer from 400 on is a problem document."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    for methods in found["paths"].values():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    answer["content"] = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
                    answer["description"] = str(problems.TITLES.get(int(status), ""))
            operation["security"] = [{"TokenAuth": []}]
    found["components"]["securitySchemes"] = SECURITY
    return found


@api.exception_handler(Refused)
def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    return problems.of_refusal(error)


@api.exception_handler(KeyReused)
def _key_reused(request: HttpRequest, error: KeyReused) -> HttpResponse:
    return problems.of_refusal(problems.KeyTwice())


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.of_validation(error.errors)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problems.problem(401, code="unauthorized", headers={"WWW-Authenticate": 'Bearer realm="steward"'})


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return problems.of_refusal(cause) if isinstance(cause, Refused) else problems.problem(error.status_code)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problems.problem(404)


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("A request of the interface failed.")
    return problems.problem(500)


@csrf_exempt
def nowhere(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below /api/."""
    return problems.problem(404)
