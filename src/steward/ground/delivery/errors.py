from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class BadAddress(Refused):
    code = "bad_address"
    message = _("This address cannot receive a message over this channel. Correct it, then send again.")
    status = 422


class EmptyMessage(Refused):
    code = "empty_message"
    message = _("There is nothing to send yet. Write the message first.")
    status = 422


class CannotTakeBack(Refused):
    code = "cannot_take_back"
    message = _("This message is already on its way and cannot be taken back.")


class CannotRetrySend(Refused):
    code = "cannot_retry_send"
    message = _("Only a failed message can be sent again. Look at its new state.")
