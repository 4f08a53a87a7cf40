"""Why the channels say no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.files.errors import FileRefused


class UnknownScope(Refused):
    code = "unknown_scope"
    message = _("There is no scope called %(name)s. Choose among those shown.")
    status = 422


class BadExpiry(Refused):
    code = "bad_expiry"
    message = _("A token is valid from one hour to one year. Choose a day in between.")
    status = 422


class SlugTaken(Refused):
    code = "slug_taken"
    message = _("Another form has this address already. Choose another word.")
    status = 422


class ForeignService(Refused):
    code = "foreign_service"
    message = _("A service that this unit does not offer cannot stand on its form.")
    status = 422


class NotAPicture(FileRefused):
    code = "not_a_picture"
    message = _("A logo is a picture: PNG, JPEG, WebP or GIF.")


class LogoTooLarge(FileRefused):
    code = "logo_too_large"
    message = _("A logo has at most 1 MB, so that the page opens quickly on a telephone. Choose a smaller picture.")


class TooMany(Refused):
    code = "too_many"
    message = _("There were too many requests in a short time. Wait %(seconds)s seconds, then try again.")
    status = 429


class FormTooBusy(Refused):
    code = "form_too_busy"
    message = _("Very many messages came in just now, so this one was not taken yet. Please try again in a while, or call us.")
    status = 429


class LeaveEmpty(Refused):
    code = "leave_empty"
    message = _("One field that is hidden from people was filled in. Please clear it and send again.")
    status = 422


class CannotReach(Refused):
    code = "cannot_reach"
    message = _("Nobody left an e-mail address with this case. Read the link out, or hand it over in another way.")
    status = 422
