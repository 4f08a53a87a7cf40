"""What every answer about an effect has in common: the interval, what it rests on, what speaks for it, and what may be said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from steward.science.inference import Interval, Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rung(StrEnum):
    """How strong the evidence is by its design: the ladder of effect evaluation, best first."""

    RANDOMISED = "A"
    CONTROLLED = "B"
    """Before and after, with a control that was not treated."""
    INTERRUPTED = "C"
    """One series with its trend, no control."""
    BEFORE_AFTER = "D"
    """Before and after, or an opinion."""


class Assumption(StrEnum):
    """What must be true for the figure to be the effect of the action. A page shows all of them, in its language."""

    RANDOMISED = "randomised"  # chance decided who was treated
    PARALLEL_TRENDS = "parallel_trends"  # without the action both sides would have changed alike
    CONTROL_UNTOUCHED = "control_untouched"  # the action did not reach the control, not even indirectly
    NOTHING_ELSE = "nothing_else"  # nothing else began at the same time on the treated side
    SAME_MEASUREMENT = "same_measurement"  # questions, channels and definitions stayed the same
    NO_ANTICIPATION = "no_anticipation"  # nobody acted on it before it began
    INDEPENDENT_PEOPLE = "independent_people"  # everybody counts once and for themselves
    INDEPENDENT_CLUSTERS = "independent_clusters"  # branches, teams or persons do not depend on one another
    TREND_GOES_ON = "trend_goes_on"  # trend and season would have gone on as before
    INDEPENDENT_PERIODS = "independent_periods"  # the days or weeks of a cell do not depend on one another
    STABLE_SERIES = "stable_series"  # without the action the series had kept its level
    MIX_OF_OTHERS = "mix_of_others"  # what made the mix of others alike before would have kept it alike
    EXCHANGEABLE = "exchangeable"  # the method errs on the treated unit as it errs on the others


class Caution(StrEnum):
    """What the data themselves say against trusting the figure."""

    NO_PLACEBO = "no_placebo"  # no earlier periods, so the main assumption is unchecked
    PLACEBO_FOUND = "placebo_found"  # an "effect" where there was no action
    ONE_CLUSTER = "one_cluster"  # one branch or team on a side: its own ups and downs cannot be told from the effect
    FEW_CLUSTERS = "few_clusters"  # fewer than five on a side
    FEW_DONORS = "few_donors"  # fewer than ten others to compare with
    SHORT_SERIES = "short_series"  # fewer than twelve points before
    DISPERSION_UNKNOWN = "dispersion_unknown"  # one total per cell: events may cluster more than chance lets them
    POOR_FIT = "poor_fit"  # the mix of others does not follow the treated unit before the action
    CHOSEN_FOR_EXTREME = "chosen_for_extreme"  # it was opened after an extreme value, which falls back by itself
    UNSTABLE_BEFORE = "unstable_before"  # the series shifted before the action


class Basis(StrEnum):
    """What ``n`` counts: the smallest side of what the interval rests on."""

    PEOPLE = "people"
    EVENTS = "events"
    CLUSTERS = "clusters"
    POINTS = "points"
    DONORS = "donors"


MINIMUM = {Basis.PEOPLE: 30, Basis.EVENTS: 10, Basis.CLUSTERS: 5, Basis.POINTS: 8, Basis.DONORS: 10}
"""Below this nothing is said unless the caller sets another limit: 30 as for published rates, 10 events as for a rate ratio by logarithms,
8 points as a run on a control chart."""


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same method on a time before the action, where there is no effect to find.

    ``found``: the "effects" it finds there, oldest first, each with its interval. ``p_value``: the chance of finding as much when nothing was there
    (all of them together). ``holds``: nothing was found at the confidence of the intervals. That does not prove the assumption; too few
    data never find anything, which is why the intervals are shown.
    """

    found: tuple[Interval, ...]
    p_value: float
    holds: bool

    @property
    def largest(self) -> float:
        """The largest of the placebo effects, without its sign: what the method errs by where the truth is 0."""
        return max(abs(each.estimate) for each in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect with its two-sided interval, in the unit of the measure; a bound may be infinite.

    ``design`` is the rung of the method, :attr:`rung` what is left of it after the placebo. ``n`` counts what ``basis`` says, on the smallest side.
    ``signal``: for a series, whether a control chart shows a shift after the action; None where that is not asked.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    standard_error: float
    method: str
    design: Rung
    n: int
    basis: Basis
    placebo: Placebo | None
    assumptions: tuple[Assumption, ...]
    cautions: tuple[Caution, ...] = ()
    signal: bool | None = None

    @property
    def interval(self) -> Interval:
        """Estimate and bounds alone."""
        return Interval(self.estimate, self.low, self.high, self.confidence)

    @property
    def rung(self) -> Rung:
        """The rung that may be shown: where the placebo finds an effect before the action, the design has failed and D is left."""
        return Rung.BEFORE_AFTER if self.placebo is not None and not self.placebo.holds else self.design

    @property
    def tipping_point(self) -> float:
        """How large an error of the main assumption would have to be for the interval to reach 0; 0 where it already does. Compare it with
        ``placebo.largest``, the error the method makes where the truth is known."""
        return max(self.low, -self.high, 0.0)

    def verdict(self, practical: float, minimum_n: float | None = None) -> Verdict:
        """What may be said (:func:`~steward.science.inference.verdict`). ``practical``: the smallest effect that matters, in the unit of the
        measure; ``minimum_n``: of ``n``, by default what :data:`MINIMUM` has for the basis.

        There is no evidence of an effect where the placebo finds one too, nor for a series whose control chart shows no shift.
        """
        least = MINIMUM[self.basis] if minimum_n is None else minimum_n
        signal = False if self.placebo is not None and not self.placebo.holds else self.signal
        return verdict(self.estimate, self.low, self.high, practical, self.n, least, signal=signal)


def placebo_of(found: Sequence[Interval], p_value: float, confidence: float) -> Placebo | None:
    """The placebo, or None where there was no earlier time to look at."""
    return Placebo(tuple(found), p_value, p_value >= 1 - confidence) if found else None


def cautions_of(placebo: Placebo | None, *more: tuple[bool, Caution]) -> tuple[Caution, ...]:
    """The cautions that apply, the placebo's first."""
    checked = (placebo is None, Caution.NO_PLACEBO), (placebo is not None and not placebo.holds, Caution.PLACEBO_FOUND)
    return tuple(caution for applies, caution in (*checked, *more) if applies)
