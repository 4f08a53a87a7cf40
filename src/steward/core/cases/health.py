"""What `steward check` asks of cases: do the cached due times equal the replay of their history?"""

from __future__ import annotations

from datetime import datetime

from . import clocks
from .models import Case
from .models.case import UNFINISHED


def wrong_caches(*, at: datetime) -> list[str]:
    """One line for each unfinished case whose cached due times differ from the replay at its last change."""
    wrong: list[str] = []
    cases = Case.objects.filter(state__in=UNFINISHED).select_related("unit").order_by("pk")
    for case in cases.iterator(chunk_size=500):
        spans = list(case.spans.order_by("started_at", "id"))
        promises = list(case.promises.filter(cancelled_at=None))
        for promise in promises:
            terms = list(promise.terms.select_related("calendar").order_by("starts_at", "id"))
            truth = clocks.read(promise, spans=spans, terms=terms, unit=case.unit, at=at)
            if (truth.due_at, truth.remaining_seconds) != (promise.due_at, promise.remaining_seconds):
                wrong.append(f"case {case.number}: {promise.kind} ({promise.clock}) says {promise.due_at}, the replay says {truth.due_at}")
        if case.next_due_at != clocks.earliest_due(promises):
            wrong.append(f"case {case.number}: its next due time {case.next_due_at} is not that of its promises")
    return wrong
