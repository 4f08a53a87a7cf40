"""What science answers in codes, in words: verdict, method, rung, assumptions, cautions. The verdict alone decides what is said of an action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from steward.ground.ui.figures import NOTHING, number_words

from .models import EffectReview

Words = str | Promise

METHODS: dict[str, Words] = {
    "panel": gettext_lazy("Compared with several other units over time"),
    "controlled_series": gettext_lazy("A series, with a comparison series beside it"),
    "difference": gettext_lazy("Before and after, against a comparison (difference in differences)"),
    "series": gettext_lazy("A series with its trend and season (interrupted time series)"),
    "regression_to_mean": gettext_lazy("After an extreme value: what would have come back by itself"),
    "level_series": gettext_lazy("Level of a short series before and after"),
    "before_after": gettext_lazy("Before and after, without a comparison"),
    "nothing": gettext_lazy("Too little data for any method"),
}
EXACT: dict[str, Words] = {
    "synthetic_difference_in_differences": gettext_lazy("Synthetic difference in differences"),
    "synthetic_control": gettext_lazy("Synthetic control"),
    "panel_difference_in_differences": gettext_lazy("Plain mean of the other units"),
    "difference_in_differences": gettext_lazy("Difference in differences"),
    "interrupted_time_series": gettext_lazy("Interrupted time series"),
    "regression_to_mean": gettext_lazy("Regression to the mean"),
    "before_after": gettext_lazy("Before and after alone"),
}
RUNGS: dict[str, Words] = {
    "A": gettext_lazy("Chance decided where the action was taken"),
    "B": gettext_lazy("Before and after, with a comparison"),
    "C": gettext_lazy("A series with its trend, without a comparison"),
    "D": gettext_lazy("Before and after alone, or an opinion"),
}
WHYS: dict[str, Words] = {
    "no_control": gettext_lazy("there is no comparison"),
    "few_controls": gettext_lazy("it takes three comparison units or more"),
    "gaps": gettext_lazy("a period of the comparison is missing"),
    "short_before": gettext_lazy("too few periods before the action"),
    "short_after": gettext_lazy("too few periods after the action"),
    "only_trigger": gettext_lazy("too little is known besides the extreme period that led to the action"),
    "not_extreme": gettext_lazy("the action did not follow an extreme value"),
    "a_series": gettext_lazy("there is a series, whose ups and downs must count"),
    "no_answer": gettext_lazy("the data determine no answer"),
}
ASSUMPTIONS: dict[str, Words] = {
    "randomised": gettext_lazy("Chance decided which side had the action."),
    "parallel_trends": gettext_lazy("Without the action both sides would have changed alike."),
    "control_untouched": gettext_lazy("The action did not reach the comparison, not even indirectly."),
    "nothing_else": gettext_lazy("Nothing else began at the same time."),
    "same_measurement": gettext_lazy("Questions, channels and definitions stayed the same."),
    "no_anticipation": gettext_lazy("Nobody acted on it before it began."),
    "independent_people": gettext_lazy("Everybody counts once and for themselves."),
    "independent_clusters": gettext_lazy("Branches and teams do not depend on one another."),
    "trend_goes_on": gettext_lazy("Trend and season would have gone on as before."),
    "independent_periods": gettext_lazy("The periods do not depend on one another."),
    "stable_series": gettext_lazy("Without the action the series had kept its level."),
    "mix_of_others": gettext_lazy("The mix of other units that went alike before would have gone alike after."),
    "exchangeable": gettext_lazy("The method errs here as it errs on the other units."),
}
CAUTIONS: dict[str, Words] = {
    "no_placebo": gettext_lazy("There is no earlier time to try the method on, so its main assumption is unchecked."),
    "placebo_found": gettext_lazy("The method finds an “effect” before there was any action."),
    "one_cluster": gettext_lazy("One unit on a side: its own ups and downs cannot be told from the effect."),
    "few_clusters": gettext_lazy("Fewer than five units on a side."),
    "few_donors": gettext_lazy("Fewer than ten other units to compare with."),
    "short_series": gettext_lazy("Fewer than twelve periods before the action."),
    "dispersion_unknown": gettext_lazy("One total a side: events may come in bursts, and the interval may be too narrow."),
    "poor_fit": gettext_lazy("The other units do not follow this one before the action."),
    "chosen_for_extreme": gettext_lazy(
        "It was opened after an extreme value, which falls back by itself; that period is left out or allowed for."
    ),
    "unstable_before": gettext_lazy("The series shifted before the action."),
}
BASES: dict[str, Words] = {
    "people": gettext_lazy("people or cases"),
    "events": gettext_lazy("events"),
    "clusters": gettext_lazy("units"),
    "points": gettext_lazy("periods"),
    "donors": gettext_lazy("comparison units"),
}
KINDS = {"evidence": "evidence", "direction_only": "direction", "no_change": "no-change", "insufficient": "insufficient"}


def verdict_words(verdict: str, better: bool | None) -> str:
    """The one sentence a review allows."""
    if verdict == "insufficient":
        return _("Not enough data: nothing can be said yet")
    if verdict == "no_change":
        return _("No change that matters is seen")
    if verdict == "evidence":
        return _("There is evidence of improvement") if better else _("There is evidence that it got worse")
    if verdict == "direction_only":
        return (
            _("The direction is better; the evidence is not yet sufficient")
            if better
            else _("The direction is worse; the evidence is not yet sufficient")
        )
    return _("No clear change seen; neither improvement nor harm can be ruled out")


def verdict_kind(verdict: str) -> str:
    """The kind of <c-verdict>."""
    return KINDS.get(verdict, "inconclusive")


def word(table: Mapping[str, Words], code: str) -> Words:
    return table.get(code, code)


def exact_method(code: str) -> str:
    """The exact name of a method: `difference_in_differences:shares`."""
    return str(EXACT.get(code.partition(":")[0], code))


def unit_of(words: str) -> str:
    """pp is stored for percentage points."""
    return pgettext("percentage points", "pp") if words == "pp" else words


def signed(value: float | None, digits: int = 1) -> str:
    """+0.0 and −0.0 keep their sign: it says on which side of nothing a bound lies."""
    if value is None:
        return NOTHING
    sign = "−" if value < 0 else "+"
    return f"{sign}{number_words(abs(value), digits=digits)}"


def estimate_words(estimate: float | None, low: float | None, high: float | None, unit: str) -> str:
    """−1.8 pp (−3.6 … +0.0)."""
    if estimate is None:
        return _("Not enough data")
    digits = digits_for(estimate, low, high)
    values = {
        "estimate": signed(estimate, digits),
        "unit": unit_of(unit),
        "low": signed(low, digits) if low is not None else "−∞",
        "high": signed(high, digits) if high is not None else "+∞",
    }
    return _("%(estimate)s %(unit)s (%(low)s … %(high)s)") % values if unit else _("%(estimate)s (%(low)s … %(high)s)") % values


def digits_for(*values: float | None) -> int:
    """One digit, and more where everything would be 0."""
    largest = max((abs(value) for value in values if value is not None), default=1.0)
    return 1 if largest >= 1 or largest == 0 else 2 if largest >= 0.1 else 3


def review_words(review: EffectReview) -> str:
    return verdict_words(review.verdict, review.better)


def review_estimate(review: EffectReview) -> str:
    return estimate_words(review.estimate, review.low, review.high, review.unit_words)


def n_words(review: Any) -> str:
    """n = 2,400 people or cases."""
    if not review.basis:
        return ""
    return _("n = %(n)s %(of)s") % {"n": number_words(review.n), "of": word(BASES, review.basis)}


def placebo_words(placebo: Mapping[str, Any] | None, unit: str) -> str:
    """What the method finds where there was nothing to find."""
    if placebo is None:
        return _("There is no earlier time to try the method on; whether it would find something by itself is unknown.")
    largest = max(placebo["found"], key=lambda each: abs(each["estimate"]))
    found = estimate_words(largest["estimate"], largest["low"], largest["high"], unit)
    if placebo["holds"]:
        return _("Before the action, where there is nothing to find, it finds %(found)s: nothing beyond chance.") % {"found": found}
    return _(
        "Before the action, where there is nothing to find, it finds %(found)s. The comparison fails; what follows is worth no more than rung D."
    ) % {"found": found}


def by_itself_words(naive: float | None, by_itself: float | None, unit: str) -> str:
    """After an extreme value: what people see, and what of it comes back without any action."""
    if naive is None or by_itself is None:
        return ""
    digits, shown = digits_for(naive, by_itself), unit_of(unit)
    values = {"naive": f"{signed(naive, digits)} {shown}".strip(), "itself": f"{signed(by_itself, digits)} {shown}".strip()}
    return _("Against the extreme period it is %(naive)s; %(itself)s of that would have come back without any action.") % values
