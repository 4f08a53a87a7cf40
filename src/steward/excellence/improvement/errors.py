from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class UnreadableLog(Refused):
    """line: where, counted from 1 with the header; what: the column or the reason."""

    code = "unreadable_log"
    message = _("The log cannot be read, line %(line)s: %(what)s")
    status = 422


class TooLargeLog(Refused):
    code = "too_large_log"
    message = _("A log has at most %(most)s events. Split it by time.")
    status = 413
