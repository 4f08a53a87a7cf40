"""Somebody called and nobody answered: a case with a task and a clock to call them back, once for a number, ended by the next call with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Channel, Message, Promise, Task
from steward.ground.access.models import Unit
from steward.ground.journal.actors import Actor
from steward.ground.ui.masking import mask
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science.worktime import Target, due_at
from steward.science.worktime import Unit as TimeUnit

from .models import Call, PhoneSystem

KIND = "channels.call_back"


def settle(call: Call, *, by: Actor, at: datetime) -> None:
    """Do what follows from the state the call is in now; done already, it changes nothing."""
    if call.state == Call.State.MISSED and call.direction == Call.Direction.IN and call.system is not None:
        if call.callback_id is None and call.number:  # nobody can call a hidden number back
            _ask(call, call.system, by=by, at=at)
    elif call.answered_at is not None:
        _spoke(call, by=by, at=at)


def _ask(call: Call, system: PhoneSystem, *, by: Actor, at: datetime) -> None:
    """The task to call back. A number that waits already is not asked for twice: its case learns that they called again."""
    with override(str(settings.LANGUAGE_CODE)):  # what stands in rows that everybody reads
        waiting = _waiting(call).first()
        if waiting is not None and waiting.case is not None:
            call.case, call.callback = waiting.case, waiting.callback
            cases.add_message(
                case=waiting.case,
                direction=Message.Direction.NOTE,
                body=_("Called again, and was missed again."),
                automatic=True,
                by=by,
                at=at,
            )
        else:
            call.case = _case_of(call, system, by=by, at=at)
            due = _due(call.unit, call.ended_at or at, system.callback_minutes, at)
            call.callback = cases.add_task(
                unit=call.unit, subject=call.case, kind=KIND, title=_("Call back %(number)s") % {"number": shown(call)}, due_at=due,
                estimate_minutes=5, by=by, at=at,
            )  # fmt: skip
            cases.make_promise(case=call.case, kind=Promise.Kind.CALL_BACK, basis=Promise.Basis.GIVEN, due_at=due, by=by, at=at)
    call.save(update_fields=["case", "callback"])


def _case_of(call: Call, system: PhoneSystem, *, by: Actor, at: datetime) -> Case:
    """The caller's one unfinished case here, else a new one: that somebody wanted something and was not heard is a matter of its own."""
    if call.customer is not None:
        open_here = Case.objects.unfinished().filter(customer=call.customer, unit__path__startswith=call.unit.path, confidential=False)
        found = list(open_here.select_related("unit", "customer")[:2])
        if len(found) == 1:
            said = _("Called and was missed.")
            cases.add_message(case=found[0], direction=Message.Direction.NOTE, body=said, automatic=True, by=by, at=at)
            return found[0]
    return cases.open_case(
        unit=call.unit,
        kind=system.kind,
        channel=Channel.PHONE,
        title=_("Missed call from %(number)s") % {"number": shown(call)},
        customer=call.customer,
        by=by,
        at=call.started_at,
    )


def _spoke(call: Call, *, by: Actor, at: datetime) -> None:
    """They were reached, or reached us: nobody needs to call this number back any more."""
    for other in _waiting(call):
        task = other.callback
        if task is None:
            continue
        cases.finish_task(task=task, by=by, at=at)
        promises = Promise.objects.select_related("case").filter(
            case=other.case,
            kind=Promise.Kind.CALL_BACK,
            met_at=None,
            cancelled_at=None,
            basis=Promise.Basis.GIVEN,
            fixed_due_at=task.due_at,
        )
        for promise in promises:
            cases.meet_promise(promise=promise, by=by, at=at)


def _waiting(call: Call) -> QuerySet[Call]:
    """Calls of the same number in these units, not later than this one, whose call-back is still to be done."""
    if not call.number:
        return Call.objects.none()
    rows = Call.objects.filter(number=call.number, unit__path__startswith=call.unit.path, callback__state=Task.State.OPEN)
    rows = rows.filter(started_at__lte=call.answered_at or call.ended_at or call.started_at)
    return rows.select_related("case__unit", "case__customer", "callback__case__customer", "callback__unit", "callback__owner").order_by(
        "-started_at", "-pk"
    )


def _due(unit: Unit, since: datetime, minutes: int, at: datetime) -> datetime:
    """After so many working minutes; around the clock where the unit has no calendar. What was told too late is due at once."""
    calendar = default_calendar(unit)
    if calendar is None:
        due = since + timedelta(minutes=minutes)
    else:
        due = due_at(since, Target(minutes, TimeUnit.WORKING_MINUTES), work_calendar(calendar)).due_at
    return max(due, at + timedelta(minutes=1))


def shown(call: Call) -> str:
    """The number as it may stand where many read it."""
    return mask(call.local_number, "phone") if call.number else _("a hidden number")
