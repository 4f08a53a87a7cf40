"""Why something between departments cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class SameDepartment(Refused):
    code = "same_department"
    message = _("The case is with %(unit)s already. Choose another department.")
    status = 422


class AlreadyAsked(Refused):
    code = "already_asked"
    message = _("%(unit)s has been asked about this case already. Add to that request, or wait for its answer.")


class ConfidentialCase(Refused):
    code = "confidential_case"
    message = _("This case is confidential. Put the person on its need-to-know list and ask them there.")


class NotInThisState(Refused):
    code = "not_in_this_state"
    message = _("It is now: %(state)s. That cannot be done in this state; look at it again.")


class HeldByAnother(Refused):
    code = "held_by_another"
    message = _("%(name)s has it already. Ask them, or let somebody who hands out work change it.")


class NeedsWords(Refused):
    code = "needs_words"
    message = _("Write something first.")
    status = 422


class NeedsBounceReason(Refused):
    code = "needs_bounce_reason"
    message = _("Choose why it goes back, and write it in a sentence, so that nobody has to ask.")
    status = 422


class RequestsOut(Refused):
    code = "requests_out"
    message = _("Another department is still asked about this case (%(units)s). Wait for the answer, or cancel the request first.")


class CodeTaken(Refused):
    code = "place_code_taken"
    message = _("There is a place %(code)s in this unit already. Choose another code.")
    status = 422


class OtherHouse(Refused):
    code = "other_house"
    message = _("This belongs to another organisation or unit.")
    status = 422


class BadPromise(Refused):
    code = "bad_promise"
    message = _("The promised time lies in the past. Give a time to come.")
    status = 422


class LacksSkill(Refused):
    code = "lacks_skill"
    message = _("%(name)s does not have the skill this needs: %(skill)s. Choose somebody else.")
    status = 422


class VerifyByAnother(Refused):
    code = "verify_by_another"
    message = _("It was reported again after a first attempt. Somebody else than the person who did it checks it.")


class TeamWorks(Refused):
    code = "team_works"
    message = _("%(name)s answers for this case as long as its team works. Who answers is changed on the page of the team.")


class TeamIsDone(Refused):
    code = "team_is_done"
    message = _("This team has done its work already. Open a new one if the case needs it.")


class WaitsFor(Refused):
    code = "waits_for"
    message = _("Something must be done first: %(title)s.")
