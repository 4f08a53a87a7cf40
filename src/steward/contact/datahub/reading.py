"""Files as tables: CSV in any usual encoding, XLSX, or a ZIP with one CSV in it. Nothing is guessed in silence: what was found is told.

A table is read twice: `survey` looks at all of it (characters, columns, rows) before anything is loaded, `rows` reads it again row by row.
"""

from __future__ import annotations

import csv
import io
import zipfile
from codecs import getincrementaldecoder
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from .errors import Broken, CellTooLarge, EmptyFile, NotATable, RowFault, SeveralSheets, TooLarge, UnknownEncoding, UnknownSheet
from .mapping import Mapping

MEGA = 1024 * 1024
MAX_BYTES = 512 * MEGA
MAX_XLSX_BYTES = 256 * MEGA
MAX_MEMBERS = 2000
MAX_CELL = 100_000
# A quotation mark that is never closed swallows the rest of the file; no honest cell is this long.
MAX_FIELD = 32 * MEGA
CHUNK = 1024 * 1024
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
csv.field_size_limit(MAX_FIELD)


@dataclass(frozen=True, slots=True)
class Words:
    """One word of a conversation as an export tells it. key: its number there; at: as written.

    public: whether the other side could read it; what does not say so is internal. inbound: somebody outside wrote it.
    author, email: who wrote it; requester: that was the person of the ticket. files: names of what was attached.
    """

    key: str
    at: str
    body: str
    public: bool = False
    inbound: bool = False
    requester: bool = False
    author: str = ""
    email: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file. number: as a spreadsheet counts it, the names of the columns being row 1. fault: why it cannot be read.

    said, states: conversation and history (state and instant, as written), where a ticket of another desk brings them.
    """

    number: int
    cells: Sequence[str]
    fault: RowFault | None = None
    said: Sequence[Words] = ()
    states: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Survey:
    """What a whole look at the file found. encoding: empty for XLSX; sheet: empty for CSV."""

    header: list[str]
    rows: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


class Table:
    """A file on disk with the settings of its mapping. `name` tells CSV from XLSX where the bytes leave it open."""

    def __init__(self, path: Path, mapping: Mapping | None = None) -> None:
        self.path = path
        settings = mapping.file if mapping else {}
        self._encoding = str(settings.get("encoding", "auto"))
        self._delimiter = str(settings.get("delimiter", "auto"))
        self._sheet = str(settings.get("sheet", ""))

    def survey(self) -> Survey:
        """Read the whole file once. Raises the refusals of errors.py; nothing was loaded then."""
        if self.is_workbook:
            sheet = self._sheet_name()
            header, count = self._measure(self._workbook_rows(sheet))
            return Survey(header, count, sheet=sheet)
        self._encoding = self._decode_all()
        self._delimiter = self._find_delimiter()
        header, count = self._measure(self._csv_rows())
        return Survey(header, count, encoding=self._encoding, delimiter=self._delimiter)

    def rows(self, survey: Survey, *, skip: int = 0) -> Iterator[Row]:
        """The rows under the header, without entirely empty ones; `skip` leaves out the first of them."""
        self._encoding, self._delimiter = survey.encoding, survey.delimiter
        width = len(survey.header)
        source = self._workbook_rows(survey.sheet) if survey.sheet else self._csv_rows()
        found = 0
        for number, cells in enumerate(source, start=1):
            if number == 1 or not any(cells):
                continue
            found += 1
            if found > skip:
                yield checked_row(number, cells, width)

    @property
    def is_workbook(self) -> bool:
        if not zipfile.is_zipfile(self.path):
            return False
        return "[Content_Types].xml" in members_of(self.path)

    def _measure(self, rows: Iterator[Sequence[str]]) -> tuple[list[str], int]:
        header = [cell.strip() for cell in next(rows, [])]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise EmptyFile()
        return header, sum(1 for cells in rows if any(cells))

    @contextmanager
    def _bytes(self) -> Iterator[IO[bytes]]:
        if not zipfile.is_zipfile(self.path):
            if self.path.stat().st_size > MAX_BYTES:
                raise TooLarge(limit=MAX_BYTES // MEGA)
            with self.path.open("rb") as plain:
                yield plain
            return
        members = members_of(self.path)
        if len(members) != 1:
            raise NotATable()
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(next(iter(members))) as packed:
                yield packed
        except (zipfile.BadZipFile, EOFError, RuntimeError, OSError) as error:
            raise Broken() from error

    def _decode_all(self) -> str:
        """The encoding in which every byte of the file is a character: a mark at its start, UTF-8, then GB 18030."""
        with self._bytes() as file:
            head = file.read(4)
        if not head.strip():
            raise EmptyFile()
        marked = next((name for mark, name in MARKS if head.startswith(mark)), "")
        asked = "" if self._encoding == "auto" else self._encoding
        tried = [marked] if marked else [asked] if asked else ["utf-8", "gb18030"]
        for encoding in tried:
            if self._decodes(encoding):
                return encoding
        raise UnknownEncoding(encoding=" / ".join(tried))

    def _decodes(self, encoding: str) -> bool:
        decoder = getincrementaldecoder(encoding)()
        with self._bytes() as file:
            try:
                while chunk := file.read(CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeError:
                return False
        return True

    def _find_delimiter(self) -> str:
        if self._delimiter != "auto":
            return self._delimiter
        with self._bytes() as file:
            first = io.TextIOWrapper(file, self._encoding, newline="").readline(MAX_CELL)
        outside = "".join(part for number, part in enumerate(first.split('"')) if number % 2 == 0)
        best = max((",", ";", "\t", "|"), key=outside.count)
        return best if best in outside else ","

    def _csv_rows(self) -> Iterator[list[str]]:
        with self._bytes() as file:
            reader = csv.reader(io.TextIOWrapper(file, self._encoding, newline=""), delimiter=self._delimiter)
            try:
                yield from reader
            except csv.Error as error:
                raise CellTooLarge(line=reader.line_num) from error
            except UnicodeError as error:
                raise UnknownEncoding(encoding=self._encoding) from error

    def _workbook(self) -> Any:
        try:
            return load_workbook(self.path, read_only=True, data_only=False, keep_links=False)
        except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError, SyntaxError) as error:
            raise Broken() from error

    def _sheet_name(self) -> str:
        book = self._workbook()
        try:
            names = [str(sheet.title) for sheet in book.worksheets]
            if self._sheet and self._sheet not in names:
                raise UnknownSheet(sheet=self._sheet, sheets=", ".join(names))
            filled = [name for name in names if any(True for _row in book[name].iter_rows(max_row=1))]
        finally:
            book.close()
        if self._sheet:
            return self._sheet
        if not filled:
            raise EmptyFile()
        if len(filled) > 1:
            raise SeveralSheets(sheets=", ".join(names))
        return filled[0]

    def _workbook_rows(self, sheet: str) -> Iterator[list[str]]:
        book = self._workbook()
        try:
            page = book[sheet]
            page.reset_dimensions()
            width = 0
            for cells in page.iter_rows():
                texts = [_text(cell) for cell in cells]
                width = width or len(texts)
                # A sheet does not store empty cells at the end of a row, so a short row is no ragged one.
                yield texts + [""] * (width - len(texts))
        except (zipfile.BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError, SyntaxError) as error:
            raise Broken() from error
        finally:
            book.close()


def members_of(path: Path) -> dict[str, zipfile.ZipInfo]:
    """The members of a ZIP, once their names and sizes are known to be bearable. Nothing is ever unpacked to a place that a name says, and
    Python never unpacks more than a member's directory entry says. Raises Broken and TooLarge."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Broken() from error
    names = [member.filename.replace("\\", "/") for member in found]
    if any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise Broken()
    workbook = "[Content_Types].xml" in names
    limit = MAX_XLSX_BYTES if workbook else MAX_BYTES
    if len(found) > MAX_MEMBERS or sum(member.file_size for member in found) > limit:
        raise TooLarge(limit=limit // MEGA)
    return {member.filename: member for member in found if not member.is_dir() and not member.filename.startswith("__MACOSX/")}


class _Formula(str):
    """The text of a formula, told from a text that looks like one."""


def checked_row(number: int, cells: Sequence[str], width: int) -> Row:
    if len(cells) != width:
        if len(cells) < width or any(cells[width:]):
            return Row(number, cells, RowFault("ragged", cells=len(cells), columns=width))
        cells = cells[:width]
    for place, cell in enumerate(cells):
        if len(cell) > MAX_CELL:
            return Row(number, cells, RowFault("too_long_cell", f"#{place}", size=len(cell), limit=MAX_CELL))
        if "\0" in cell:
            return Row(number, cells, RowFault("nul", f"#{place}"))
        if isinstance(cell, _Formula):
            return Row(number, cells, RowFault("formula", f"#{place}"))
    return Row(number, cells)


def _text(cell: Any) -> str:
    """A cell of a sheet as text: dates as ISO, whole numbers without a point."""
    value = cell.value
    if value is None:
        return ""
    if getattr(cell, "data_type", "") == "f":
        return _Formula(value if isinstance(value, str) else "=")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
