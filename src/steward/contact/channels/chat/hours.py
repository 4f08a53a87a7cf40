"""Whether somebody answers now, and if not, from when on."""

from __future__ import annotations

from datetime import datetime, timedelta

from steward.core.cases.models import Case, Channel
from steward.core.cases.routing import rule_for
from steward.core.cases.routing.candidates import people_for
from steward.core.org.availability import WORKING
from steward.core.org.queries import presence_now
from steward.ground.access.models import Unit
from steward.ground.access.policies import access_at
from steward.ground.worktime.queries import default_calendar, work_calendar
from steward.science.worktime import CalendarExhausted, WorkCalendar, local_instant

from .models import ChatSite

LOOK_AHEAD_DAYS = 60


def answers_now(site: ChatSite, at: datetime) -> bool:
    """Switched on, within its hours, and somebody is there who may answer."""
    return site.enabled and within_hours(site, at) and is_staffed(site, at)


def within_hours(site: ChatSite, at: datetime) -> bool:
    if not site.by_calendar:
        return True
    calendar = _calendar_of(site.queue)
    if calendar is None:
        return False
    zone = site.queue.timezone
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(start <= minute < end for start, end in _spans(calendar, local))


def is_staffed(site: ChatSite, at: datetime) -> bool:
    """Whether anybody says that they are at work who can get what is begun there. Full hands count: then one waits.

    Those of units below the queue do not see what waits in it; they count only where a rule hands it to them.
    """
    queue = site.queue
    case = Case(organisation_id=queue.root_id, unit=queue, kind=site.kind, channel=Channel.CHAT, service=site.service, opened_at=at)
    people = [staff for staff, _leads in people_for(case, at)]
    if rule_for(case, at) is None:
        people = [staff for staff in people if access_at(staff.user, at).may("cases.work", queue)]
    presences = presence_now([staff.pk for staff in people], at)
    return any(presence.state in WORKING for presence in presences.values())


def back_at(site: ChatSite, at: datetime) -> datetime | None:
    """When the hours begin next; None within them, around the clock, or when nobody knows."""
    calendar = _calendar_of(site.queue) if site.by_calendar else None
    if calendar is None or within_hours(site, at):
        return None
    zone = site.queue.timezone
    for offset in range(LOOK_AHEAD_DAYS):
        day = at.astimezone(zone) + timedelta(days=offset)
        for start, _end in _spans(calendar, day):
            begins = local_instant(zone, day.date(), start)
            if begins > at:
                return begins
    return None


def _calendar_of(unit: Unit) -> WorkCalendar | None:
    calendar = default_calendar(unit)
    return work_calendar(calendar) if calendar is not None else None


def _spans(calendar: WorkCalendar, local: datetime) -> tuple[tuple[int, int], ...]:
    try:
        return calendar.spans_on(local.date())
    except CalendarExhausted:
        return ()
