"""Making the index again from the rows: after an upgrade that changes what is indexed, or when `steward check` finds it damaged."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.fields import localized
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.registry import job

from . import schema
from .kinds import SearchKind, kinds
from .models import Document
from .operations import index_row

BATCH = 500


@job("search.reindex_all", lane="heavy", lease=timedelta(minutes=2), label=_("Build the search index again"), notice=True)
def reindex_all(context: JobContext, *, only: list[str] | None = None) -> dict[str, int]:
    """Index every row of the kinds named (default: all). Safe to repeat and to interrupt."""
    chosen = [kind for kind in kinds() if only is None or kind.kind in only]
    total = sum(kind.model._default_manager.count() for kind in chosen)
    done, counts = 0, {}
    for kind in chosen:
        counts[kind.kind] = 0
        for batch in _batches(kind):
            context.check()
            counts[kind.kind] += _index(kind, batch)
            done += len(batch)
            context.progress(done, total, localized("写入索引", en="Writing the index"))
        _drop_orphans(kind)
    schema.rebuild(connection)
    return counts


def _batches(kind: SearchKind) -> list[list[int]]:
    keys = list(kind.model._default_manager.order_by("pk").values_list("pk", flat=True))
    return [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]


def _index(kind: SearchKind, batch: list[int]) -> int:
    with transaction.atomic():
        rows = kind.model._default_manager.filter(pk__in=batch)
        if kind.related:
            rows = rows.select_related(*kind.related)
        return sum(index_row(row, kind=kind.kind) is not None for row in rows)


def _drop_orphans(kind: SearchKind) -> None:
    Document.objects.filter(kind=kind.kind).exclude(object_id__in=kind.model._default_manager.values("pk")).delete()
