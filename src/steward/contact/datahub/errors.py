"""Why a file or mapping is not taken, and why a row becomes no case: each a code with words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class ImportRefused(Refused):
    """Base of what stops an import before anything is loaded."""

    code = "import_refused"
    message = _("This file cannot be imported.")
    status = 422


class EmptyFile(ImportRefused):
    code = "import_empty_file"
    message = _("The file is empty. Export it again with its first line of column names.")


class NotATable(ImportRefused):
    code = "import_not_a_table"
    message = _("This is no CSV, XLSX or ZIP file with one CSV in it. Save the sheet as CSV or XLSX and choose it again.")


class UnknownEncoding(ImportRefused):
    code = "import_unknown_encoding"
    message = _("The characters of the file cannot be read as %(encoding)s. Save it as CSV UTF-8, or name its encoding in the mapping.")


class TooLarge(ImportRefused):
    code = "import_too_large"
    message = _("Unpacked, the file is larger than %(limit)s MB. Split it into parts.")


class CellTooLarge(ImportRefused):
    code = "import_cell_too_large"
    message = _("A cell near line %(line)s has no end: a quotation mark is probably missing there. Nothing was loaded.")


class Broken(ImportRefused):
    code = "import_broken"
    message = _("The file is damaged and cannot be read to its end. Open it, save it again and choose it once more.")


class UnknownSheet(ImportRefused):
    code = "import_unknown_sheet"
    message = _("The file has no sheet “%(sheet)s”. Its sheets: %(sheets)s.")


class SeveralSheets(ImportRefused):
    code = "import_several_sheets"
    message = _("The file has several sheets: %(sheets)s. Name the one to read.")


class MissingColumns(ImportRefused):
    code = "import_missing_columns"
    message = _("The file has no column %(missing)s. Nothing was loaded. Its columns: %(found)s.")


class DoubleColumns(ImportRefused):
    code = "import_double_columns"
    message = _("Several columns are called %(names)s, so it is not clear which is meant. Give each its own name.")


class UnknownZone(ImportRefused):
    code = "import_unknown_zone"
    message = _("There is no time zone “%(zone)s”. Write it like Asia/Shanghai or America/New_York.")


class BadMapping(ImportRefused):
    """`problems`: what is wrong where, each in words."""

    code = "import_bad_mapping"
    message = _("The mapping cannot be used: %(problems)s")


class UnknownExport(ImportRefused):
    code = "import_unknown_export"
    message = _("There is no kind of export “%(name)s”. Kinds: %(kinds)s.")


class NotThisExport(ImportRefused):
    """`place`: the file in the archive and where in it."""

    code = "import_not_this_export"
    message = _("This is no export of %(kind)s: %(place)s. Choose the other kind, or export it again and choose the whole file.")


class NotWaiting(ImportRefused):
    code = "import_not_waiting"
    message = _("This import was started already, or its file is gone. Begin a new one.")
    status = 409


# Why one row becomes no case. Parameters come from the row and are cut short.
REASONS: Mapping[str, str | Promise] = {
    "ragged": _("The row has %(cells)s cells, but there are %(columns)s columns. A separator or quotation mark is missing or too many."),
    "too_long_cell": _("The cell holds %(size)s characters; at most %(limit)s fit."),
    "nul": _("The cell holds an invisible NUL character, which no text has."),
    "formula": _("The cell holds a formula. Copy the sheet and paste it as values, then save it again."),
    "no_key": _("The record has no number of its own, so that it could not be told from others."),
    "key_too_long": _("The record's number is longer than %(limit)s characters."),
    "no_title": _("The record has no title."),
    "no_opened": _("The record does not say when it was received."),
    "bad_date": _("“%(value)s” is no date of the form %(formats)s."),
    "unknown_value": _("“%(value)s” is not among the known values. Add it to the mapping."),
    "unknown_unit": _("No unit here has the code or name “%(value)s”."),
    "unit_not_yours": _("You may not import into the unit “%(value)s”."),
    "unknown_service": _("The unit offers no service with the code “%(value)s”."),
    "unknown_category": _("The unit has no category with the code “%(value)s”."),
    "unknown_staff": _("Nobody here has the sign-in name, employee number or e-mail “%(value)s”."),
    "name_too_long": _("The name has %(size)s characters; at most %(limit)s fit."),
    "number_too_long": _("The number has %(size)s characters; at most %(limit)s fit."),
    "bad_phone": _("“%(value)s” cannot be read as a telephone number."),
    "bad_email": _("“%(value)s” cannot be read as an e-mail address."),
    "bad_number": _("“%(value)s” is no number."),
    "bad_boolean": _("“%(value)s” is neither of the words for yes and no."),
    "closed_without_date": _("The record is closed, but does not say when."),
    "closed_before_opened": _("The record was closed before it was received."),
    "answered_before_opened": _("The record was answered before it was received."),
    "dated_but_open": _("The record has a closing date, but its state is not closed."),
    "unordered": _("The states of the record are not in the order of time."),
    "in_future": _("A date of the record lies in the future."),
    "too_early": _("The record is older than 2000, which no calendar here reaches."),
    "other_organisation": _("The record names something of another organisation."),
    "unknown_state": _("The record is in a state that no case can have."),
    "no_history": _("The record has no state."),
    "changed_since": _("This record was imported before with other values. Its case %(number)s is worked on here and was left as it is."),
    "changed_words": _(
        "This record was imported before with other values. What was said since was added to its case %(number)s; the rest was left as it was."
    ),
    "twice": _("This record's number stands in the file twice, with different values or not in one block."),
}


class RowFault(Exception):
    """One row becomes no case. column: the field of the mapping that is concerned, or the column of the file."""

    def __init__(self, code: str, column: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.column = code, column
        self.params = {name: _short(value) for name, value in params.items()}


def reason_words(code: str, params: Mapping[str, Any]) -> str:
    """The reason of a row error in the active language."""
    text = str(REASONS.get(code, code))
    try:
        return text % params if params else text
    except KeyError:
        return text


def refusal_words(code: str, params: Mapping[str, Any]) -> str:
    """A stored refusal again in the active language."""
    for kind in _refusals(ImportRefused):
        if kind.code == code:
            return str(kind(**params))
    return gettext("The import stopped unexpectedly. Continue it; if it stops again, tell your administrator the time.")


def _refusals(base: type[ImportRefused]) -> Sequence[type[ImportRefused]]:
    return [base, *(kind for child in base.__subclasses__() for kind in _refusals(child))]


def _short(value: Any) -> Any:
    text = str(value).replace("\0", "\N{SYMBOL FOR NULL}")
    return value if isinstance(value, int) else (text if len(text) <= 80 else f"{text[:79]}…")
