"""Which promises hold for a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import Unit

from .models import Category, PromisePolicy, ServiceItem


def policies_of(unit: Unit, *, at: datetime) -> list[PromisePolicy]:
    """Every policy in force at an instant for a unit, its own and its ancestors'."""
    in_force = Q(starts_at__lte=at) & (Q(ended_at=None) | Q(ended_at__gt=at))
    return list(PromisePolicy.objects.filter(in_force, unit_id__in=unit.ancestor_ids))


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
