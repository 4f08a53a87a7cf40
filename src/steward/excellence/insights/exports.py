"""What the explorer shows as a file: CSV, a workbook, JSON. Answers given in confidence are in none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from steward.ground.documents.workbooks import Sheet, SheetColumn, workbook
from steward.ground.measures.declarations import Measure
from steward.ground.measures.questions import Cell

from .exploring import Block, Exploration

PARTS = ("value", "low", "high", "n", "numerator", "denominator")


def exportable(found: Exploration) -> list[Block]:
    return [block for block in found.told if block.measure.disclosure != "voice"]


def header(found: Exploration) -> list[str]:
    titles = {
        "value": "",
        "low": _("Low"),
        "high": _("High"),
        "n": _("n"),
        "numerator": _("Above the line"),
        "denominator": _("Below the line"),
    }
    cells = [*found.header] + ([_("Period")] if found.asked.grain else [])
    for block in exportable(found):
        cells += [f"{block.measure.name} {titles[part]}".strip() for part in PARTS]
        cells.append(_("%(name)s hidden") % {"name": block.measure.name})
    return cells


def table(found: Exploration) -> Iterator[list[Any]]:
    """The cells, then the whole."""
    kept = exportable(found)
    places = [place for place, block in enumerate(found.told) if block in kept]
    for line in found.lines:
        yield [*line.labels, *([line.period] if found.asked.grain else []), *_numbers([line.cells[place].cell for place in places])]
    blanks = [_("All"), *[""] * (len(found.header) + bool(found.asked.grain))]
    yield [
        *blanks[: len(found.header) + bool(found.asked.grain)],
        *_numbers([block.answer.total if block.answer else None for block in kept]),
    ]


def _numbers(cells: Sequence[Cell | None]) -> list[Any]:
    found: list[Any] = []
    for cell in cells:
        found += [None] * len(PARTS) if cell is None else [getattr(cell, part) if not cell.hidden else None for part in PARTS]
        found.append("" if cell is None else cell.hidden)
    return found


def as_workbook(found: Exploration, *, made_at: datetime) -> bytes:
    """Two sheets: the figures, and what they mean."""
    figures = Sheet(_("Figures"), [SheetColumn(name) for name in header(found)], list(table(found)))
    columns = [SheetColumn(name) for name in (_("Measure"), _("Name"), _("Definition"), _("Pitfall"), _("Unit"))]
    rows = [[one.stamp, str(one.name), str(one.definition), str(one.pitfall), one.unit] for one in _measures(found)]
    last = found.asked.window.end - timedelta(days=1)
    asked = [[_("From"), found.asked.window.start.isoformat(), "", "", ""], [_("To"), last.isoformat(), "", "", ""]]
    return workbook([figures, Sheet(_("Definitions"), columns, [*rows, *asked])], made_at=made_at)


def _measures(found: Exploration) -> list[Measure]:
    return [block.measure for block in exportable(found)]


def as_json(found: Exploration) -> dict[str, Any]:
    """Plain values with words for groups; numbers of our tables never leave the house."""
    kept = exportable(found)
    last = found.asked.window.end - timedelta(days=1)
    return {
        "from": found.asked.window.start.isoformat(), "to": last.isoformat(), "by": list(found.asked.by), "grain": found.asked.grain,
        "measures": [
            {
                "id": block.measure.id, "version": block.measure.version, "name": str(block.measure.name), "unit": block.measure.unit,
                "definition": str(block.measure.definition), "generation": block.answer.generation,
                "loaded_at": block.answer.loaded_at.isoformat() if block.answer.loaded_at else None,
                "total": _plain(block.answer.total, (), block), "cells": [_plain(cell, cell.key, block) for cell in block.answer.cells],
            }
            for block in kept if block.answer is not None
        ],
    }  # fmt: skip


def _plain(cell: Cell, key: Sequence[Any], block: Block) -> dict[str, Any]:
    groups = [{"label": names.label(part), "code": names.code(part)} for names, part in zip(block.names, key, strict=False)]
    numbers = {part: getattr(cell, part) if not cell.hidden else None for part in PARTS}
    return {"groups": groups, "period": cell.period.isoformat() if cell.period else None, **numbers, "hidden": cell.hidden}
