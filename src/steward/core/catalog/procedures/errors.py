from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class UnknownItem(Refused):
    code = "unknown_item"
    message = _("The procedure has no such checklist item here.")
    status = 422


class NeedsWords(Refused):
    code = "needs_words"
    message = _("Write down what the checklist asks for: %(item)s")
    status = 422


class ChecklistOpen(Refused):
    code = "checklist_open"
    message = _("The procedure is not followed to its end: %(items)s. Tick what was done, or ask to be allowed to deviate.")
    status = 422
