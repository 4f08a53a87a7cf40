"""Why routing says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NothingToPull(Refused):
    code = "nothing_to_pull"
    message = _("No waiting case is for you now. Look again in a while.")


class DeskFull(Refused):
    code = "desk_full"
    message = _("You hold as much as one person is given at once. Finish something, or put it on hold, then ask again.")


class NotHere(Refused):
    code = "not_here"
    message = _("You are %(state)s. Set yourself to available first, then ask for the next case.")


class AlreadyReplaced(Refused):
    code = "already_replaced"
    message = _("Somebody changed this rule a moment ago. Look at it again.")


class BadRule(Refused):
    code = "bad_rule"
    message = _("A service or a skill of this rule does not belong to the unit.")
    status = 422


class BadPeriod(Refused):
    code = "bad_period"
    message = _("The last day lies before the first.")
    status = 422
