"""Why something about an emotional situation cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NeedsSentence(Refused):
    code = "needs_sentence"
    message = _("Write it in a sentence, so that others can follow.")
    status = 422


class FlagIsDone(Refused):
    code = "flag_is_done"
    message = _("This flag was dismissed already.")


class UnknownStep(Refused):
    code = "unknown_step"
    message = _("This step is not in the playbook of this unit any more. Load the page again.")
    status = 422


class NobodyAsked(Refused):
    code = "nobody_asked"
    message = _("Nobody waits for a supervisor on this case any more.")


class OtherCase(Refused):
    code = "other_case"
    message = _("This message belongs to another case. Choose one of this case.")
    status = 422


class WarnFirst(Refused):
    code = "warn_first"
    message = _("A contact is ended only after a warning. Warn first, and note it here.")


class DecidedAlready(Refused):
    code = "decided_already"
    message = _("This was decided already.")


class NoBreakOffered(Refused):
    code = "no_break_offered"
    message = _("This break was taken or declined already.")
