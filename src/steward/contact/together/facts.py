"""Internal requests and service orders as facts, by the department that was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db.models import Case as When
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models import When as If
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.cases.facts import CALENDAR_CODES
from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.measures.arrays import Batch
from steward.ground.measures.declarations import Column, Computed, Fact, RowLink, facts

from .holding import minutes_held
from .models import InternalRequest, ServiceOrder


def _shares(batch: Batch) -> Mapping[str, Any]:
    """The department's part of the whole working time of the case, in percent; once for each closed case, on its first request there."""
    shares = np.full(batch.size, np.nan)
    wanted = (batch["first_there"] == 1) & ~np.isnat(batch["closed_at"])
    ids = {int(pk) for pk in batch["case_id"][wanted]}
    cases = {case.pk: case for case in Case.objects.filter(pk__in=ids).select_related("unit")}
    if not cases:
        return {"case_share": shares}
    held = minutes_held(list(cases.values()), max(case.closed_at or case.opened_at for case in cases.values()))
    for place in np.flatnonzero(wanted):
        minutes = held.get(int(batch["case_id"][place]), {})
        total = sum(minutes.values())
        if total:
            shares[place] = 100 * minutes.get(int(batch["unit_id"][place]), 0) / total
    return {"case_share": shares}


def _itself(ids: Sequence[int]) -> Iterable[int]:
    return ids


def _of_cases(ids: Sequence[int]) -> Iterable[int]:
    return InternalRequest.objects.filter(case_id__in=ids).values_list("pk", flat=True)


def _links(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = InternalRequest.objects.visible_to(user).filter(pk__in=ids).select_related("case", "to_unit").order_by("-pk")
    return [RowLink(row.pk, row.case.number, reverse("together:request", args=[row.public_id]), str(row.to_unit)) for row in seen]


def _first_there() -> Any:
    """1 for the first request of its case to its department: what is counted per case is counted on it."""
    earlier = InternalRequest.objects.filter(case=OuterRef("case"), to_unit=OuterRef("to_unit"), pk__lt=OuterRef("pk"))
    return When(If(Q(Exists(earlier)), then=Value(0)), default=Value(1))


REQUESTS = Fact(
    "internal_requests",
    InternalRequest,
    label=_("Internal requests"),
    capability="cases.view",
    confidential="confidential",
    confidential_model=Case,
    confidential_key="case_id",
    times=("sent_at", "due_at", "answered_at", "closed_at"),
    rebuild_on=CALENDAR_CODES,
    subjects={InternalRequest._meta.label_lower: _itself, "cases.case": _of_cases},
    rows=_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "to_unit_id"), Column("from_unit_id", "from_unit_id"), Column("case_id", "case_id"),
        Column("kind", "case__kind", "VARCHAR"), Column("confidential", "case__confidential", "BOOLEAN"), Column("state", "state", "VARCHAR"),
        Column("bounces", "bounce_count"), Column("used_minutes", "used_minutes"), Column("ola_minutes", "ola_minutes"),
        Column("first_there", _first_there()),
        Column("sent_at", "sent_at", "TIMESTAMP"), Column("due_at", "due_at", "TIMESTAMP"), Column("missed_at", "missed_at", "TIMESTAMP"),
        Column("answered_at", "answered_at", "TIMESTAMP"), Column("closed_at", "case__closed_at", "TIMESTAMP"),
    ),
    computed=(Computed((("case_share", "DOUBLE"),), _shares),),
)  # fmt: skip


def _minutes(batch: Batch) -> Mapping[str, Any]:
    """Minutes around the clock from the first report; a guest counts them so."""
    passed = np.floor((batch["done_at"] - batch["since_at"]) / np.timedelta64(60, "s"))
    return {"minutes": np.where(np.isnat(batch["done_at"]), np.nan, passed)}


def _order_links(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = ServiceOrder.objects.visible_to(user).filter(pk__in=ids).select_related("location", "service").order_by("-pk")
    return [RowLink(row.pk, row.location.code, reverse("together:order", args=[row.public_id]), str(row.service)) for row in seen]


ORDERS = Fact(
    "service_orders",
    ServiceOrder,
    label=_("Service orders"),
    capability="together.view",
    times=("placed_at", "done_at", "promised_at"),
    rebuild_on=frozenset({"org.unit_changed", "org.unit_moved"}),
    subjects={ServiceOrder._meta.label_lower: _itself},
    rows=_order_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "to_unit_id"), Column("service_id", "service_id"), Column("state", "state", "VARCHAR"),
        Column("first_order_id", "first_order_id"), Column("fixed", "fixed_first_time", "BOOLEAN"),
        Column("since_at", "since_at", "TIMESTAMP"), Column("placed_at", "placed_at", "TIMESTAMP"), Column("done_at", "done_at", "TIMESTAMP"),
        Column("promised_at", "promised_at", "TIMESTAMP"),
    ),
    computed=(Computed((("minutes", "DOUBLE"),), _minutes),),
)  # fmt: skip


def register() -> None:
    facts.register(REQUESTS, ORDERS)
