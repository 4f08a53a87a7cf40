from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from steward.ground.access.models import User
from steward.ground.access.policies import NOTHING, Policy, access_at, register
from steward.ground.access.scope import Access
from steward.ground.journal.actors import Actor

from .models import ContactPoint, Customer, ServedBy


class CustomerPolicy(Policy[Customer]):
    """A customer is seen by those whose units have worked for them, not by the unit of the row alone."""

    model = Customer
    view = "customers.view"
    actions = {
        "view": "customers.view",
        "change": "customers.change",
        "reveal": "customers.reveal",
        "erase": "customers.erase",
        "export": "customers.export",
    }

    def scope(self, access: Access, capability: str) -> Q:
        ids = access.unit_ids(capability)
        served = ServedBy.objects.filter(customer=OuterRef("pk"), unit_id__in=ids)
        return Q(Exists(served)) if ids else NOTHING

    def may(self, by: Actor, action: str, row: Customer, *, at: datetime) -> bool:
        if by.user is None:
            return by.is_machine
        units = access_at(by.user, at).unit_ids(self.capability(action))
        return ServedBy.objects.filter(customer=row, unit_id__in=units).exists()


class ContactPolicy(Policy[ContactPoint]):
    model = ContactPoint
    view = "customers.view"
    unit_field = "customer__unit"
    actions = {"reveal": "customers.reveal"}

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(customer__in=Customer.objects.visible_to(user, at=at))

    def may(self, by: Actor, action: str, row: ContactPoint, *, at: datetime) -> bool:
        return CustomerPolicy().may(by, action, row.customer, at=at)


def register_policies() -> None:
    register(CustomerPolicy())
    register(ContactPolicy())
