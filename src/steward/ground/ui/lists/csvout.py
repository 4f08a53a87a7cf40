"""CSV that spreadsheets read without running anything: a BOM for Chinese, and cells that would be formulas are made text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse

BOM = "\ufeff"
# What spreadsheets take for the start of a formula, also behind white space, and the full-width forms that some convert.
FORMULA_START = re.compile(r"^[\s\0]*[=+\-@＝＋－＠|%]|^[\t\r\n]")
PLAIN_NUMBER = re.compile(r"^[+-]?\d{1,15}([.,]\d+)?%?$")


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet runs. Numbers stay numbers; an apostrophe in front makes the rest text.

    >>> neutral("=HYPERLINK(1)"), neutral("-12.5"), neutral(-3), neutral("＋1+2")
    ("'=HYPERLINK(1)", '-12.5', -3, "'＋1+2")
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = str(value).replace("\0", "")
    return f"'{text}" if FORMULA_START.match(text) and not PLAIN_NUMBER.match(text) else text


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow([neutral(str(cell)) for cell in header])
    for row in rows:
        yield writer.writerow([neutral(cell) for cell in row])


def csv_response(name: str, header: Sequence[object], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Stream rows as a download; `name` may be Chinese.

    >>> csv_response("cases.csv", ["Number", "Title"], [["2026-1", "=1+1"]])  # doctest: +SKIP
    """
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    ascii_name = name.encode("ascii", "ignore").decode().replace('"', "") or "export.csv"
    response.headers["Content-Disposition"] = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
