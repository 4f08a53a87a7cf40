"""Refusals: an operation says no with a code and parameters; the view or API says it in the reader's language."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Base of every named refusal. Subclasses set `code` and a translatable `message` with named placeholders."""

    code: ClassVar[str] = "refused"
    message: ClassVar[str | Promise] = _("This cannot be done now.")
    status: ClassVar[int] = 409

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class Forbidden(Refused):
    """The actor may not do this to this row."""

    code = "forbidden"
    message = _("You may not do this here. Ask your supervisor for the right, or hand the work over to somebody who has it.")
    status = 403


class Stale(Refused):
    """Somebody else changed the row between reading and writing."""

    code = "stale"
    message = _("Somebody else changed this a moment ago. Look at the new state, then decide again; what you typed is kept.")


class RequestTooLarge(Refused):
    """More at once than anybody may send; refused before it is read."""

    code = "request_too_large"
    message = _("This is more than %(limit)s MB at once. Choose smaller files, or send it in parts.")
    status = 413
