"""The cards of this house."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from steward.ground.access import capabilities as caps

from . import intake
from .registry import ModelCard, register


def register_cards() -> None:
    register(
        ModelCard(
            "intake_forecast",
            1,
            _("Intake forecast"),
            _("How many cases come in on each of the next fourteen days, so that shifts and leave are planned in time."),
            _("The number of cases received per day (cases_opened), and the holidays and make-up workdays of the calendar. No person, no text."),
            caps.MANAGER,
            _("The manager of the organisation"),
            _("Seasonal naive: the last day alike, mostly the same weekday of the week before."),
            _("WAPE, the sum of errors as a share of the cases received, on days that neither of the two had seen."),
            _("It never assigns work, sets no shift, leave, pay or service level, and refuses no service. People do that, and may overrule it."),
            _(
                "No impact assessment under PIPL article 55 is needed: it counts cases, works on no personal data and decides about no person. "
                "Were it ever to read personal data or to decide about people, one would come first."
            ),
            (
                _("It does not know of campaigns, price changes or outages ahead: decide those days by hand."),
                _("With less than about two months of history it cannot be judged, and the baseline is shown."),
                _("Confidential cases are not counted."),
                _("Intervals hold about 80 % of days on average over weeks; in a single odd week, fewer."),
            ),
            intake.HORIZON,
            intake.gather,
            intake.work,
            intake.plain,
        )
    )  # fmt: skip
