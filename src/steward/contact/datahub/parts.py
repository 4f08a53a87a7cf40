"""What imports add to the page of a case: the record of the other system that it was, and the values of its row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db.models import QuerySet

from steward.core.cases.held import some
from steward.core.cases.models import Case
from steward.core.cases.screens import Part, register
from steward.core.customers.identities import BadIdentity, normalise
from steward.ground import clock
from steward.ground.access.http import StaffRequest, actor_of
from steward.ground.access.policies import policy_for
from steward.ground.ui.masking import MaskKind, mask

from .lexicon import suggest
from .loading import KEPT_EVENTS
from .models import ImportRun, SourceRecord

MASKS: dict[str, MaskKind] = {"phone": "phone", "email": "email"}
_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_SPACES = re.compile(r"[\s()-]+")


@dataclass(frozen=True)
class ShownRow:
    """A row as it was read. values: column and cell, empty ones left out and counted."""

    number: int
    values: Sequence[tuple[str, str]]
    empty: int


@dataclass(frozen=True)
class ShownRecord:
    record: SourceRecord
    rows: Sequence[ShownRow]
    capped: bool
    may_open: bool


def _records(case: Any) -> QuerySet[SourceRecord]:
    return SourceRecord.objects.filter(case=case)


def source_of_case(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """Where a case came from, for whoever sees the case; the way to the import for whoever may import there."""
    if case is None:
        return None
    rows = SourceRecord.objects.visible_to(request.user).filter(case=case).select_related("run__unit").order_by("pk")
    records = some(case, "datahub.source", rows)
    found = [_shown(record, request) for record in records]
    return {"records": found} if found else None


def _shown(record: SourceRecord, request: StaffRequest) -> ShownRecord:
    run = record.run
    header = [str(name) for name in run.survey.get("header", [])]
    masks = _masks(run, header)
    rows = [_row(row, header, masks) for row in record.rows]
    may_open = policy_for(ImportRun).may(actor_of(request), "run", run, at=clock.now())
    return ShownRecord(record, rows, len(rows) == KEPT_EVENTS, may_open)


def _row(row: Sequence[Any], header: Sequence[str], masks: dict[str, MaskKind]) -> ShownRow:
    number, cells = int(row[0]), [str(cell).strip() for cell in row[1:]]
    named = [(str(column), cell) for column, cell in zip_longest(header, cells, fillvalue="")]
    values = [(column, _hidden(cell, masks.get(column))) for column, cell in named if cell]
    return ShownRow(number, values, len(named) - len(values))


def _masks(run: ImportRun, header: Sequence[str]) -> dict[str, MaskKind]:
    """Columns that the page of a case would hide: those the mapping reads as telephone or e-mail, and those that bear their names."""
    named = suggest(header) | {field: str(column) for field, column in run.mapping.get("columns", {}).items() if field in MASKS}
    return {column: MASKS[field] for field, column in named.items() if field in MASKS}


def _hidden(cell: str, kind: MaskKind | None) -> str:
    """A column that nobody mapped may still hold a telephone, an address or an identity card: told by how it is written."""
    if kind is None:
        kind = _kind_of(cell)
    return mask(cell, kind) if kind else cell


def _kind_of(cell: str) -> MaskKind | None:
    text = _SPACES.sub("", cell)
    if _MOBILE.fullmatch(text):
        return "phone"
    if "@" in text and _reads_as("email", cell):
        return "email"
    return "id" if len(text) == 18 and _reads_as("id_card", text) else None


def _reads_as(kind: str, text: str) -> bool:
    try:
        return bool(normalise(kind, text))
    except BadIdentity:
        return False


def register_parts() -> None:
    register(Part("datahub.source", "file.rail", 80, "datahub/parts/source.html", source_of_case, {"datahub.source": _records}))
