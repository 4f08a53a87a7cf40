"""Finding or registering many people at once, for imports: the rules of `find_or_register`, in a few statements for a whole batch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.journal.bulk import Happening, record_many
from steward.ground.journal.operations import Person, Sealed
from steward.ground.journal.rows import insert_rows

from . import events
from .models import ContactPoint, Customer, ServedBy

PURPOSE = "serve_case"


@dataclass(frozen=True, slots=True)
class Identity:
    """A way to reach somebody: its kind, as it was given, and in the form identities are compared in (`identities.normalise`)."""

    kind: str
    value: str
    normalised: str


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Somebody as a record of another system names them. number: the organisation's own number for them, the surest identity."""

    name: str = ""
    number: str = ""
    identities: tuple[Identity, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.name or self.number or self.identities)


@dataclass
class _Known:
    """Who is known under which number and identity, and who is new in this batch."""

    by_number: dict[str, Customer] = field(default_factory=dict)
    by_identity: dict[tuple[str, str], list[Customer]] = field(default_factory=lambda: defaultdict(list))
    new: list[tuple[Customer, PersonDraft]] = field(default_factory=list)
    found: set[int] = field(default_factory=set)


def find_or_register_many(*, wanted: Sequence[tuple[Unit, PersonDraft]], by: Actor, at: datetime) -> list[Customer]:
    """For each draft the person with this number, or with this identity and (where a name is given) this name, or somebody new.

    All units belong to one organisation. Runs inside the caller's transaction; the caller has checked the right, as for `note_service`.
    The look-up of the whole batch is one entry of the journal.
    """
    if not wanted:
        return []
    known = _look_up(wanted)
    people = [_settle(unit, draft, known, at) for unit, draft in wanted]
    insert_rows([customer for customer, _draft in known.new])
    contacts = list(_contacts(known, at))
    insert_rows(contacts)
    pairs = {(person.pk, unit.pk) for person, (unit, _draft) in zip(people, wanted, strict=True)}
    ServedBy.objects.bulk_create(
        [ServedBy(customer_id=pk, unit_id=unit_id, since_at=at) for pk, unit_id in sorted(pairs)], ignore_conflicts=True, batch_size=500
    )
    _record(wanted[0][0], known, contacts, by, at)
    return people


def _look_up(wanted: Sequence[tuple[Unit, PersonDraft]]) -> _Known:
    organisation_id = wanted[0][0].root_id
    known = _Known()
    numbers = {draft.number for _unit, draft in wanted if draft.number}
    for part in _parts(numbers):
        for customer in Customer.objects.filter(organisation_id=organisation_id, number__in=part, erased_at=None):
            known.by_number[customer.number] = customer
    values = {identity.normalised for _unit, draft in wanted for identity in draft.identities}
    asked = {(identity.kind, identity.normalised) for _unit, draft in wanted for identity in draft.identities}
    for part in _parts(values):
        points = ContactPoint.objects.filter(
            customer__organisation_id=organisation_id, normalised__in=part, ended_at=None, customer__erased_at=None
        )
        for point in points.select_related("customer").order_by("customer_id"):
            if (point.kind, point.normalised) in asked:
                known.by_identity[point.kind, point.normalised].append(point.customer)
    return known


def _settle(unit: Unit, draft: PersonDraft, known: _Known, at: datetime) -> Customer:
    person = known.by_number.get(draft.number) if draft.number else None
    person = person or _fitting(draft, known)
    if person is None:
        person = Customer(organisation_id=unit.root_id, unit=unit, name=draft.name or draft.number, number=draft.number, created_at=at)
        known.new.append((person, draft))
        if draft.number:
            known.by_number[draft.number] = person
        for identity in draft.identities:
            known.by_identity[identity.kind, identity.normalised].append(person)
    elif person.pk is not None:
        known.found.add(person.pk)
    return person


def _fitting(draft: PersonDraft, known: _Known) -> Customer | None:
    """The one person with any of the identities and the name given; several are told apart by nobody, so none of them is taken."""
    fitting: list[Customer] = []
    for identity in draft.identities:
        for person in known.by_identity.get((identity.kind, identity.normalised), ()):
            same = (not draft.name or person.name == draft.name) and (not draft.number or not person.number)
            if same and not any(person is other or (person.pk and person.pk == other.pk) for other in fitting):
                fitting.append(person)
    return fitting[0] if len(fitting) == 1 else None


def _contacts(known: _Known, at: datetime) -> Iterator[ContactPoint]:
    for person, draft in known.new:
        for identity in dict.fromkeys(draft.identities):
            yield ContactPoint(
                customer=person, kind=identity.kind, value=identity.value.strip(), normalised=identity.normalised, since_at=at
            )


def _record(unit: Unit, known: _Known, contacts: Sequence[ContactPoint], by: Actor, at: datetime) -> None:
    entries = []
    for person, draft in known.new:
        sealed = Sealed(Person.of(person), after={"name": person.name, "needs": "", "number": draft.number})
        entries.append(Happening(events.CustomerRegistered(person.kind), person, at, person.unit_id, sealed=sealed))
    for contact in contacts:
        sealed = Sealed(Person.of(contact.customer), after={"value": contact.value})
        entries.append(
            Happening(events.ContactAdded(contact.kind, contact.pk), contact.customer, at, contact.customer.unit_id, sealed=sealed)
        )
    record_many(entries, by=by)
    kinds = Counter(identity.kind for _person, draft in known.new for identity in draft.identities)
    if known.found or kinds:
        kind = min(kinds, default="number")
        links = [(Customer._meta.label_lower, pk) for pk in sorted(known.found)]
        looked = Happening(events.CustomerLookedUp(kind, len(known.found)), unit, at, unit.pk, links=links)
        record_many([looked], by=by.with_purpose(PURPOSE))


def _parts(values: Iterable[str], size: int = 400) -> Iterator[list[str]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
