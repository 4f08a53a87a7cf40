"""Processes as files: BPMN 2.0 and our own JSON, out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..controlled.errors import InvalidContent
from ..controlled.kinds import Problem
from . import kind, words
from .bpmn import MOST_BYTES, InvalidBpmn, Warned, read_bpmn, write_bpmn
from .flow import content_of, flow_of

FORMAT = "steward-process-1"


def to_bpmn(content: Mapping[str, Any], *, name: str) -> bytes:
    return write_bpmn(flow_of(content), name=name, language=kind.language())


def to_json(content: Mapping[str, Any]) -> bytes:
    return json.dumps({"format": FORMAT, **content}, ensure_ascii=False, indent=2).encode()


def read_file(data: bytes, *, roles: Mapping[str, str]) -> tuple[dict[str, Any], Sequence[Warned]]:
    """A content from BPMN or our JSON, by what it begins with, and what was not kept. roles: names by code. Raises InvalidContent."""
    if len(data) > MOST_BYTES:
        raise _invalid("too_large")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        try:
            return kind.clean(json.loads(data)), []
        except (ValueError, RecursionError):
            raise _invalid("not_json") from None
    try:
        flow, warned = read_bpmn(data, language=kind.language(), roles={name: code for code, name in roles.items()})
    except InvalidBpmn as error:
        raise _invalid(error.code) from error
    return kind.clean({"purpose": {}, **content_of(flow)}), warned


def _invalid(code: str) -> InvalidContent:
    return InvalidContent([Problem(code, words.wrong_words(code))])
