"""Why something about rules, webhooks or macros is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class Incomplete(Refused):
    code = "automation_incomplete"
    message = _("A rule needs something it listens to and something it does. Choose at least one of each.")
    status = 422


class ForeignTarget(Refused):
    code = "automation_foreign_target"
    message = _("What the rule should set does not belong to its unit. Choose something that does.")
    status = 422


class NotTried(Refused):
    code = "automation_not_tried"
    message = _("Try exactly this version on the last %(days)s days first; a trial counts for %(valid)s days.")


class PingPong(Refused):
    code = "automation_ping_pong"
    message = _("This rule and “%(other)s” would chase each other over %(field)s: each makes the other run again. Change one of them.")


class SelfTrigger(Refused):
    code = "automation_self_trigger"
    message = _(
        "What this rule does is what it listens to, so it would run for ever. Take away the trigger or the action, or add a condition."
    )


class AlreadyOn(Refused):
    code = "automation_already_on"
    message = _("This version is switched on already.")


class NotOn(Refused):
    code = "automation_not_on"
    message = _("This version is not switched on.")


class WordsGone(Refused):
    code = "automation_words_gone"
    message = _("The template of the reply is no longer in use. Choose another one.")


class BadWebhookAddress(Refused):
    code = "webhook_bad_address"
    message = _("Nothing is sent to this address: %(why)s. Give an https address of a machine on the public internet.")
    status = 422


class CannotSendAgain(Refused):
    code = "webhook_cannot_send_again"
    message = _("Only a delivery that failed can be sent again, while its webhook is switched on.")


class AlreadyUndone(Refused):
    code = "macro_already_undone"
    message = _("This was taken back already.")


class NothingChosen(Refused):
    code = "macro_nothing_chosen"
    message = _("Choose a macro and at least one case.")
    status = 422
