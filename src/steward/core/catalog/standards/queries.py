"""Pairs of standards that ask to be looked at side by side, and which months of a charter wait for their results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit
from steward.ground.measures.questions import Window

from ..controlled.models import ControlledDocument, DocumentVersion, Validity
from ..controlled.queries import holding
from .attainment import months_until
from .charter import KIND as CHARTER
from .content import KIND
from .models import PairReview, PublishedResult

OPPOSITE = _("Held against the same measure from opposite sides")
TIMED = _("One limits the time, the other asks for care that takes time")
PUBLISHED_MONTHS = 12


@dataclass(frozen=True)
class Pair:
    """Two standards in the order of their versions. why: what speaks for looking at them; review: the newest judgement of these wordings."""

    first: DocumentVersion
    second: DocumentVersion
    why: str | Promise
    review: PairReview | None


def current_standards(organisation: Unit) -> list[DocumentVersion]:
    """The newest wording of every standard that is not given up: a draft before what holds, so that a conflict is seen before it holds."""
    rows = DocumentVersion.objects.filter(
        document__organisation=organisation, document__kind=KIND, document__closed_at=None, withdrawn_at=None
    ).select_related("document__unit", "document__service")
    newest: dict[int, DocumentVersion] = {}
    for row in rows.order_by("number"):
        newest[row.document_id] = row
    return sorted(newest.values(), key=lambda row: row.pk)


def pairs_of(organisation: Unit) -> list[Pair]:
    """Proposed pairs and judged ones; those that contradict each other first, then those nobody has looked at."""
    standards = current_standards(organisation)
    ids = [row.pk for row in standards]
    reviews: dict[tuple[int, int], PairReview] = {}
    for review in PairReview.objects.filter(first__in=ids, second__in=ids).select_related("judged_by").order_by("at", "pk"):
        reviews[(review.first_id, review.second_id)] = review
    found = []
    for first, second in combinations(standards, 2):
        why, known = proposal(first, second), reviews.get((first.pk, second.pk))
        if why or known:
            found.append(Pair(first, second, why or "", known))
    return sorted(found, key=_order)


def _order(pair: Pair) -> tuple[int, int, int]:
    if pair.review is None:
        return (1, pair.first.pk, pair.second.pk)
    return (0 if pair.review.verdict == PairReview.Verdict.CONFLICT else 2, pair.first.pk, pair.second.pk)


def proposal(first: DocumentVersion, second: DocumentVersion) -> str | Promise:
    """Why two standards should be looked at side by side; "" for no reason. They must be able to meet: same service, units that overlap."""
    if not _meet(first.document, second.document):
        return ""
    a, b = first.content, second.content
    if a["measure"] and a["measure"] == b["measure"] and a["comparator"] != b["comparator"]:
        return OPPOSITE
    if {"time"} < {a["type"], b["type"]}:
        return TIMED
    return ""


def _meet(first: ControlledDocument, second: ControlledDocument) -> bool:
    services = {first.service_id, second.service_id}
    near = first.unit.path.startswith(second.unit.path) or second.unit.path.startswith(first.unit.path)
    return near and (len(services) == 1 or None in services)


def charter_in(document: ControlledDocument, window: Window) -> DocumentVersion | None:
    """The wording of a charter that held in its unit on the last day of a month, if the charter held there through the whole month."""
    if window.start not in held_months(document, [window]):
        return None
    end = datetime.combine(window.last, datetime.max.time(), document.unit.timezone)
    rows = Validity.objects.filter(holding(end), document=document, unit_id__in=document.unit.ancestor_ids)
    last = rows.select_related("version__document__unit", "unit").order_by("starts_at").last()
    return last.version if last else None


@dataclass(frozen=True)
class PublishedMonth:
    """What was published for a month; empty where nothing was, which is shown as such."""

    window: Window
    results: Sequence[PublishedResult]

    @property
    def missed(self) -> int:
        return sum(row.state == PublishedResult.State.MISSED for row in self.results)


def published_months(document: ControlledDocument, today: date) -> list[PublishedMonth]:
    """The last twelve months in which the charter held, newest first. A month without results stands there without results."""
    rows: dict[date, list[PublishedResult]] = {}
    for row in document.published.select_related("standard__document").order_by("position"):
        rows.setdefault(row.month_date, []).append(row)
    found = [PublishedMonth(window, rows.get(window.start, ())) for window in months_until(today, PUBLISHED_MONTHS)]
    held = held_months(document, [month.window for month in found])
    return [month for month in found if month.results or month.window.start in held]


def held_months(document: ControlledDocument, windows: Iterable[Window]) -> set[date]:
    spans = list(Validity.objects.filter(document=document, unit_id__in=document.unit.ancestor_ids).values_list("starts_at", "ended_at"))
    zone = document.unit.timezone
    held = set()
    for window in windows:
        start = datetime.combine(window.start, datetime.min.time(), zone)
        end = datetime.combine(window.last, datetime.max.time(), zone)
        begun = any(since <= start and (till is None or till > start) for since, till in spans)
        lasts = any(since <= end and (till is None or till > end) for since, till in spans)
        if begun and lasts:
            held.add(window.start)
    return held


def unpublished(documents: Iterable[ControlledDocument], today: date) -> list[tuple[ControlledDocument, Window]]:
    """Charters whose last whole month has no results yet."""
    window = months_until(today, 1)[0]
    documents = [row for row in documents if row.kind == CHARTER]
    done = set(PublishedResult.objects.filter(document__in=documents, month_date=window.start).values_list("document_id", flat=True))
    return [(row, window) for row in documents if row.pk not in done and held_months(row, [window])]
