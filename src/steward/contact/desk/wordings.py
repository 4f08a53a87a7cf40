"""The desk's templates of replies, for whoever sends them without a person: rules."""

from __future__ import annotations

from collections.abc import Sequence

from steward.core.cases.models import Case
from steward.core.cases.wordings import WordingSource, register
from steward.ground.access.models import Unit

from .models import ReplyTemplate
from .operations import fill


def offered(unit: Unit) -> Sequence[tuple[str, str]]:
    rows = ReplyTemplate.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("name", "pk")
    return [(str(row.public_id), row.name) for row in rows[:200]]


def filled(reference: str, case: Case) -> str | None:
    row = ReplyTemplate.objects.filter(public_id=reference, closed_at=None).first()
    return fill(row, case, None) if row is not None else None


def register_wordings() -> None:
    register(WordingSource("desk", offered, filled))
