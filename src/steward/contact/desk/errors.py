from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NothingChosen(Refused):
    code = "nothing_chosen"
    message = _("No case is chosen. Tick the ones you mean, then try again.")
    status = 422


class AlreadyUndone(Refused):
    code = "already_undone"
    message = _("This was taken back already.")


class NameTaken(Refused):
    code = "name_taken"
    message = _("There is something called “%(name)s” already. Choose another name.")
    status = 422


class UnknownPlaceholder(Refused):
    code = "unknown_placeholder"
    message = _("{%(name)s} is not something a template can fill in. It can fill in: %(known)s.")
    status = 422


class CannotMove(Refused):
    code = "cannot_move"
    message = _("A case that is “%(before)s” cannot be moved to “%(after)s”.")
