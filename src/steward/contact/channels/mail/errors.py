from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class AddressTaken(Refused):
    code = "address_taken"
    message = _("Another mailbox has this address already.")
    status = 422


class MailboxIncomplete(Refused):
    code = "mailbox_incomplete"
    message = _("To switch the mailbox on it needs an IMAP server, a user name and a password or token.")
    status = 422


class AlreadySettled(Refused):
    code = "mail_already_settled"
    message = _("Somebody has decided about this mail already. Look at what became of it.")


class OriginalGone(Refused):
    code = "mail_original_gone"
    message = _("The original of this mail was erased, so it cannot be processed again.")


class NoSuchCase(Refused):
    code = "mail_no_such_case"
    message = _("There is no case %(number)s that you may work on. Check the number.")
    status = 422


class SecretLost(Refused):
    code = "mailbox_secret_lost"
    message = _("The password of this mailbox cannot be opened with the keys here. Enter it again in the settings.")


class MailServerSays(Refused):
    """The server, or the way to it, in words for whoever sets the mailbox up."""

    code = "mail_server_says"
    message = _("%(place)s: %(words)s")
    status = 422
