"""The file of rows that became no case: the original cells, behind them the row, the column and the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .errors import reason_words
from .models import ImportRun, RowError


def error_header(run: ImportRun) -> list[str]:
    return [*run.survey.get("header", []), _("Row"), _("Column"), _("Reason")]


def error_cells(error: RowError) -> Iterator[list[Any]]:
    """The rows of a record, as many cells as the file has columns, and why. Formulas are made harmless where the CSV is written."""
    reason = reason_words(error.code, error.params)
    width = len(error.run.survey.get("header", []))
    for row in error.rows or [[error.row]]:
        cells = [str(cell) for cell in row[1:]]
        cells = (
            [*cells[:width], *[""] * (width - len(cells))] if len(cells) <= width else [*cells[: width - 1], " ".join(cells[width - 1 :])]
        )
        yield [*cells, row[0], error.column, reason]
