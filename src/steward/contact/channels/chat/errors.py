"""Why live chat says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class BadOrigin(Refused):
    code = "bad_origin"
    message = _("%(origin)s is not the origin of a page. It looks like https://www.example.com, without a path.")
    status = 422


class ForeignQueue(Refused):
    code = "foreign_queue"
    message = _("The people who answer belong to this unit or to one below it.")
    status = 422


class NoHours(Refused):
    code = "no_hours"
    message = _("No calendar says when this unit works. Give it one, or keep the chat open around the clock.")
    status = 422


class ChatClosed(Refused):
    code = "chat_closed"
    message = _("Nobody is here to answer now. Leave your words with us; we answer later.")


class ChatEnded(Refused):
    code = "chat_ended"
    message = _("This conversation has ended. What you wrote is still there; begin a new conversation to send it.")


class NotYours(Refused):
    code = "not_yours"
    message = _("You do not have this conversation. Take it first, then answer.")


class CannotHandOver(Refused):
    code = "cannot_hand_over"
    message = _("%(name)s cannot take it now: away, or holding as much as one person is given. Choose somebody else.")


class HandoverGone(Refused):
    code = "handover_gone"
    message = _("This was settled a moment ago; look at the list again.")


class ConversationGoesOn(Refused):
    code = "conversation_goes_on"
    message = _("A live conversation goes on in this case. End it first, then merge.")


class EnoughTranscripts(Refused):
    code = "enough_transcripts"
    message = _("The transcript was sent as often as it can be. Look into your mail, also among the unwanted.")
    status = 429


class NoAddress(Refused):
    code = "no_address"
    message = _("This does not look like an e-mail address. Please check it.")
    status = 422
