"""Why a case operation says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class AlreadyTaken(Refused):
    code = "already_taken"
    message = _("%(name)s took this case a moment ago. Ask them, or take another one.")


class AlreadyClosed(Refused):
    code = "already_closed"
    message = _("This case is already closed. Reopen it if something is left to do.")


class NotOpen(Refused):
    code = "not_open"
    message = _("This case is %(state)s; that cannot be done in this state.")


class CannotAssign(Refused):
    code = "cannot_assign"
    message = _("%(name)s must not get this case (%(objections)s). Choose somebody else.")


class NeedsAssignReason(Refused):
    code = "needs_assign_reason"
    message = _("%(name)s is not available (%(objections)s). Choose somebody else, or give the reason why it must be them.")
    status = 422


class NeedsDowngradeReason(Refused):
    code = "needs_downgrade_reason"
    message = _("A complaint is about to become something else. Give the reason; it is recorded with your name.")
    status = 422


class AlreadyDecided(Refused):
    code = "already_decided"
    message = _("Somebody decided this a moment ago. Look at the case again.")


class CannotClose(Refused):
    code = "cannot_close"
    message = _("This case has no answer yet. Reply first, or close it with a resolution that says why no answer is needed.")


class CannotMerge(Refused):
    code = "cannot_merge"
    message = _("These two cases cannot be merged: one of them is already merged, closed, or belongs to somebody else.")


class CannotUndoMerge(Refused):
    code = "cannot_undo_merge"
    message = _("The merge can no longer be undone, because the case was changed since. Open a new case instead.")


class TooLateToReopen(Refused):
    code = "too_late_to_reopen"
    message = _(
        "This case was closed more than %(days)s days ago. Open a new case and link it, or ask somebody who leads to reopen this one."
    )


class BadDueTime(Refused):
    code = "bad_due_time"
    message = _("The promised time lies in the past. Give a time to come.")
    status = 422


class OtherOrganisation(Refused):
    code = "other_organisation"
    message = _("This belongs to another organisation.")
    status = 422


class EmptyMessage(Refused):
    code = "empty_message"
    message = _("The message is empty. Write something first.")
    status = 422


class AnsweredMeanwhile(Refused):
    code = "answered_meanwhile"
    message = _("Meanwhile there is a new message here (%(name)s). Read it, then send yours again; your text is kept.")


class TooLongToCarry(Refused):
    code = "too_long_to_carry"
    message = _("The answer is too long for %(channel)s: %(size)s of at most %(limit)s bytes. Shorten it, or send it in two.")
    status = 422


class NotCarried(Refused):
    code = "not_carried"
    message = _("%(channel)s does not carry files of this kind (%(name)s). Send the answer without it.")
    status = 422


class FileTooHeavy(Refused):
    code = "file_too_heavy"
    message = _("%(name)s is too large for %(channel)s: at most %(limit)s MB.")
    status = 422
