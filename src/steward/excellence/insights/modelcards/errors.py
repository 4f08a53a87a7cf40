"""Why something cannot be done with a model, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NothingLoaded(Refused):
    code = "nothing_loaded"
    message = _("The figures are not loaded yet. They are brought up to date twice a minute; try again in a moment.")


class IsOff(Refused):
    code = "model_off"
    message = _("This model is switched off. Switch it on first; until then the baseline is shown.")


class NotPossibleNow(Refused):
    code = "not_possible_now"
    message = _("The model is “%(state)s” now, so this changes nothing. Somebody may have been quicker; look again.")


class NotProven(Refused):
    code = "not_proven"
    message = _("Only a model whose last run did better than its baseline may be used. Let the trial go on.")


class NeedsReason(Refused):
    code = "needs_reason"
    message = _("Say why, in a few words; it stands beside what you decided.")
    status = 422


class DayNotAhead(Refused):
    code = "day_not_ahead"
    message = _("Choose a day from %(first)s to %(last)s. What is over is not forecast any more.")
    status = 422


class InputDamaged(Refused):
    code = "input_damaged"
    message = _("The stored input of this run no longer matches its fingerprint, so nothing is counted from it. Tell your operator.")
    status = 500
