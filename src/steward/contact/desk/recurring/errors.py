from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class BadRhythm(Refused):
    code = "bad_rhythm"
    message = _("It would never fall on any day. Check the days and the dates.")
    status = 422


class NotRunning(Refused):
    code = "not_running"
    message = _("This recurring case was ended. Set up a new one.")
