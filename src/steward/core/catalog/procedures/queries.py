"""Which procedures apply to a piece of work, what of their checklists is done, and which procedures ask to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet, Subquery

from steward.ground.access.models import Unit
from steward.ground.fields import LocalizedText, localized
from steward.science.worktime import after_months

from ..controlled.models import ControlledDocument, Deviation, DocumentVersion, Validity
from ..controlled.queries import holding, versions_in_force
from ..models import Category
from .content import KIND, expiry
from .models import ProcedureUse

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Work:
    """A piece of work as procedures know it. person: whom it is about, with whose values words are sealed."""

    subject: models.Model
    unit: Unit
    service_id: int | None
    category_id: int | None
    person: models.Model | None = None

    @property
    def type(self) -> str:
        return self.subject._meta.label_lower


def applying(work: Work, *, at: datetime) -> list[DocumentVersion]:
    """The procedures that hold in the unit for this service and category and have not run out."""
    versions = versions_in_force(work.unit, at=at, kind=KIND)
    if not versions:
        return []
    today = at.astimezone(work.unit.timezone).date()
    held = [version for version in versions if _applies(version, work, today)]
    wanted = {code for version in held for code in version.content["categories"]}
    codes = lineage(work.category_id) if wanted else frozenset()
    return [version for version in held if not version.content["categories"] or codes & set(version.content["categories"])]


def _applies(version: DocumentVersion, work: Work, today: date) -> bool:
    last = expiry(version.content) if version.content["expires_on"] else None
    return version.document.service_id in (None, work.service_id) and (last is None or last >= today)


def lineage(category_id: int | None) -> frozenset[str]:
    """The codes of a category and of those above it."""
    codes = []
    while category_id is not None:
        code, category_id = Category.objects.values_list("code", "parent_id").get(pk=category_id)
        codes.append(code)
    return frozenset(codes)


def may_apply(unit_path: Any, service_id: Any) -> QuerySet[Validity]:
    """Validities of procedures above a unit whose path is an expression: whether a piece of work could have any, in one look."""
    rows = Validity.objects.filter(document__kind=KIND, ended_at=None).annotate(below=unit_path, asked=service_id)
    return rows.filter(Q(document__service=None) | Q(document__service_id=F("asked")), below__startswith=F("unit__path"))


def of_rows(rows: QuerySet[Any]) -> QuerySet[Validity]:
    """`may_apply` for the rows of a model with a unit and a service, such as `Case.objects.filter(pk=OuterRef("pk"))`."""
    return may_apply(Subquery(rows.values("unit__path")[:1]), Subquery(rows.values("service_id")[:1]))


@dataclass(frozen=True)
class Item:
    key: str
    text: LocalizedText
    required: bool
    written: bool
    use: ProcedureUse | None


@dataclass(frozen=True)
class Sheet:
    """A procedure at a piece of work. deviations: asked for here, the newest first."""

    version: DocumentVersion
    items: Sequence[Item]
    deviations: Sequence[Deviation]

    @property
    def ticked(self) -> int:
        return sum(item.use is not None for item in self.items)

    @property
    def may_deviate(self) -> bool:
        return any(row.allowed for row in self.deviations)

    @property
    def waits(self) -> bool:
        return any(row.decided_at is None for row in self.deviations)

    @property
    def missing(self) -> list[Item]:
        """What has to be done before the work is finished; nothing where a deviation was allowed."""
        return [] if self.may_deviate else [item for item in self.items if item.required and item.use is None]


def sheets_of(work: Work, *, at: datetime) -> list[Sheet]:
    versions = applying(work, at=at)
    if not versions:
        return []
    mine: Mapping[str, Any] = {"subject_type": work.type, "subject_id": work.subject.pk, "version__in": versions}
    uses = {(row.version_id, row.item): row for row in ProcedureUse.objects.filter(ended_at=None, **mine).select_related("ticked_by")}
    deviations: dict[int, list[Deviation]] = {}
    for row in Deviation.objects.filter(**mine).select_related("asked_by", "decided_by").order_by("-asked_at", "-pk"):
        deviations.setdefault(row.version_id, []).append(row)
    return [Sheet(version, _items(version, uses), deviations.get(version.pk, ())) for version in versions]


def _items(version: DocumentVersion, uses: Mapping[tuple[int, str], ProcedureUse]) -> list[Item]:
    return [
        Item(row["key"], localized(row["text"]), row["required"], row["written"], uses.get((version.pk, row["key"])))
        for row in version.content["items"]
    ]


@dataclass(frozen=True)
class Due:
    """A document to look at again. on: by when; expires: it ends then, instead of only being due for review."""

    document: ControlledDocument
    on: date
    expires: bool


def due_for_review(documents: QuerySet[ControlledDocument], *, at: datetime) -> list[Due]:
    """Documents in force, of any kind, whose review or last day comes within thirty days or has passed; the most urgent first."""
    rows = Validity.objects.filter(holding(at), document__in=documents.filter(closed_at=None)).select_related(
        "document__unit", "document__owner__user", "version"
    )
    latest: dict[int, Validity] = {}
    for row in rows.order_by("starts_at"):
        latest[row.document_id] = row
    found = [due for row in latest.values() for due in _due(row)]
    return sorted((due for due in found if due.on <= at.date() + SOON), key=lambda due: (due.on, due.document.pk))


def _due(row: Validity) -> Iterable[Due]:
    document = row.document
    began = row.starts_at.astimezone(document.unit.timezone).date()
    last = expiry(row.version.content) if row.version.content.get("expires_on") else None
    if last is not None:
        yield Due(document, last, True)
    elif document.review_months:
        yield Due(document, after_months(began, document.review_months), False)
