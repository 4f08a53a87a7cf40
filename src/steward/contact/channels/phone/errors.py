from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused
from steward.ground.files.errors import FileRefused


class SecretGone(Refused):
    code = "signing_secret_lost"
    message = _("The secret of this connection cannot be opened with the keys here. Make a new one in the settings.")


class ExtensionTaken(Refused):
    code = "extension_taken"
    message = _("%(number)s rings for %(name)s already. End that first.")
    status = 422


class BadEvent(Refused):
    code = "bad_event"
    message = _("The event cannot be read: %(field)s. See the operators' page on telephone systems.")
    status = 422


class EventReused(Refused):
    code = "event_id_reused"
    message = _("An event with this id came before and said something else. Every event needs an id of its own.")
    status = 409


class CannotJoin(Refused):
    code = "call_case_not_open"
    message = _("This case cannot take the call: it is closed, or you may not work on it. Choose another or open a new one.")
    status = 422


class NotSound(FileRefused):
    code = "not_sound"
    message = _("A recording is a sound file: MP3, WAV, OGG, M4A, AAC, AMR or FLAC.")


class RecordingTooLarge(FileRefused):
    code = "recording_too_large"
    message = _("A recording has at most %(limit)s MB here. The settings of the telephone system say so.")


class NoRetention(Refused):
    code = "no_recording_rules"
    message = _("No telephone system of this unit says how long recordings are kept. Ask your administrator to set one up first.")
    status = 422
