"""A proposed time limit in the parts of its line, around the number that can be changed."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.core.catalog.models import PromisePolicy
from steward.core.catalog.words import CASE_KINDS, PRIORITIES

from .presets import Limit

PER: dict[str, str | Promise] = {
    "working_minutes": gettext_lazy("working minutes"),
    "working_hours": gettext_lazy("working hours"),
    "working_days": gettext_lazy("working days"),
    "calendar_days": gettext_lazy("calendar days"),
}


@dataclass(frozen=True)
class LimitWords:
    who: str
    what: str
    per: str
    clock: str
    source: str


def words_of(limit: Limit) -> LimitWords:
    who = str(CASE_KINDS[limit.case_kind]) if limit.case_kind else _("Every case")
    if limit.priority:
        who = _("%(kind)s (%(limits)s)") % {"kind": who, "limits": PRIORITIES[limit.priority]}
    return LimitWords(
        who=who,
        what=str(PromisePolicy.PromiseKind(limit.promise_kind).label),
        per=str(PER[limit.per]),
        clock=_("pauses while the other side owes an answer") if limit.pauses else _("no waiting pauses it"),
        source=str(limit.source),
    )
