"""People in the search: by name and number. Telephones and other identities are found only exactly, through the purpose gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.search import kinds
from steward.ground.search.kinds import Hit, SearchKind, Words
from steward.ground.search.operations import index_rows

from .models import Customer

CODES = frozenset({"customers.customer_registered", "customers.customer_changed", "cases.case_opened", "cases.case_transferred"})


def words_of(customer: Customer) -> Words | None:
    if customer.erased_at is not None:
        return None
    units = tuple(customer.served_by.order_by("pk").values_list("unit_id", flat=True)) or (customer.unit_id,)
    return Words(customer.name, (customer.number,) if customer.number else (), units, customer.created_at)


def hit_of(customer: Customer) -> Hit:
    return Hit(customer.name, reverse("customers:detail", args=[customer.public_id]), str(customer.unit.name))


def of_person(person: Person) -> Iterable[int]:
    return (person.id,) if person.type == "customers.customer" else ()


def keep_in_step(entries: Sequence[Entry]) -> None:
    """Index everybody the batch names, as subject or as link: a case in another unit makes them known there."""
    prefetch_related_objects(entries, "links")
    ids = {entry.subject_id for entry in entries if entry.subject_type == "customers.customer"}
    ids |= {link.object_id for entry in entries for link in entry.links.all() if link.type == "customers.customer"}
    index_rows(Customer.objects.filter(pk__in=ids).select_related("unit").order_by("pk"), kind="customer")


def register() -> None:
    kinds.register(
        SearchKind(
            "customer", Customer, _("{Customer_many}"), words_of, hit_of, icon="users", order=20, related=("unit",), of_person=of_person
        )
    )
    subscribe(Subscriber("customers.search", keep_in_step, codes=CODES))
