"""Why an operation on a finding or an action says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class HumanErrorAlone(Refused):
    code = "human_error_alone"
    message = _(
        "Human error alone is no root cause. Name beside it what let it happen: the process, the standard, the training or the system."
    )
    status = 422


class VerifiedBeforeDue(Refused):
    code = "verified_before_due"
    message = _("The verification date lies before the due date. Verify when there was time to see an effect.")
    status = 422


class OtherOrganisation(Refused):
    code = "other_organisation"
    message = _("This belongs to another organisation.")
    status = 422


class UnknownSource(Refused):
    code = "unknown_source"
    message = _("“%(code)s” is no source that findings can come from.")
    status = 422


class UnknownMeasure(Refused):
    code = "unknown_measure"
    message = _("There is no measure “%(code)s”. Choose one from the list, or enter the figures with the review.")
    status = 422


class Missing(Refused):
    code = "missing"
    message = _("Something is missing here: %(field)s.")
    status = 422


class NotNow(Refused):
    code = "not_now"
    message = _("That cannot be done while the state is “%(state)s”.")


class StartsLater(Refused):
    code = "starts_later"
    message = _("The day of change lies in the future. Give the day on which it really began.")
    status = 422


class NeedsVerifyDate(Refused):
    code = "needs_verify_date"
    message = _("The verification date (%(date)s) has passed. Give a new one that leaves time to see an effect.")
    status = 422


class TooEarly(Refused):
    code = "too_early"
    message = _("The effect can be reviewed and the action closed from %(date)s on, its verification date.")


class NoReview(Refused):
    code = "no_review"
    message = _("Nobody has reviewed the effect since the action was done. Review it first; “cannot tell” is an answer too.")


class OwnReview(Refused):
    code = "own_review"
    message = _("The effect is reviewed by somebody other than the owner. Ask a colleague.")
    status = 403


class StillAtWork(Refused):
    code = "still_at_work"
    message = _("An action of this finding is not over yet. Close or cancel it first.")


class NoEvidenceRow(Refused):
    code = "no_evidence_row"
    message = _("Name something that can be looked at, or say in words what it is.")
    status = 422


class AlreadyEvidence(Refused):
    code = "already_evidence"
    message = _("This is among the evidence already.")


class BadTable(Refused):
    """The table of figures cannot be read. row: counted as people count, the heading is row 1."""

    code = "bad_table"
    message = _("The table cannot be read: %(problem)s")
    status = 422


class NoChangePoint(Refused):
    code = "no_change_point"
    message = _("It is not known when the change began. Start the action with its day of change, or name the first period after it.")
    status = 422
