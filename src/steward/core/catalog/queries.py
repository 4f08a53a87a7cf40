"""Which promises hold for a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from steward.ground.access.models import Unit
from steward.ground.rules.queries import NO_REVISION, revision

from .models import Category, PromisePolicy, ServiceItem

POLICIES = "promise_policies"  # the revision of everything about them


def policies_of(unit: Unit, *, at: datetime) -> list[PromisePolicy]:
    """Every policy in force at an instant for a unit, its own and its ancestors'. Kept while no policy changes: do not change what it returns."""
    now = revision(POLICIES)
    rows = _policies.__wrapped__(now, unit.path) if now == NO_REVISION else _policies(now, unit.path)
    return [row for row in rows if row.starts_at <= at and (row.ended_at is None or row.ended_at > at)]


@lru_cache(maxsize=1024)
def _policies(_at_revision: UUID, path: str) -> tuple[PromisePolicy, ...]:
    """All versions that ever held for a unit; the revision is only a part of the key."""
    return tuple(PromisePolicy.objects.filter(unit_id__in=[int(part) for part in path.split(".") if part]).order_by("pk"))


def best_policies(
    policies: Iterable[PromisePolicy], *, unit: Unit, service_id: int | None, case_kind: str, priority: str
) -> dict[tuple[str, str], PromisePolicy]:
    """The closest fitting policy for each (promise kind, clock), the nearest unit's first, of policies of the unit and its ancestors.

    Ties cannot occur: the key of a version in force is unique.
    """
    best: dict[tuple[str, str], PromisePolicy] = {}
    depth = {pk: level for level, pk in enumerate(unit.ancestor_ids)}

    def closeness(policy: PromisePolicy) -> tuple[int, ...]:
        return (depth[policy.unit_id], *policy.specificity)

    for policy in policies:
        fits = policy.service_id in (None, service_id) and policy.case_kind in ("", case_kind) and policy.priority in ("", priority)
        key = (policy.promise_kind, policy.clock)
        if fits and (key not in best or closeness(policy) > closeness(best[key])):
            best[key] = policy
    return best


def services_of(unit: Unit) -> list[ServiceItem]:
    return list(ServiceItem.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("code"))


def categories_of(unit: Unit) -> list[Category]:
    return list(Category.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).order_by("code"))
