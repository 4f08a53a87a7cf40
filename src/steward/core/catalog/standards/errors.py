from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class AlreadyPublished(Refused):
    code = "already_published"
    message = _("The results of this month are published already. What is published stays.")
    status = 409


class MonthNotOver(Refused):
    code = "month_not_over"
    message = _("Only a month that is over can be published.")
    status = 422


class NotInForceThen(Refused):
    code = "not_in_force_then"
    message = _("The charter did not hold in that whole month.")
    status = 422


class NotMeasured(Refused):
    code = "not_measured"
    message = _("Not every promise can be measured, and a month is published whole or not at all: %(names)s")
    status = 422


class FiguresTooOld(Refused):
    code = "figures_too_old"
    message = _("The figures do not reach to the end of that month yet. Publish once they are loaded.")
    status = 409


class SameStandard(Refused):
    code = "same_standard"
    message = _("Choose two different standards of the same organisation.")
    status = 422
