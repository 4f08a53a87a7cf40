from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused

from .kinds import Problem


class InvalidContent(Refused):
    """problems: each with the place it is about."""

    code = "invalid_content"
    message = _("This cannot be kept yet: %(problems)s")
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(problems=" ".join(str(problem.words) for problem in problems))


class NotADraft(Refused):
    code = "not_a_draft"
    message = _("This version is no longer a draft and cannot be changed. Begin a new draft.")
    status = 409


class StillADraft(Refused):
    code = "still_a_draft"
    message = _("This version is still a draft and may change. It can be confirmed once it is released.")
    status = 409


class DraftMoved(Refused):
    code = "draft_moved"
    message = _("Somebody else has saved this draft meanwhile. Look at theirs first; yours is still in the form.")
    status = 409


class DraftOpen(Refused):
    code = "draft_open"
    message = _("There is a draft already. Go on with it or withdraw it.")
    status = 409


class NotReadyToRelease(Refused):
    code = "not_ready_to_release"
    message = _("This cannot be released yet: %(problems)s")
    status = 422


class WrongReleaseState(Refused):
    code = "wrong_release_state"
    message = _("The release is no longer in the state this needs. Look at it again.")
    status = 409


class NotInItsUnits(Refused):
    code = "not_in_its_units"
    message = _("%(document)s does not belong to the unit %(unit)s or to one above it.")
    status = 422


class NotYetKnown(Refused):
    """What a version still asks of somebody before they can say that they know it."""

    code = "not_yet_known"
    message = _("Before you can confirm this: %(missing)s")
    status = 422


class OwnDecision(Refused):
    code = "own_decision"
    message = _("Somebody else has to decide this: you asked for it.")
    status = 403


class AlreadyDecided(Refused):
    code = "already_decided"
    message = _("This has been decided already.")
    status = 409
