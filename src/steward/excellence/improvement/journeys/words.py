"""Why the P90 of a journey is not the sum of its touchpoints' P90s, in sentences that follow from the figures."""

from __future__ import annotations

from django.utils.translation import gettext as _

from steward.ground.ui.figures import number_words

from .elapsed import Elapsed


def reasons(found: Elapsed) -> list[str]:
    values = {
        "sum": number_words(found.sum_of_p90), "p90": number_words(found.p90), "apart": number_words(found.apart),
        "all": number_words(found.all_slow * 100, digits=1, unit="%"), "none": number_words(found.none_slow * 100, unit="%"),
    }  # fmt: skip
    said = [
        _(
            "Adding the touchpoints' P90s gives %(sum)s min: the time of somebody who is among the slowest tenth everywhere. Of those who went all "
            "the way, %(all)s were slow everywhere and %(none)s nowhere."
        ),
        _("If the touchpoints had nothing to do with one another, nine of ten would be through within %(apart)s min."),
    ]
    if found.slow_together:
        said.append(_("In fact it is %(p90)s min: slow touchpoints come together, as they do when everything is full at the same hours."))
    elif found.even_out:
        said.append(_("In fact it is %(p90)s min: who waits long at one touchpoint is quicker at others."))
    else:
        said.append(_("In fact it is %(p90)s min, about that: slow touchpoints neither come together nor even out."))
    return [sentence % values for sentence in said]
