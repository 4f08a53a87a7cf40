"""Cases in the search: title, number and every word of the conversation, kept in step by a subscriber of the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from steward.ground.journal.models import Entry
from steward.ground.journal.operations import Person
from steward.ground.journal.subscribers import Subscriber, subscribe
from steward.ground.search import kinds
from steward.ground.search.kinds import Hit, SearchKind, Words
from steward.ground.search.operations import index_rows

from .models import Case

CODES = frozenset(
    {
        "cases.case_opened",
        "cases.message_added",
        "cases.title_changed",
        "cases.case_transferred",
        "cases.property_changed",
        "cases.case_merged",
    }
)


@dataclass(frozen=True)
class MoreWords:
    """Words an upper room keeps about a case. prefetch: the relation they are read from, so that a batch reads it once."""

    key: str
    prefetch: str
    words: Callable[[Case], Iterable[str]]


_more: dict[str, MoreWords] = {}


def register_words(more: MoreWords) -> None:
    if more.key in _more:
        raise ValueError(f"The words {more.key!r} of cases are registered twice.")
    _more[more.key] = more


def words_of(case: Case) -> Words | None:
    if not case.title:  # erased
        return None
    bodies = tuple(message.body for message in sorted(case.messages.all(), key=lambda message: message.pk))
    bodies += tuple(word for _key, more in sorted(_more.items()) for word in more.words(case))
    units = tuple(dict.fromkeys([case.unit_id, *([case.assignee.unit_id] if case.assignee else [])]))
    return Words(f"{case.number} {case.title}", bodies, units, case.opened_at, case.confidential)


def hit_of(case: Case) -> Hit:
    detail = f"{case.number} · {case.get_kind_display()} · {case.get_state_display()} · {case.unit.name}"
    first = case.messages.order_by("id").values_list("body", flat=True).first() or ""
    return Hit(case.title, reverse("cases:detail", args=[case.public_id]), detail, first)


def of_person(person: Person) -> Iterable[int]:
    return Case.objects.filter(customer_id=person.id).values_list("pk", flat=True) if person.type == "customers.customer" else ()


def keep_in_step(entries: Sequence[Entry]) -> None:
    """Index every case named in the batch once, from its rows as they are now."""
    ids = {entry.subject_id for entry in entries if entry.subject_type == "cases.case"}
    related = ["messages", *(more.prefetch for more in _more.values())]
    rows = Case.objects.filter(pk__in=ids).select_related("unit", "assignee").prefetch_related(*related)
    index_rows(rows.order_by("pk"), kind="case")


def register() -> None:
    kinds.register(SearchKind("case", Case, _("Cases"), words_of, hit_of, icon="inbox", order=10, related=("unit",), of_person=of_person))
    subscribe(Subscriber("cases.search", keep_in_step, codes=CODES))
