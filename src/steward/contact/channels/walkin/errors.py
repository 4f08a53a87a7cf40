from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class WhoIsThis(Refused):
    code = "walkin_who"
    message = _("These digits alone name nobody. Choose the person among those shown, give the whole number, or leave the field empty.")
    status = 422


class NeedsResult(Refused):
    code = "walkin_result"
    message = _("Say in a few words what was done.")
    status = 422
