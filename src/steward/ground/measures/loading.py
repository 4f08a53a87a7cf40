"""Keeping the store up to the journal: which rows changed is what the entries since the last load say.

A full rebuild and any sequence of incremental loads give the same store; a test compares them. The place up to which the journal was read stands in
the manifest itself, so that the store and its place cannot disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Min

from steward.ground.journal import topics
from steward.ground.journal.horizon import safe_seq
from steward.ground.journal.models import Entry

from . import extract
from .declarations import Fact, Keys, facts
from .store import SPAN_BITS, Manifest, Writer, current, fingerprint, writing

TOPIC = "measures:store"  # what live pages with figures watch
SPAN = 1 << SPAN_BITS
WHOLE_SPAN = SPAN // 8  # so many changed rows of a span, and reading it whole is cheaper
ERASED = "customers.customer_erased"  # the entry after which no file may hold what was erased
IDLE = timedelta(minutes=15)  # how old a state may be to which nothing was added: the ages of what is open grow


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the store is behind the journal: entries not read yet, and since when the oldest of them waits."""

    loaded_at: datetime | None
    entries: int
    since_at: datetime | None


@dataclass(frozen=True, slots=True)
class Load:
    """What a load did. rows: rows read again by fact; rebuilt: facts that were loaded whole."""

    manifest: Manifest
    entries: int
    rows: dict[str, int]
    rebuilt: tuple[str, ...]


def lag() -> Lag:
    """Read by every page that shows a figure; one or two small queries."""
    manifest = current()
    waiting = Entry.objects.filter(seq__gt=manifest.seq)
    oldest = waiting.order_by("seq").values_list("recorded_at", flat=True).first()
    return Lag(manifest.loaded_at, waiting[:10_001].count() if oldest else 0, oldest)


def load(*, at: datetime) -> Load:
    """Bring the store up to the journal. Raises Busy when another process does."""
    with writing():
        before = current()
        upto = safe_seq()
        codes = set(Entry.objects.filter(seq__gt=before.seq, seq__lte=upto).values_list("code", flat=True).distinct())
        stale = [fact for fact in facts.all() if _is_stale(fact, before, codes)]
        if not codes and not stale and before.loaded_at and at - before.loaded_at < IDLE:
            return Load(before, 0, {}, ())
        writer = Writer(before)
        counts = {fact.name: _load_whole(fact, writer) for fact in stale}
        others = [fact for fact in facts.all() if fact not in stale]
        changed = _changed_subjects(others, before.seq, upto)
        for fact in others:
            counts[fact.name] = _load_changed(fact, changed, set(fact.also(before.seq, upto)) if fact.also else set(), writer)
        made = writer.publish(seq=upto, at=at, clear_now=ERASED in codes)
        if any(counts.values()):
            topics.bump(TOPIC)
        return Load(made, upto - before.seq, counts, tuple(fact.name for fact in stale))


def rebuild(*, at: datetime) -> Load:
    """Everything anew."""
    with writing():
        before = current()
        horizon = safe_seq()
        writer = Writer(before)
        counts = {fact.name: _load_whole(fact, writer) for fact in facts.all()}
        made = writer.publish(seq=horizon, at=at, clear_now=True)
        topics.bump(TOPIC)
        return Load(made, horizon - before.seq, counts, tuple(counts))


def _is_stale(fact: Fact, before: Manifest, codes: set[str]) -> bool:
    table = before.facts.get(fact.name)
    return table is None or table.schema != fingerprint(fact) or bool(fact.rebuild_on & codes)


def _load_whole(fact: Fact, writer: Writer) -> int:
    writer.reset(fact)
    zones = extract.unit_zones()
    ends = fact.model._base_manager.aggregate(low=Min("pk"), high=Max("pk"))
    total = 0
    for span in range(ends["low"] >> SPAN_BITS, (ends["high"] >> SPAN_BITS) + 1) if ends["high"] is not None else ():
        batch = extract.rows(fact, Keys(span << SPAN_BITS, (span + 1) << SPAN_BITS), zones)
        if batch.size:
            writer.replace_span(fact, span, batch)
        total += batch.size
    return total


def _changed_subjects(wanting: Iterable[Fact], after: int, upto: int) -> dict[str, list[int]]:
    """What the entries were about, each subject once. The columns are listed because the whole row is large."""
    changed: dict[str, list[int]] = defaultdict(list)
    wanted = {label for fact in wanting for label in fact.subjects}
    found = Entry.objects.filter(seq__gt=after, seq__lte=upto, subject_type__in=wanted)
    for label, subject in found.order_by().values_list("subject_type", "subject_id").distinct().iterator(chunk_size=10_000):
        changed[label].append(subject)
    return changed


def _load_changed(fact: Fact, changed: dict[str, list[int]], ids: set[int], writer: Writer) -> int:
    """Read the changed rows again. ids: those that are known already."""
    for label, rows_of in fact.subjects.items():
        for chunk in _chunks(changed.get(label, [])):
            ids.update(rows_of(chunk))
    if not ids:
        return 0
    zones = extract.unit_zones()
    by_span: dict[int, list[int]] = defaultdict(list)
    for pk in ids:
        by_span[pk >> SPAN_BITS].append(pk)
    for span, wanted in sorted(by_span.items()):
        if len(wanted) >= WHOLE_SPAN:
            writer.replace_span(fact, span, extract.rows(fact, Keys(span << SPAN_BITS, (span + 1) << SPAN_BITS), zones))
        else:
            writer.change_rows(fact, span, wanted, extract.rows(fact, Keys(ids=tuple(wanted)), zones))
    return len(ids)


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + extract.CHUNK] for start in range(0, len(ids), extract.CHUNK))
