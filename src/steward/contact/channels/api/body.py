"""Reading a request body strictly: JSON in UTF-8, no NaN, no name twice, no depths, no numbers beyond sense, no half characters."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.types import DictStrAny

from .problems import BodyTooLarge, MalformedBody, UnsupportedMedia

LIMIT = 256 * 1024
DEPTH = 20
DIGITS = 18
_MEDIA = re.compile(r"application/json\s*(;\s*charset\s*=\s*\"?utf-?8\"?\s*)?\Z", re.IGNORECASE)
_HALF = re.compile("[\ud800-\udfff]")


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> DictStrAny:
        return cast(DictStrAny, read_json(request.body))


def check_media(request: HttpRequest) -> None:
    """Refuse a body that is too large or says that it is no JSON, before it is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if length.isascii() and length.isdigit() and int(length) > LIMIT:
        raise BodyTooLarge(limit=LIMIT // 1024)
    if request.method in ("POST", "PATCH", "PUT") and not _MEDIA.match(str(request.META.get("CONTENT_TYPE", ""))):
        raise UnsupportedMedia()


def read_json(raw: bytes) -> Any:
    """The value, or MalformedBody with the reason."""
    if len(raw) > LIMIT:
        raise BodyTooLarge(limit=LIMIT // 1024)
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant, parse_int=_whole, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise MalformedBody(why=_("it is not UTF-8")) from None
    except RecursionError:
        raise MalformedBody(why=_("it is nested too deep")) from None
    except json.JSONDecodeError as error:
        raise MalformedBody(why=_("line %(line)s, column %(column)s") % {"line": error.lineno, "column": error.colno}) from None
    _check(value, DEPTH)
    return value


def _no_constant(name: str) -> Any:
    raise MalformedBody(why=_("%(name)s is no JSON number") % {"name": name})


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise MalformedBody(why=_("a number has too many digits"))
    return int(digits)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedBody(why=_("a name stands twice in one object"))
    return found


def _check(value: Any, depth: int) -> None:
    if depth < 0:
        raise MalformedBody(why=_("it is nested too deep"))
    if isinstance(value, str):
        if _HALF.search(value):
            raise MalformedBody(why=_("a text holds half a character"))
    elif isinstance(value, dict):
        for name, member in value.items():
            _check(name, depth - 1)
            _check(member, depth - 1)
    elif isinstance(value, list):
        for member in value:
            _check(member, depth - 1)
