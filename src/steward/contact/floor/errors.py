"""Why something about a shift cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NoChecklist(Refused):
    code = "no_checklist"
    message = _("No checklist of this kind is set for %(unit)s. Publish one in the settings.")


class NeedsEvidence(Refused):
    code = "needs_evidence"
    message = _("%(item)s needs proof: %(evidence)s. Add it, then confirm again.")
    status = 422


class NeedsShiftReason(Refused):
    code = "needs_shift_reason"
    message = _("Write the reason in a sentence: the next shift reads it.")
    status = 422


class MandatoryMissing(Refused):
    code = "mandatory_missing"
    message = _("Mandatory items are missing: %(items)s. Do them first, or let a supervisor open with a written reason.")
    status = 403


class AlreadyOpen(Refused):
    code = "already_open"
    message = _("%(unit)s is open already.")


class NotOpenNow(Refused):
    code = "not_open_now"
    message = _("%(unit)s is not open.")


class DayIsOver(Refused):
    code = "day_is_over"
    message = _("This checklist is of an earlier day and can no longer be changed. What was missing goes with the handover.")


class HandoverWaits(Refused):
    code = "handover_waits"
    message = _("A handover of %(unit)s waits to be taken already. It has to be taken first.")


class TakenByOther(Refused):
    code = "taken_by_other"
    message = _("%(name)s has taken this handover already.")


class OwnHandover(Refused):
    code = "own_handover"
    message = _("You gave this handover yourself. Somebody of the next shift takes it.")
    status = 403


class ItemsUndecided(Refused):
    code = "items_undecided"
    message = _("Accept or dispute each item first; still open: %(count)s.")


class NotOfStaff(Refused):
    code = "not_of_staff"
    message = _("Only people who work here can do this.")
    status = 403


class NothingToSettle(Refused):
    code = "nothing_to_settle"
    message = _("This item cannot be settled here. It ends where it is worked on.")


class NoItems(Refused):
    code = "no_items"
    message = _("A checklist needs at least one item.")
    status = 422


class BadLimits(Refused):
    code = "bad_limits"
    message = _("The lower limit of %(item)s lies above the upper one.")
    status = 422
