"""Raw rows hold people's data: found, exported and blanked with everything else that is kept about somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from steward.core.customers.models import Customer
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.files import subjects
from steward.ground.files.models import FileRef
from steward.ground.files.operations import collect_now
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from .models import ImportRun, RowError, SourceRecord

LABEL = "customers.customer"
# Places are blanked in the order of their keys: this one needs the person's telephone and name, which `customers` takes away.
KEY = "contact.imports"
ERASED_NAME = "—"


def runs_of(person: Person) -> Iterable[int]:
    """Runs whose file holds this person: a case of theirs came from it, or a row that names them became no case."""
    if person.type != LABEL:
        return ()
    loaded = SourceRecord.objects.filter(case__customer_id=person.id).values_list("run_id", flat=True)
    failed = _errors(person).values_list("run_id", flat=True)
    return sorted({*loaded, *failed})


def find(person: Person) -> int:
    return _errors(person).count() + _records(person).count()


def export(person: Person) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "source": record.source,
            "number": record.key,
            "row": record.row,
            "facts": record.facts,
            "rows": record.rows,
            "case": record.case.number,
        }
        for record in _records(person).select_related("case").order_by("pk")
    ]
    for error in _errors(person).order_by("pk"):
        rows += [{"row": row[0], "cells": row[1:], "not_imported": error.code} for row in error.rows]
    return rows


def blank(person: Person, at: datetime) -> int:
    """Rows that name the person are emptied, the files they came from go whole: one row cannot be taken out of a file."""
    if person.type != LABEL:
        return 0
    runs = list(runs_of(person))
    count = _errors(person).update(rows=[], identities="", params={}, key="", blanked_at=at)
    count += _records(person).exclude(digest="").update(digest="", rows=[])
    files = FileRef.objects.filter(subject_type=ImportRun._meta.label_lower, subject_id__in=runs).exclude(blob=None)
    blobs = [pk for pk in files.values_list("blob", flat=True).distinct() if pk is not None]
    count += files.update(blob=None, name=ERASED_NAME, removed_at=at)
    transaction.on_commit(lambda: collect_now(blobs))
    return count


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def _records(person: Person) -> QuerySet[SourceRecord]:
    if person.type != LABEL:
        return SourceRecord.objects.none()
    return SourceRecord.objects.filter(case__customer_id=person.id)


def _errors(person: Person) -> QuerySet[RowError]:
    """Kept rows of the organisation that hold the person's number, telephone or e-mail, or exactly their name."""
    customer = Customer.objects.filter(pk=person.id).first() if person.type == LABEL else None
    if customer is None:
        return RowError.objects.none()
    named = [f"{point.kind}:{point.normalised}" for point in customer.contact_points.all() if point.normalised]
    named += [f"person_number:{customer.number}"] if customer.number else []
    named += [f"person_name:{customer.name}"] if customer.name else []
    if not named:
        return RowError.objects.none()
    condition = Q()
    for text in named:
        condition |= Q(identities__contains=f"\n{text}\n")
    return RowError.objects.filter(condition, run__organisation_id=customer.organisation_id, blanked_at=None)


def may_see(user: User, run_id: int, at: datetime) -> bool:
    return ImportRun.objects.filter(policy_for(ImportRun).visible(user, at=at), pk=run_id).exists()


def may_attach(by: Actor, run_id: int, at: datetime) -> bool:
    if by.user is None:
        return by.is_machine
    return may_see(by.user, run_id, at)


def register_places() -> None:
    tables = ("datahub_rowerror", "datahub_sourcerecord")
    register(PersonalData(KEY, find, export, blank, retain, tables=tables))
    subjects.register(subjects.FileSubject("datahub.importrun", may_see, may_attach, sensitive=lambda run_id: True, of_person=runs_of))
