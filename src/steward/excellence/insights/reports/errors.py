"""Why something cannot be done with a report, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NothingLoaded(Refused):
    code = "nothing_loaded"
    message = _("The figures are not loaded yet. They are brought up to date twice a minute; try again in a moment.")


class PeriodNotOver(Refused):
    code = "period_not_over"
    message = _("This period is not over yet. A report is made of whole weeks or months that have ended.")
    status = 422


class NoFigures(Refused):
    code = "no_figures"
    message = _("Choose at least one figure, and at most %(most)s.")
    status = 422


class CannotBeReported(Refused):
    code = "cannot_be_reported"
    message = _("“%(name)s” cannot stand in a report: answers given in confidence never leave the house. Take it out.")
    status = 422


class SpecEndedAlready(Refused):
    code = "spec_ended"
    message = _("Somebody published another version of this plan, or put it away. Look at the new state, then decide again.")


class IssuedAlready(Refused):
    code = "issued_already"
    message = _("This report is issued, so nothing in it changes any more. What is wrong in it is put right by a correction.")


class DiscardedAlready(Refused):
    code = "discarded_already"
    message = _("This draft was discarded. Make a new report about the period instead.")


def no_draft(state: str) -> Refused:
    """Why a report that is no draft any more cannot be changed as one."""
    return DiscardedAlready() if state == "discarded" else IssuedAlready()


class NotIssued(Refused):
    code = "not_issued"
    message = _("This report is still a draft. Issue it first.")


class CorrectedAlready(Refused):
    code = "corrected_already"
    message = _("A newer report has replaced this one, or is being written. Work on that one.")


class NeedsWords(Refused):
    code = "needs_words"
    message = _("Write a few words first.")
    status = 422


class DecidedAlready(Refused):
    code = "decided_already"
    message = _("This was decided already. The decision stands beside it.")


class SnapshotDamaged(Refused):
    code = "snapshot_damaged"
    message = _("The stored figures of this report no longer match their fingerprint. Nothing is shown of them; tell your operator.")
    status = 500
