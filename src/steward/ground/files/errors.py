"""Why a file is not taken, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class FileRefused(Refused):
    """Base of all refusals of an upload."""

    code = "file_refused"
    message = _("This file cannot be kept.")
    status = 422


class FileTooLarge(FileRefused):
    code = "file_too_large"
    message = _("%(name)s is larger than %(limit)s MB. Make it smaller, or send it in parts.")
    status = 413


class FileEmpty(FileRefused):
    code = "file_empty"
    message = _("%(name)s is empty. Choose the file again.")


class FileDisguised(FileRefused):
    code = "file_disguised"
    message = _("%(name)s is not what its ending says. Save it again with the right ending and choose it once more.")


class FileNotAccepted(FileRefused):
    code = "file_not_accepted"
    message = _("Files like %(name)s are not accepted. Send a picture, a PDF, an office document, text, sound or video.")


class FileDangerous(FileRefused):
    code = "file_dangerous"
    message = _("%(name)s is or holds a program. Programs are never kept here; send its content as a PDF or a picture.")


class FileBroken(FileRefused):
    code = "file_broken"
    message = _("%(name)s is damaged and cannot be opened. Open it on your device, save it again, and choose it once more.")


class ImageTooLarge(FileRefused):
    code = "image_too_large"
    message = _("The picture %(name)s has too many pixels. Make it smaller than %(limit)s megapixels.")


class ArchiveTooLarge(FileRefused):
    code = "archive_too_large"
    message = _("%(name)s would grow too large when unpacked. Send the files in it one by one.")


class CannotAttach(Refused):
    code = "cannot_attach"
    message = _("You may not add files here.")
    status = 403
