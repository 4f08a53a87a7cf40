from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class DetailsMissing(Refused):
    code = "details_missing"
    message = _("Still needed: %(fields)s. Fill that in, then try again.")
    status = 422


class BadAnswer(Refused):
    code = "bad_answer"
    message = _("%(field)s: %(problem)s")
    status = 422


class UnknownField(Refused):
    code = "unknown_field"
    message = _("No field of cases is called “%(key)s”. Look up its key under “Fields of cases”.")
    status = 422


class KeyTaken(Refused):
    code = "key_taken"
    message = _("There is a field with the key “%(key)s” already, in use or put away. Choose another key.")
    status = 422


class BadCondition(Refused):
    code = "bad_condition"
    message = _(
        "A condition can only look at another field in use of this unit or one above, with values it offers, and never in a circle."
    )
    status = 422


class NeedsChoices(Refused):
    code = "needs_choices"
    message = _("A field with one of several answers needs at least two of them, each only once.")
    status = 422


class StillAskedAfter(Refused):
    code = "still_asked_after"
    message = _("“%(name)s” is asked depending on this field. Change that one first.")
