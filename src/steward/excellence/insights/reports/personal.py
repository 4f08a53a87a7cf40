"""Words about a person in reports: what people write there is free text, and may name somebody.

Found are the words that hold the name, the number or a contact value of a customer of the same organisation. Erasing puts a dash in their place,
in drafts and in issued reports alike; an issued report is sealed anew, with an entry, and its PDF is made again from what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model, Q

from steward.core.customers.models import Customer
from steward.ground.files.models import FileRef
from steward.ground.files.operations import collect_now
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person
from steward.ground.journal.personal import PersonalData, Retention, register

from . import events, texts
from .models import Commentary, Decision, Recommendation, Report
from .queries import sha_of
from .snapshot import Content

LABEL = "customers.customer"
# Places are blanked in the order of their keys: this one needs the name and the contacts, which `customers` takes away.
KEY = "commentary.reports"
ERASER = Actor.system("erasure")
DASH = "—"
SHORTEST_NAME, SHORTEST_NUMBER = 2, 4


@dataclass(frozen=True)
class _Place:
    """A table with free text. path: from a row to its report."""

    model: type[Model]
    fields: Sequence[str]
    path: str


PLACES = (
    _Place(Commentary, ("text",), "report"),
    _Place(Recommendation, ("text", "question"), "report"),
    _Place(Decision, ("reason",), "recommendation__report"),
    _Place(Report, ("correction_reason",), ""),
)


def find(person: Person) -> int:
    return sum(1 for _found in _rows(person))


def export(person: Person) -> list[dict[str, Any]]:
    """Each text that names them, with the report's period."""
    found = []
    for place, row in _rows(person):
        report = _report_of(place, row)
        said = " ".join(getattr(row, field) for field in place.fields)
        found.append({"report": str(report.public_id), "from": report.start_date.isoformat(), "text": said})
    return found


def blank(person: Person, at: datetime) -> int:
    words, count = _words(person), 0
    touched: dict[int, Report] = {}
    for place, row in list(_rows(person)):
        for field in place.fields:
            setattr(row, field, _without(getattr(row, field), words))
        row.save(update_fields=list(place.fields))
        report = _report_of(place, row)
        touched[report.pk] = report
        count += 1
    for pk in sorted(touched):
        _seal_again(Report.objects.select_for_update().get(pk=pk), words, at)
        _drop_files(touched[pk], at)
    return count


def retain(person: Person, at: datetime) -> Retention | None:
    return None


def _words(person: Person) -> list[str]:
    """What names a customer, the longest first: a value may be part of another. None for what is no customer."""
    customer = Customer.objects.filter(pk=person.id).first() if person.type == LABEL else None
    if customer is None:
        return []
    numbers = {customer.number, *(value for point in customer.contact_points.all() for value in (point.value, point.normalised))}
    found = {one for one in numbers if len(one) >= SHORTEST_NUMBER}
    if len(customer.name) >= SHORTEST_NAME:
        found.add(customer.name)
    return sorted(found, key=lambda one: (-len(one), one))


def _rows(person: Person) -> Iterable[tuple[_Place, Any]]:
    words = _words(person)
    if not words:
        return
    organisation = Customer.objects.values_list("organisation_id", flat=True).get(pk=person.id)
    for place in PLACES:
        naming = Q()
        for field in place.fields:
            for word in words:
                naming |= Q(**{f"{field}__contains": word})
        up = f"{place.path}__" if place.path else ""
        rows = place.model._default_manager.filter(naming, **{f"{up}unit__path__startswith": f"{organisation}."})
        for row in rows.order_by("pk").select_related(*([place.path] if place.path else [])):
            yield place, row


def _report_of(place: _Place, row: Any) -> Report:
    for step in place.path.split("__") if place.path else []:
        row = getattr(row, step)
    assert isinstance(row, Report)
    return row


def _without(text: str, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, DASH)
    return text


def _seal_again(report: Report, words: Sequence[str], at: datetime) -> None:
    """An issued report holds its words a second time, under its seal."""
    if report.texts is None:
        return
    left = _cleared(report.texts, words)
    if left == report.texts:
        return
    report.texts, report.seal = left, texts.seal_of(sha_of(report), left)
    report.save(update_fields=["texts", "seal"])
    journal.record(events.WordsErased(report.seal), subject=report, by=ERASER, at=at, unit_id=report.unit_id)


def _cleared(written: Content, words: Sequence[str]) -> Content:
    """The texts without what names somebody; who wrote them stays."""
    return {
        "commentary": [{**one, "text": _without(one["text"], words)} for one in written["commentary"]],
        "recommendations": [
            {**one, "text": _without(one["text"], words), "question": _without(one["question"], words)}
            for one in written["recommendations"]
        ],
    }


def _drop_files(report: Report, at: datetime) -> None:
    """Every PDF of it; the next look makes it from what is left."""
    rows = FileRef.objects.filter(subject_type=report._meta.label_lower, subject_id=report.pk).exclude(blob=None)
    blobs = [pk for pk in rows.values_list("blob", flat=True).distinct() if pk is not None]
    rows.update(blob=None, name=DASH, removed_at=at)
    transaction.on_commit(lambda: collect_now(blobs))


def register_places() -> None:
    tables = ("reports_commentary", "reports_recommendation", "reports_decision", "reports_report")
    register(PersonalData(KEY, find, export, blank, retain, tables=tables))
