from __future__ import annotations

from dataclasses import dataclass

from steward.ground.journal.events import Event, event


@event("customers.customer_registered")
@dataclass(frozen=True)
class CustomerRegistered(Event):
    kind: str


@event("customers.customer_changed")
@dataclass(frozen=True)
class CustomerChanged(Event):
    fields: list[str]


@event("customers.contact_added")
@dataclass(frozen=True)
class ContactAdded(Event):
    kind: str
    contact: int


@event("customers.contact_ended")
@dataclass(frozen=True)
class ContactEnded(Event):
    kind: str
    contact: int


@event("customers.consent_recorded")
@dataclass(frozen=True)
class ConsentRecorded(Event):
    purpose: str
    given: bool


@event("customers.customer_looked_up")
@dataclass(frozen=True)
class CustomerLookedUp(Event):
    """Somebody searched the whole organisation by an exact identity; found: how many customers matched."""

    kind: str
    found: int


@event("customers.customer_erased")
@dataclass(frozen=True)
class CustomerErased(Event):
    rows: int
    keys: int
    retained: list[str]


@event("customers.data_exported")
@dataclass(frozen=True)
class DataExported(Event):
    rows: int
