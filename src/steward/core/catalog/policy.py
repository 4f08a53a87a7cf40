from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.ground.access.models import User
from steward.ground.access.policies import Policy, Row, register

from .models import Category, PromisePolicy, ServiceItem


class CatalogPolicy(Policy[Row]):
    """What an organisation offers and promises is known to everybody in it."""

    view = "catalog.view"
    actions = {"manage": "catalog.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(unit__path__startswith=user.organisation.path) if user.organisation else super().involved(user, at=at)


class ServicePolicy(CatalogPolicy[ServiceItem]):
    model = ServiceItem


class CategoryPolicy(CatalogPolicy[Category]):
    model = Category


class PromisePolicyPolicy(CatalogPolicy[PromisePolicy]):
    model = PromisePolicy


def register_policies() -> None:
    for policy in (ServicePolicy(), CategoryPolicy(), PromisePolicyPolicy()):
        register(policy)
