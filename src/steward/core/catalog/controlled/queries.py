"""Which version holds where, whom a version concerns, and what is missing before a release can begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from steward.core.org.models import Staff
from steward.ground.access.models import Grant, Unit, User
from steward.ground.rules.queries import read_once, revision

from . import kinds
from .limits import needed_percent
from .models import Acknowledgement, ControlledDocument, DocumentVersion, Release, ReleaseItem, ReleaseUnit, Validity
from .requirements import missing_of

CONTROLLED = "controlled"  # the revision under which it is kept what holds where


def holding(at: datetime) -> Q:
    """A condition on validities: those that hold at an instant."""
    return Q(starts_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))


@lru_cache(maxsize=1024)
def _validities(_at_revision: UUID, path: str) -> tuple[Validity, ...]:
    """Everything that ever held in a unit with this path or above it, from the root downwards; every closing of a case asks. The revision is only a
    part of the key: it changes with every validity. Do not change what it returns."""
    ids = [int(part) for part in path.split(".") if part]
    rows = Validity.objects.filter(unit_id__in=ids).select_related("version__document", "document", "unit")
    return tuple(sorted(rows, key=lambda row: (len(row.unit.path), row.starts_at, row.pk)))


def versions_in_force(unit: Unit, *, at: datetime, kind: str = "") -> list[DocumentVersion]:
    """What holds in a unit: of each document the version of the nearest unit above it, or of itself."""
    rows = _validities(revision(CONTROLLED), unit.path)
    held = [row for row in rows if row.starts_at <= at and (row.ended_at is None or row.ended_at > at) and kind in ("", row.document.kind)]
    nearest = {row.document_id: row for row in held}  # the units come from the root downwards
    return [row.version for row in sorted(nearest.values(), key=lambda row: (row.version.document.kind, row.version.document.code))]


def version_in_force(document: ControlledDocument, unit: Unit, *, at: datetime) -> DocumentVersion | None:
    rows = Validity.objects.filter(holding(at), document=document, unit_id__in=unit.ancestor_ids).select_related("version", "unit")
    row = max(rows, key=lambda row: len(row.unit.path), default=None)
    return row.version if row else None


def audience_of(version: DocumentVersion) -> frozenset[str]:
    return kinds.get(version.document.kind).audience(version.content)


def people_with(roles: Iterable[str], units: Sequence[Unit], *, at: datetime) -> QuerySet[Staff]:
    """Those who work in the units or below and hold one of the roles now."""
    within = Q(pk__in=[])
    for unit in units:
        within |= Q(unit__path__startswith=unit.path)
    held = Grant.objects.in_force(at).filter(user=OuterRef("user"), role__code__in=sorted(roles))
    rows = Staff.objects.filter(within, Exists(held), user__is_active=True, ended_date=None)
    return rows.select_related("user", "unit").order_by("unit__path", "user__name", "pk")


def concerned_by(version: DocumentVersion, units: Sequence[Unit], *, at: datetime) -> list[Staff]:
    roles = audience_of(version)
    return list(people_with(roles, units, at=at)) if roles else []


@dataclass(frozen=True)
class Waiting:
    """Somebody who is not ready, and what is missing, in words."""

    staff: Staff
    missing: Sequence[str]


@dataclass(frozen=True)
class Readiness:
    """How far a unit is. concerned, ready: people; needed_percent: of the unit's rule; open_items: what is still to be done before the date."""

    place: ReleaseUnit
    concerned: int
    ready: int
    needed_percent: int
    waiting: Sequence[Waiting]
    open_items: Sequence[ReleaseItem]

    @property
    def is_ready(self) -> bool:
        return not self.open_items and self.ready * 100 >= self.needed_percent * self.concerned

    @property
    def may_begin(self) -> bool:
        return self.is_ready or self.place.overridden_at is not None


def readiness_of(release: Release, place: ReleaseUnit, *, at: datetime) -> Readiness:
    return readiness_in(release, [place], at=at)[0]


@read_once()
def readiness_in(release: Release, places: Sequence[ReleaseUnit], *, at: datetime) -> list[Readiness]:
    """How far each place is; as many queries for twenty places as for one. The places come with their unit."""
    Unit.fill_lineages(place.unit for place in places)  # each asks for its zone and its rule
    items = list(release.items.select_related("version__document", "owner__user").order_by("kind", "pk"))
    open_items = [item for item in items if item.version is None and item.done_at is None]
    people: dict[int, Staff] = {}
    missing: dict[int, list[str]] = {}
    for item in items:
        if item.version is None:
            continue
        concerned = concerned_by(item.version, [place.unit for place in places], at=at)
        people |= {person.pk: person for person in concerned}
        for pk, words in missing_for(item.version, concerned, at=at).items():
            missing.setdefault(pk, []).extend(words)
    return [_readiness(place, people.values(), missing, open_items, at) for place in places]


def _readiness(
    place: ReleaseUnit, people: Iterable[Staff], missing: Mapping[int, Sequence[str]], open_items: Sequence[ReleaseItem], at: datetime
) -> Readiness:
    here = [person for person in people if person.unit.path.startswith(place.unit.path)]
    waiting = [Waiting(person, missing[person.pk]) for person in here if person.pk in missing]
    return Readiness(place, len(here), len(here) - len(waiting), needed_percent(place.unit, at), waiting, open_items)


def missing_for(version: DocumentVersion, people: Sequence[Staff], *, at: datetime) -> dict[int, list[str]]:
    """By person: what they still need before they work by a version. Those with everything are not in it."""
    knows = set(Acknowledgement.objects.filter(version=version, staff__in=people).values_list("staff_id", flat=True))
    found = missing_of(version, people, at)
    for person in people:
        if person.pk not in knows:
            found.setdefault(person.pk, []).insert(0, _("confirm %(document)s") % {"document": version.document.name})
    return found


def to_read(staff: Staff, *, at: datetime) -> list[DocumentVersion]:
    """What concerns somebody and they have not confirmed yet: what holds where they work, and what is scheduled to hold there."""
    roles = set(Grant.objects.in_force(at).filter(user=staff.user).values_list("role__code", flat=True))
    unit_ids = staff.unit.ancestor_ids
    scheduled = ReleaseItem.objects.filter(
        release__state=Release.State.SCHEDULED, release__places__unit_id__in=unit_ids, release__places__took_effect_at=None
    ).values_list("version_id", flat=True)
    rows = DocumentVersion.objects.filter(pk__in=[pk for pk in scheduled if pk]).select_related("document")
    found = {row.pk: row for row in [*versions_in_force(staff.unit, at=at), *rows]}
    known = set(Acknowledgement.objects.filter(staff=staff, version_id__in=list(found)).values_list("version_id", flat=True))
    return [row for pk, row in found.items() if pk not in known and audience_of(row) & roles]


def staff_of(user: User) -> Staff | None:
    return Staff.objects.filter(user=user, ended_date=None).select_related("unit", "user").first()
