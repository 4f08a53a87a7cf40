from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused


class NameTaken(Refused):
    code = "name_taken"
    message = _("There is something called “%(name)s” already. Choose another name.")
    status = 422


class NothingAsked(Refused):
    code = "nothing_asked"
    message = _("Choose at least one measure before you save.")
    status = 422


class TooManyCards(Refused):
    code = "too_many_cards"
    message = _("A dashboard holds at most %(most)s figures. Take one away first.")
    status = 422


class NoSuchCard(Refused):
    code = "no_such_card"
    message = _("This figure is no longer on the dashboard. Look at it again.")
    status = 409


class FutureDay(Refused):
    code = "future_day"
    message = _("Only what has happened can be annotated. Choose today or a day before.")
    status = 422


class NothingLoaded(Refused):
    code = "nothing_loaded"
    message = _("No figures have been loaded yet. Try again in a minute.")
