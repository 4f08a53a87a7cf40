"""The import from the command line: the same run as from the page, in this process, with its progress told line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from steward.ground.access.naming import find_unit
from steward.ground.journal.actors import Actor
from steward.ground.ui.lists.csvout import csv_lines

from .errors import reason_words
from .mapping import Mapping
from .models import ImportRun
from .operations import load_rows, mapping_for, prepare_import, unfinished_run
from .tables import error_cells, error_header

Say = Callable[[str], None]


def import_file(
    *, file: Path, mapping_file: Path | None, export: str = "", organisation: str, unit: str, errors: Path | None, at: datetime, say: Say
) -> ImportRun:
    """Load a file, or go on with a run of it that was interrupted. Raises Refused, with nothing loaded, when the file as a whole does not fit.

    mapping_file: what each column is; without it the mapping of this kind of export.
    """
    mapping = Mapping.from_text(mapping_file.read_text(encoding="utf-8-sig")) if mapping_file else Mapping.read(mapping_for(export, file))
    home = find_unit(organisation, unit)
    by = Actor.importer("cli")
    run = unfinished_run(unit=home, path=file, mapping=mapping)
    if run is None:
        keep = file.stat().st_size <= int(settings.STEWARD_MAX_UPLOAD_BYTES)
        run = prepare_import(unit=home, path=file, name=file.name, document=dict(mapping.document), by=by, at=at, keep=keep)
        if not keep:
            say("The file is larger than STEWARD_MAX_UPLOAD_MB, so no copy is kept here. Keep it yourself.")
    else:
        say(f"Going on behind row {run.rows_done:,} of an import of this file that was interrupted.")
    found = run.survey
    say(f"{file.name}: {run.rows_total:,} rows, {len(found['header'])} columns, {found['encoding'] or 'sheet ' + found['sheet']}.")
    run = load_rows(run=run, path=file, by=by, at=at, tell=lambda done, total: say(f"  {done:,} / {total:,} rows"))
    say(f"{run.records:,} records = {run.created:,} cases + {run.unchanged:,} unchanged + {run.failed:,} with errors.")
    if run.words_added:
        say(f"{run.words_added:,} words of conversations that went on were added to cases that were here.")
    if run.failed:
        _tell_errors(run, errors, say)
    return run


def _tell_errors(run: ImportRun, errors: Path | None, say: Say) -> None:
    for error in run.errors.order_by("row")[:10]:
        say(f"  row {error.row}{f', {error.column}' if error.column else ''}: {reason_words(error.code, error.params)}")
    if errors is not None:
        with errors.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_lines(error_header(run), _lines(run)))
        say(f"The rows with their reasons are in {errors}.")
    elif run.failed > 10:
        say(f"  … and {run.failed - 10:,} more; --errors FILE writes them all.")


def _lines(run: ImportRun) -> Iterator[list[Any]]:
    for error in run.errors.order_by("row").iterator(chunk_size=500):
        yield from error_cells(error)
