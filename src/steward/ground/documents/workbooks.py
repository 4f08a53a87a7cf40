"""Tables as XLSX: numbers stay numbers, dates stay dates, and no cell is ever a formula.

workbook([Sheet(_("Cases"), [SheetColumn(_("Number")), SheetColumn(_("Opened"))], rows), Sheet(_("Definitions"), ...)], made_at=at)
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from steward.ground.ui.lists import neutral

from .blocks import Text
from .texts import plain, width_of

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

Page = Any  # a write-only worksheet, of which the type stubs know less than half
Value = str | int | float | Decimal | bool | date | datetime | time | timedelta | None

FONT = "Microsoft YaHei"
HEADER_FILL, HEADER_INK = "FFE5EFF3", "FF1B2125"
# Excel's own limits.
LONGEST_NAME, LONGEST_TEXT, EXACT = 31, 32_767, 10**15
NARROWEST, WIDEST, SAMPLE = 8, 60, 200
DAY, MOMENT, CLOCK, SPAN = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm:ss"
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """format: Excel's number format, "0.0%" or "#,##0". width: in characters; None takes it from the first rows."""

    name: Text
    format: str = ""
    width: float | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. Aware moments are written in the zone of the workbook's made_at, because a spreadsheet knows no zones."""

    name: Text
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Value | Text]]


def workbook(sheets: Sequence[Sheet], *, made_at: datetime) -> bytes:
    """The sheets as XLSX, the same bytes for the same content. made_at: aware. Errors: ValueError for no sheet, or a row of another length."""
    from openpyxl import Workbook

    if not sheets:
        raise ValueError("A workbook needs at least one sheet.")
    if made_at.tzinfo is None:
        raise ValueError("A workbook needs an aware made_at.")
    book = Workbook(write_only=True)
    book.properties.creator = "Steward"
    book.properties.created = made_at.astimezone(UTC).replace(tzinfo=None)
    taken: set[str] = set()
    try:
        for sheet in sheets:
            _fill(book.create_sheet(_sheet_name(sheet.name, taken)), sheet, made_at)
    except Exception:
        for page in book.worksheets:
            page.close()  # openpyxl's half-written file
        raise
    raw = io.BytesIO()
    book.save(raw)
    return _settled(raw.getvalue(), made_at)


def _fill(page: Page, sheet: Sheet, made_at: datetime) -> None:
    from openpyxl.utils import get_column_letter

    rows = iter(sheet.rows)
    first = list(islice(rows, SAMPLE))
    page.freeze_panes = "A2"
    for place, column in enumerate(sheet.columns):
        page.column_dimensions[get_column_letter(place + 1)].width = _width(column, place, first)
    page.append(_header(page, sheet.columns))
    count = 1
    for cells in _rows(page, sheet, chain(first, rows), made_at):
        page.append(cells)
        count += 1
    if sheet.columns:
        page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"


def _header(page: Page, columns: Sequence[SheetColumn]) -> list[Cell]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    font, fill = Font(name=FONT, size=10, bold=True, color=HEADER_INK), PatternFill("solid", start_color=HEADER_FILL)
    border, alignment = Border(bottom=Side("thin", color=HEADER_INK)), Alignment(vertical="center", wrap_text=True)
    cells = [_text_cell(page, column.name) for column in columns]
    for cell in cells:
        cell.font, cell.fill, cell.border, cell.alignment = font, fill, border, alignment
    return cells


def _rows(page: Page, sheet: Sheet, rows: Iterable[Sequence[Value | Text]], made_at: datetime) -> Iterator[list[Cell | None]]:
    from openpyxl.styles import Alignment, Font

    font, top = Font(name=FONT, size=10), Alignment(vertical="top")
    for number, row in enumerate(rows):
        if len(row) != len(sheet.columns):
            raise ValueError(f"Row {number} of the sheet {str(sheet.name)!r} has {len(row)} cells for {len(sheet.columns)} columns.")
        cells = [_cell(page, value, column.format, made_at) for value, column in zip(row, sheet.columns, strict=True)]
        for cell in cells:
            if cell is not None:
                cell.font, cell.alignment = font, top
        yield cells


def _cell(page: Page, value: Value | Text, number_format: str, made_at: datetime) -> Cell | None:
    from openpyxl.cell import WriteOnlyCell

    kept, own_format = _typed(value, made_at)
    if kept is None:
        return None
    if isinstance(kept, str):
        return _text_cell(page, kept)
    cell = WriteOnlyCell(page, value=kept)
    if number_format or own_format:
        cell.number_format = number_format or own_format
    return cell


def _typed(value: Value | Text, made_at: datetime) -> tuple[Any, str]:
    """What the cell holds, and the format of its kind. A number that a spreadsheet would round (an account, a card) stays text."""
    if isinstance(value, datetime):
        local = value if value.tzinfo is None else value.astimezone(made_at.tzinfo).replace(tzinfo=None)
        return (local, MOMENT) if local.year >= 1900 else (local.isoformat(" "), "")
    if isinstance(value, date):
        return (value, DAY) if value.year >= 1900 else (value.isoformat(), "")
    if isinstance(value, time):
        return value, CLOCK
    if isinstance(value, timedelta):
        return value, SPAN
    if isinstance(value, bool) or value is None:
        return value, ""
    if isinstance(value, int):
        return (value, "") if abs(value) < EXACT else (str(value), "")
    if isinstance(value, float):
        return (value, "") if math.isfinite(value) else (None, "")
    if isinstance(value, Decimal):
        return (value, "") if value.is_finite() else (None, "")
    return value, ""


def _text_cell(page: Page, text: Text) -> Cell:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page)
    words = str(neutral(plain(text)))
    cell.value = words if len(words) <= LONGEST_TEXT else words[: LONGEST_TEXT - 1] + "…"
    # Whatever the text looks like, it is a text: no formula, no error value.
    cell.data_type = "s"
    return cell


def _width(column: SheetColumn, place: int, rows: Sequence[Sequence[Value | Text]]) -> float:
    if column.width is not None:
        return column.width
    widths = [width_of(column.name) + 3]  # room for the arrow of the filter
    widths += [width_of(str(row[place])[:WIDEST]) for row in rows if place < len(row) and row[place] is not None]
    return float(min(max(*widths, NARROWEST), WIDEST)) + 2


def _sheet_name(name: Text, taken: set[str]) -> str:
    """A name Excel accepts, and only once: 31 characters, none of its signs."""
    clean = _NOT_IN_NAMES.sub(" ", " ".join(plain(name).split())).strip(" '")[:LONGEST_NAME].rstrip(" '") or "Sheet"
    found, number = clean, 2
    while found.casefold() in taken or found.casefold() == "history":
        tail = f" {number}"
        found, number = clean[: LONGEST_NAME - len(tail)] + tail, number + 1
    taken.add(found.casefold())
    return found


def _settled(raw: bytes, made_at: datetime) -> bytes:
    """The same archive with one date on every part, so that the bytes depend on the content alone."""
    moment = made_at.astimezone(UTC)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp, content)
            part = zipfile.ZipInfo(name, (max(moment.year, 1980), moment.month, moment.day, moment.hour, moment.minute, moment.second))
            part.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(part, content)
    return out.getvalue()
