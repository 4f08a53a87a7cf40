"""What the pages of this room share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from steward.core.org.exports import record_export
from steward.ground import clock
from steward.ground.access.http import StaffRequest
from steward.ground.measures.errors import FixedPartition, NoSeries, NotPossible
from steward.ground.ui.inplace import answer_problems, problems_of

from .. import address, spans
from ..address import Asked
from ..asking import Asker, asker_of
from ..naming import names_of

__all__ = ["asked_by", "asker", "filter_words", "problem_words", "record_export", "refuse", "span_choices", "window_words"]


def asker(request: StaffRequest) -> Asker:
    return asker_of(request.user, at=clock.now())


def asked_by(params: QueryDict, who: Asker, span: str = spans.DEFAULT) -> Asked:
    return address.read(params, organisation_id=who.viewer.organisation_id, today=who.today, span=span)


def span_choices() -> list[tuple[str, Any]]:
    return [*spans.SPANS.items(), ("own", _("Own dates"))]


def window_words(asked: Asked) -> str:
    last = date.fromordinal(asked.window.end.toordinal() - 1)
    return _("%(start)s to %(end)s, %(days)s days") % {"start": asked.window.start, "end": last, "days": asked.window.days}


def filter_words(asked: Asked) -> list[tuple[str, str]]:
    """The filters in words: what, and which."""
    found = []
    for name, values in sorted(asked.filters.items()):
        names = names_of(name, values)
        found.append((str(names.dimension.label), _(", ").join(names.label(value) for value in values)))
    return found


def problem_words(refused: NotPossible) -> str:
    """Why a question has no answer, and what to do."""
    if isinstance(refused, FixedPartition):
        return _("%(why)s Choose last month, and no filter but the unit.") % {"why": refused}
    if isinstance(refused, NoSeries):
        return _("%(why)s Take the grain away.") % {"why": refused}
    return str(refused)


def refuse(request: StaffRequest, form: BaseForm, back: str) -> HttpResponse:
    """What is wrong with a form: beside it when it asked in place, else on a page of its own."""
    if request.headers.get("HX-Request"):
        return answer_problems(request, problems_of(form), back)
    context = {"message": " ".join(problems_of(form)), "code": "form", "back": back}
    return render(request, "ui/refused.html", context, status=422)
