"""What the rules would erase on a day: the run reads exactly this, so that a preview and the run cannot differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from steward.core.customers.models import Customer
from steward.ground.access.models import Unit
from steward.ground.rules.models import RuleVersion
from steward.ground.rules.queries import resolve

from .kinds import KINDS, RULE, Kind
from .models import LegalHold

SAMPLE = 5


@dataclass(frozen=True)
class Due:
    """One kind on one day. days: None without a rule, and then nothing is due."""

    kind: Kind
    days: int | None
    ids: tuple[int, ...]
    held: int
    unverified: bool = False
    source: str = ""

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def sample(self) -> list[str]:
        """A few of them by number: customers by the one that stands on their page."""
        first = self.ids[:SAMPLE]
        if self.kind.key != "customers":
            return [f"#{pk}" for pk in first]
        numbers = dict(Customer.objects.filter(pk__in=first).values_list("pk", "number"))
        return [numbers.get(pk) or f"#{pk}" for pk in first]


def due_on(organisation: Unit, day: date) -> list[Due]:
    """Every kind, with what would be erased in the night that begins this day."""
    return [_due(kind, organisation, day) for kind in KINDS.values()]


def _due(kind: Kind, organisation: Unit, day: date) -> Due:
    body = resolve(RULE, kind.key, organisation, day)
    if body is None:
        return Due(kind, None, (), 0)
    days = int(body["days"])
    before = datetime.combine(day - timedelta(days=days), time.min, tzinfo=organisation.timezone)
    holds = list(holds_in_force(organisation).filter(kind=kind.key).values_list("subject_id", flat=True))
    found = list(kind.due(organisation, before).order_by("pk").values_list("pk", flat=True))
    free = [] if None in holds else [pk for pk in found if pk not in set(holds)]
    version = _version(kind, organisation, day)
    return Due(
        kind,
        days,
        tuple(free),
        len(found) - len(free),
        unverified=bool(version and version.unverified),
        source=version.source if version else "",
    )


def _version(kind: Kind, organisation: Unit, day: date) -> RuleVersion | None:
    """The version that counts, for its source: the organisation's own before the installation's."""
    valid = Q(valid_to=None) | Q(valid_to__gte=day)
    rows = RuleVersion.objects.filter(valid, kind=RULE, key=kind.key, valid_from__lte=day).order_by("-valid_from", "-pk")
    return rows.filter(unit=organisation).first() or rows.filter(unit=None).first()


def holds_in_force(organisation: Unit) -> QuerySet[LegalHold]:
    return LegalHold.objects.filter(organisation=organisation, lifted_at=None)
