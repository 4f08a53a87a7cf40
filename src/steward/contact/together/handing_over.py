"""What work between departments gives to the next shift of the department that has it: open requests and service orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.core.org.handovers import HandoverPoint, HandoverSource, register
from steward.ground.access.models import Unit, User
from steward.ground.journal.operations import Person

from .models import InternalRequest, ServiceOrder
from .models.requests import OPEN

MOST = 60


def request_points(unit: Unit, at: datetime, until: datetime) -> Sequence[HandoverPoint]:
    rows = InternalRequest.objects.filter(state__in=OPEN, sent_at__lte=at, to_unit__path__startswith=unit.path, case__confidential=False)
    return [
        HandoverPoint(
            row.pk,
            f"{row.case.number} {row.question}"[:200],
            row.sent_at,
            row.due_at,
            row.due_at is not None and row.due_at < at,
            Person.of(row.case.customer) if row.case.customer else None,
        )
        for row in rows.select_related("case__customer").order_by("due_at", "pk")[:MOST]
    ]


def requests_open(ids: Collection[int], at: datetime) -> Collection[int]:
    return set(InternalRequest.objects.filter(state__in=OPEN, pk__in=ids, case__confidential=False).values_list("pk", flat=True))


def request_pages(user: User, ids: Collection[int], at: datetime) -> Mapping[int, str]:
    rows = InternalRequest.objects.visible_to(user, at=at).filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("together:request", args=[public_id]) for pk, public_id in rows}


def order_points(unit: Unit, at: datetime, until: datetime) -> Sequence[HandoverPoint]:
    rows = ServiceOrder.objects.filter(finished_at=None, placed_at__lte=at, to_unit__path__startswith=unit.path)
    return [
        HandoverPoint(
            row.pk,
            f"{row.location.code} {row.service}"[:200],
            row.since_at,
            row.promised_at,
            row.is_to_do and row.promised_at < at,
            Person.of(row.case.customer) if row.case and row.case.customer else None,
        )
        for row in rows.select_related("location", "service", "case__customer").order_by("promised_at", "pk")[:MOST]
    ]


def orders_open(ids: Collection[int], at: datetime) -> Collection[int]:
    return set(ServiceOrder.objects.filter(finished_at=None, pk__in=ids).values_list("pk", flat=True))


def order_pages(user: User, ids: Collection[int], at: datetime) -> Mapping[int, str]:
    rows = ServiceOrder.objects.visible_to(user, at=at).filter(pk__in=ids).values_list("pk", "public_id")
    return {pk: reverse("together:order", args=[public_id]) for pk, public_id in rows}


def register_sources() -> None:
    requests, orders = InternalRequest._meta.label_lower, ServiceOrder._meta.label_lower
    register(HandoverSource("together.requests", _("Internal requests"), 30, requests, request_points, requests_open, request_pages))
    register(HandoverSource("together.orders", _("Service orders"), 40, orders, order_points, orders_open, order_pages))
