"""What the operations of calendars refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class CalendarIsClosed(Refused):
    code = "calendar_is_closed"
    message = _("This calendar is closed. Open a new one, or use the calendar of the unit above.")


class CannotCloseCalendar(Refused):
    code = "cannot_close_calendar"
    message = _("No other calendar would count for this unit. Make another one the default first.")


class UnknownZone(Refused):
    code = "unknown_zone"
    message = _("%(zone)s is not a time zone. Use a name such as Asia/Shanghai.")
    status = 422


class UnusableHours(Refused):
    """detail: the sentence of steward.science.worktime, for machines that send hours; people's text is checked by the form."""

    code = "unusable_hours"
    message = _("These hours contradict themselves: %(detail)s.")
    status = 422


class DayOutOfRange(Refused):
    code = "day_out_of_range"
    message = _("A calendar knows the days from %(first)s to %(last)s.")
    status = 422


class UnknownCountry(Refused):
    code = "unknown_country"
    message = _("The holiday library does not know %(country)s.")
    status = 422


class UnusableFile(Refused):
    """where: the place in the document, such as days.3.kind; detail: what is wrong there."""

    code = "unusable_file"
    message = _("This file is not a calendar that can be read: %(where)s: %(detail)s")
    status = 422


class NoCalendar(Refused):
    code = "no_calendar"
    message = _("No calendar counts for %(unit)s yet. Open one under Settings, Working time.")
