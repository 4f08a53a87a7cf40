"""What the set-up refuses, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from steward.ground.access.errors import Refused

from .problems import Problem


class WrongCode(Refused):
    code = "wrong_setup_code"
    message = _("This is not the set-up code. It stands where Steward was started, and in the file setup-code of its folder.")
    status = 403


class AlreadySetUp(Refused):
    code = "already_set_up"
    message = _("This installation already holds an organisation. Sign in instead.")


class WeakPassword(Refused):
    """problems: the sentences of the validators."""

    code = "weak_password"
    message = _("This password is too easy to guess: %(problems)s")
    status = 422


class UnknownTrade(Refused):
    code = "unknown_trade"
    message = _("Choose one of the trades offered.")
    status = 422


class HasProblems(Refused):
    """A typed list with lines that cannot be read; nothing of it is written."""

    code = "list_has_problems"
    message = _("Nothing was saved: %(count)d lines need a correction.")
    status = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)


class NoHours(Refused):
    code = "no_hours"
    message = _("Every day is a rest day, so no time limit would ever run. Give at least one day its hours.")
    status = 422


class HoursInUse(Refused):
    code = "hours_in_use"
    message = _("Time limits already run by these hours. Change them under Working time, from a date on.")


class LongerThanLaw(Refused):
    code = "longer_than_law"
    message = _("%(amount)s is longer than the %(limit)s of the rule named here. Shorten it, or leave this one out.")
    status = 422
