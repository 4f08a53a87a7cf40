"""What a promise says, as a sentence; and the names of the kinds, priorities and pauses that policies name by code.

The codes are those of core/cases, which stands above this room; a test keeps both lists equal.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from .models import PromisePolicy

CASE_KINDS: dict[str, str | Promise] = {
    "enquiry": gettext_lazy("Enquiry"),
    "request": gettext_lazy("Service request"),
    "suggestion": gettext_lazy("Suggestion"),
    "praise": gettext_lazy("Praise"),
    "complaint": gettext_lazy("Complaint"),
    "incident": gettext_lazy("Incident"),
}
PRIORITIES: dict[str, str | Promise] = {
    "low": gettext_lazy("Low"),
    "normal": pgettext_lazy("priority", "Normal"),
    "high": gettext_lazy("High"),
    "urgent": gettext_lazy("Urgent"),
}
PAUSES: dict[str, str | Promise] = {
    "on_hold:awaiting_customer": gettext_lazy("Waiting for the other side's answer"),
    "on_hold:awaiting_internal": gettext_lazy("Waiting for another department"),
    "on_hold:awaiting_external": gettext_lazy("Waiting for somebody outside"),
    "on_hold:scheduled": gettext_lazy("Waiting for an agreed date"),
}


def promise_sentence(
    *, promise_kind: str, clock: str, amount: int, time_unit: str, case_kind: str, priority: str, service: str, pauses: Sequence[str]
) -> str:
    """“投诉在收到后 15 个自然日内答复（法定或承诺时限，任何等待都不暂停）”。"""
    parts = {
        "who": _who(case_kind, priority, service),
        "what": _what(promise_kind),
        "span": span_words(amount, time_unit),
        "clock": str(PromisePolicy.Clock(clock).label),
        "pauses": _pauses(pauses),
    }
    return _("%(who)s: %(what)s within %(span)s of receipt (%(clock)s; %(pauses)s)") % parts


def sentence_of(policy: PromisePolicy) -> str:
    return promise_sentence(
        promise_kind=policy.promise_kind,
        clock=policy.clock,
        amount=policy.amount,
        time_unit=policy.time_unit,
        case_kind=policy.case_kind,
        priority=policy.priority,
        service=str(policy.service or ""),
        pauses=policy.pauses,
    )


def span_words(amount: int, time_unit: str) -> str:
    if time_unit == PromisePolicy.TimeUnit.WORKING_MINUTES and amount % 60 == 0:
        hours = amount // 60
        return ngettext("%(amount)d working hour", "%(amount)d working hours", hours) % {"amount": hours}
    values = {"amount": amount}
    if time_unit == PromisePolicy.TimeUnit.WORKING_DAYS:
        return ngettext("%(amount)d working day", "%(amount)d working days", amount) % values
    if time_unit == PromisePolicy.TimeUnit.CALENDAR_DAYS:
        return ngettext("%(amount)d calendar day", "%(amount)d calendar days", amount) % values
    if time_unit == PromisePolicy.TimeUnit.WORKING_MINUTES:
        return ngettext("%(amount)d minute of working time", "%(amount)d minutes of working time", amount) % values
    return ngettext("%(amount)d minute around the clock", "%(amount)d minutes around the clock", amount) % values


def _who(case_kind: str, priority: str, service: str) -> str:
    kind = str(CASE_KINDS.get(case_kind, case_kind)) if case_kind else _("Every case")
    limits = [str(PRIORITIES.get(priority, priority))] if priority else []
    limits += [service] if service else []
    return _("%(kind)s (%(limits)s)") % {"kind": kind, "limits": " · ".join(limits)} if limits else kind


def _what(promise_kind: str) -> str:
    if promise_kind == PromisePolicy.PromiseKind.ACKNOWLEDGEMENT:
        return _("acknowledged")
    if promise_kind == PromisePolicy.PromiseKind.FIRST_RESPONSE:
        return _("answered for the first time")
    return _("decided and answered")


def _pauses(pauses: Sequence[str]) -> str:
    if not pauses:
        return _("no waiting pauses it")
    return _("pauses while: %(reasons)s") % {"reasons": ", ".join(str(PAUSES.get(code, code)) for code in pauses)}
