"""{% load cases %}: `case|state_status`, `case|priority_status`, `message|with_evidence`, `term|span`, {% case_rows page as rows %}."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.template import Library
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from steward.core.catalog.words import span_words
from steward.ground.ui.figures import NOTHING
from steward.ground.ui.status import Status
from steward.ground.ui.templatetags.ui import due_html, read_by, status, when_html

from ..models import Case, KindSuggestion, Message, PromiseTerm
from ..views.states import priority_of, state_of

register = Library()


@register.filter
def state_status(case: Case) -> Status:
    return state_of(case)


@register.filter
def priority_status(case: Case) -> Status | None:
    return priority_of(case)


@register.filter
def span(term: PromiseTerm) -> str:
    return span_words(term.amount, term.time_unit)


@register.filter
def with_evidence(message: Message) -> SafeString | str:
    """The words, with the sentence marked that was read as a complaint, while that is undecided or was taken."""
    found = getattr(message, "suggestion", None)
    if found is None or found.state == KindSuggestion.State.DISMISSED:
        return message.body
    body, start, end = message.body, found.start, found.end
    return format_html("{}<mark>{}</mark>{}", body[:start], body[start:end], body[end:])


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a list shows it, in words. The template only puts them in their places: what it works out itself costs ten times as much."""

    public_id: UUID
    address: str
    title: str
    number: str
    facts: str
    choose: str
    due: SafeString | str
    status: SafeString
    priority: SafeString | str
    assignee: str
    received: SafeString


@register.simple_tag(takes_context=True)
def case_rows(context: Context, cases: Iterable[Case]) -> list[Row]:
    at, zone = read_by(context)
    erased, nobody, choose = _("(erased)"), _("nobody"), _("Choose case %(number)s")
    rows = []
    for case in cases:
        facts = [case.get_kind_display(), (case.customer.name or erased) if case.customer else "", str(case.unit.name)]
        priority = priority_of(case)
        due = "—" if case.is_finished else NOTHING if case.next_due_at is None else due_html(case.next_due_at, at=at, zone=zone)
        rows.append(
            Row(
                public_id=case.public_id,
                address=reverse("cases:detail", args=[case.public_id]),
                title=case.title or erased,
                number=case.number,
                facts="".join(f" · {fact}" for fact in facts if fact),
                choose=choose % {"number": case.number},
                due=due,
                status=status(state_of(case)),
                priority=status(priority) if priority else "",
                assignee=case.assignee.user.name if case.assignee else nobody,
                received=when_html(case.opened_at, at=at, zone=zone),
            )
        )
    return rows
