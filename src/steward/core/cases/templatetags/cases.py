"""{% load cases %}: `case|state_status`, `case|priority_status`, `term|span` (“4 working hours”)."""

from __future__ import annotations

from django.template import Library

from steward.core.catalog.words import span_words
from steward.ground.ui.status import Status

from ..models import Case, PromiseTerm
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
