"""A list of people as pasted or uploaded: characters, columns, rows. What the words mean is worked out in plans.py."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .lexicon import COLUMNS, code_of
from .problems import Problem

MAX_BYTES = 1024 * 1024
MAX_PEOPLE = 300
NEEDED = ("name", "username", "unit", "role")
DELIMITERS = "\t,;，；"
WRONG = {
    "workbook": _("This is a spreadsheet file. Save it as CSV, or copy its cells and paste them here."),
    "characters": _("The characters of this file cannot be read. Save it as CSV in UTF-8 or GB18030."),
    "large": _("More than %(limit)d KB; a list of people is never that long."),
    "empty": _("There is nobody in this list."),
    "header": _("The first line names the columns. Missing: %(missing)s."),
    "column_twice": _("The column %(column)s stands there twice."),
    "many": _("%(count)d people are too many for one time; at most %(limit)d. Split the list: who is already here is left alone."),
    "columns": _("This line has %(found)d columns, the first line has %(expected)d."),
    "quotes": _("A quotation mark in this line is not closed."),
}
LABELS = {
    "name": _("Full name"),
    "username": _("Sign-in name"),
    "unit": _("Unit"),
    "role": _("Role"),
    "email": _("E-mail"),
    "ended": _("Last day"),
}


@dataclass(frozen=True)
class Row:
    """One person as typed. number: the line in the text. ended: the last day of somebody who leaves; the set-up takes nobody on who left."""

    number: int
    name: str
    username: str
    unit: str
    role: str
    email: str
    ended: str = ""


@dataclass(frozen=True)
class PeopleTable:
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def text_of(data: bytes) -> tuple[str, Problem | None]:
    """The text of an uploaded file: UTF-8 with or without a mark, UTF-16 with one, else GB18030."""
    if len(data) > MAX_BYTES:
        return "", Problem(0, WRONG["large"], {"limit": MAX_BYTES // 1024})
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "", Problem(0, WRONG["workbook"])
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, None
    return "", Problem(0, WRONG["characters"])


def read_people(text: str) -> PeopleTable:
    """The rows below the header; an empty line is nothing."""
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        return PeopleTable((), (Problem(0, WRONG["large"], {"limit": MAX_BYTES // 1024}),))
    try:
        typed = [(number, cells) for number, cells in _cells(text) if any(cell.strip() for cell in cells)]
    except csv.Error:
        return PeopleTable((), (Problem(0, WRONG["quotes"]),))
    if len(typed) < 2:
        return PeopleTable((), (Problem(0, WRONG["empty"]),))
    columns, problems = _columns(typed[0][1])
    if problems:
        return PeopleTable((), tuple(problems))
    if len(typed) - 1 > MAX_PEOPLE:
        return PeopleTable((), (Problem(0, WRONG["many"], {"count": len(typed) - 1, "limit": MAX_PEOPLE}),))
    return _rows(typed[1:], columns, width=len(typed[0][1]))


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins in; the delimiter is the one that the first line uses most."""
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num


def _columns(header: list[str]) -> tuple[dict[str, int], list[Problem]]:
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for position, words in enumerate(header):
        code = code_of(COLUMNS, words.strip().rstrip("*＊"))
        if code and code in found:
            problems.append(Problem(1, WRONG["column_twice"], {"column": words.strip()}))
        elif code:
            found[code] = position
    missing = [str(LABELS[code]) for code in NEEDED if code not in found]
    if missing:
        problems.append(Problem(1, WRONG["header"], {"missing": ", ".join(missing)}))
    return found, problems


def _rows(typed: list[tuple[int, list[str]]], columns: dict[str, int], *, width: int) -> PeopleTable:
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, cells in typed:
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            problems.append(Problem(number, WRONG["columns"], {"found": len(cells), "expected": width}))
            continue
        values = {code: cells[position].strip() if position < len(cells) else "" for code, position in columns.items()}
        rows.append(
            Row(
                number, values["name"], values["username"], values["unit"], values["role"], values.get("email", ""), values.get("ended", "")
            )
        )
    return PeopleTable(tuple(rows), tuple(problems))
