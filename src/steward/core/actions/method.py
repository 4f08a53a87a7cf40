"""Which method the data allow, strongest first, and what it finds. Pure: data in, chosen method and effect out (domain §4.11).

    B  three or more comparison units with a series        synthetic difference in differences (panel difference in differences when short)
    B  one or two with a long series                       interrupted time series with the comparison as a covariate
    B  a comparison before and after                       difference in differences
    C  a series of its own                                 interrupted time series with season and autocorrelation
    D  opened after an extreme value                       regression to the mean
    D  a short series, or two periods                      level before and after
    –  anything less                                       nothing can be said, which is an answer

A period whose extreme value led to the action is left out of every "before", also of the comparison's: what was chosen for being extreme falls
back by itself, and the side it was not chosen on does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from math import isfinite, sqrt
from typing import Any

from steward.science import effect as science
from steward.science.effect import Assumption, Basis, Caution, Cell, Effect, Kind, Mean, Panel, Placebo, Rate, Rung, Share
from steward.science.inference import Interval, mean_difference, newcombe_difference

LONG, ENOUGH_AFTER, LEAST_AFTER, LEAST_BEFORE = 12, 8, 3, 5
DONORS, DONOR_POINTS, DONOR_SERIES = 3, 3, 8
SCALES = {"share": 100.0, "rate": 1000.0, "amount": 1.0}
NORMAL = 1.959963984540054
CONFIDENCE = 0.95


class Form(StrEnum):
    """What the figures are: shares of a whole, events per exposure, or amounts such as minutes or points."""

    SHARE = "share"
    RATE = "rate"
    AMOUNT = "amount"


class Way(StrEnum):
    """The methods in the order in which they are tried."""

    PANEL = "panel"
    CONTROLLED_SERIES = "controlled_series"
    DIFFERENCE = "difference"
    SERIES = "series"
    REGRESSION_TO_MEAN = "regression_to_mean"
    LEVEL_SERIES = "level_series"
    BEFORE_AFTER = "before_after"
    NOTHING = "nothing"


class Why(StrEnum):
    """Why a stronger method was not used."""

    NO_CONTROL = "no_control"
    FEW_CONTROLS = "few_controls"
    GAPS = "gaps"
    SHORT_BEFORE = "short_before"
    SHORT_AFTER = "short_after"
    ONLY_TRIGGER = "only_trigger"
    NOT_EXTREME = "not_extreme"
    A_SERIES = "a_series"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Observed:
    """One period of one side: a part of a whole (events of an exposure), or a value."""

    label: str
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None

    @property
    def level(self) -> float:
        if self.value is not None:
            return self.value
        assert self.numerator is not None
        return self.numerator / (self.denominator or 1.0)


Side = Sequence[Observed | None]


@dataclass(frozen=True, slots=True)
class Material:
    """What there is. treated: complete, in order of time; controls: aligned with it, None where a period is missing.

    start: index of the first period after the action began. trigger: index of the extreme period that led to it. season: periods per round.
    """

    form: Form
    treated: Sequence[Observed]
    start: int
    controls: Mapping[str, Side] = field(default_factory=dict)
    trigger: int | None = None
    season: int | None = None

    def __post_init__(self) -> None:
        if any(len(side) != len(self.treated) for side in self.controls.values()):
            raise ValueError("every comparison has one entry for each period of the treated side")

    @property
    def kept(self) -> list[int]:
        return [place for place in range(len(self.treated)) if place != self.trigger]

    @property
    def before(self) -> list[int]:
        """Places before the action, without the trigger."""
        return [place for place in self.kept if place < self.start]

    @property
    def after(self) -> list[int]:
        return list(range(self.start, len(self.treated)))

    @property
    def levels(self) -> list[float]:
        return [point.level for point in self.treated]

    @property
    def baseline(self) -> float:
        """The level before the action: what a relative smallest change is taken of."""
        places = self.before or list(range(self.start))
        if not places:
            return 0.0
        if self.form is Form.AMOUNT:
            return sum(self.treated[place].level for place in places) / len(places)
        parts = [self.treated[place] for place in places]
        return sum(part.numerator or 0.0 for part in parts) / (sum(part.denominator or 1.0 for part in parts) or 1.0)


@dataclass(frozen=True, slots=True)
class PassedOver:
    way: Way
    why: Why


@dataclass(frozen=True, slots=True)
class Choice:
    """The method chosen with what it found. effect is None where nothing can be said.

    without: the series as it would have gone on, one entry a period, None where the method does not say. naive, by_itself: after an extreme
    value, what people see and what would have come back anyway. others: the same data by other methods, for comparison.
    """

    way: Way
    effect: Effect | None
    passed: tuple[PassedOver, ...] = ()
    without: tuple[float | None, ...] = ()
    naive: float | None = None
    by_itself: float | None = None
    autocorrelation: float | None = None
    others: tuple[Effect, ...] = ()

    def times(self, factor: float) -> Choice:
        """In another unit: shares as percent, rates per thousand."""
        scale = _times(factor)
        return replace(
            self,
            effect=None if self.effect is None else in_unit(self.effect, factor),
            without=tuple(scale(value) for value in self.without),
            naive=scale(self.naive),
            by_itself=scale(self.by_itself),
            others=tuple(in_unit(each, factor) for each in self.others),
        )


class _Unfit(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def choose(material: Material) -> Choice:
    """The strongest method that fits, with the reasons why stronger ones did not."""
    passed: list[PassedOver] = []
    for way, attempt in LADDER:
        try:
            found = attempt(material)
        except _Unfit as unfit:
            passed.append(PassedOver(way, unfit.why))
        except (ValueError, ArithmeticError, science.DidNotConverge):
            # The science says that these data determine no answer; the next method may need less.
            passed.append(PassedOver(way, Why.NO_ANSWER))
        else:
            return replace(found, way=way, passed=tuple(passed))
    return Choice(Way.NOTHING, None, tuple(passed))


def in_unit(found: Effect, factor: float) -> Effect:
    placebo = found.placebo
    if placebo is not None:
        spans = tuple(Interval(each.estimate * factor, each.low * factor, each.high * factor, each.confidence) for each in placebo.found)
        placebo = Placebo(spans, placebo.p_value, placebo.holds)
    return replace(
        found,
        estimate=found.estimate * factor,
        low=found.low * factor,
        high=found.high * factor,
        standard_error=found.standard_error * factor,
        placebo=placebo,
    )


def worst_before(levels: Sequence[float], start: int, better: str) -> int | None:
    """The period before the action that lay furthest on the bad side: the likely trigger where nobody named it."""
    if not start:
        return None
    worst = min if better == "up" else max
    return worst(range(start), key=lambda place: levels[place])


# --- The methods, strongest first ---


def _panel(material: Material) -> Choice:
    if len(material.controls) < DONORS:
        raise _Unfit(Why.FEW_CONTROLS if material.controls else Why.NO_CONTROL)
    if len(material.before) < DONOR_POINTS:
        raise _Unfit(_short(material))
    if not material.after:
        raise _Unfit(Why.SHORT_AFTER)
    complete = [side for side in material.controls.values() if all(side[place] is not None for place in material.kept)]
    if len(complete) < DONORS:
        raise _Unfit(Why.GAPS)
    rows = [material.treated, *complete]
    table = [[_level(side[place]) for place in material.kept] for side in rows]
    start, methods = len(material.before), _panel_methods(len(material.before))
    first = methods[0](table, [0], start)
    others = [found for method in methods[1:] for found in _tried(partial(_panel_effect, method, table, start))]
    effect = _after_extreme(material, first.effect)
    return Choice(Way.PANEL, effect, without=_spread_out(material, first.without_action), others=tuple(others))


def _panel_effect(method: Callable[..., Panel], table: Sequence[Sequence[float]], start: int) -> Effect:
    return method(table, [0], start).effect


def _panel_methods(before: int) -> list[Callable[..., Panel]]:
    plain = science.panel_difference_in_differences
    if before < DONOR_SERIES:
        return [plain, science.synthetic_difference_in_differences]
    return [science.synthetic_difference_in_differences, science.synthetic_control, plain]


def _controlled_series(material: Material) -> Choice:
    if not material.controls:
        raise _Unfit(Why.NO_CONTROL)
    if len(material.before) < LONG:
        raise _Unfit(_short(material))
    if len(material.after) < ENOUGH_AFTER:
        raise _Unfit(Why.SHORT_AFTER)
    pooled = _pooled(material)
    if any(point is None for point in pooled):
        raise _Unfit(Why.GAPS)
    covariate = [_level(point) for point in pooled]
    found = _interrupted(material, covariates=covariate, controlled=True, trend=False)
    others = _tried(lambda: _interrupted(material).effect) + _tried(lambda: _difference(material).effect)
    return replace(found, others=tuple(others))


def _difference(material: Material) -> Choice:
    if not material.controls:
        raise _Unfit(Why.NO_CONTROL)
    if not material.before:
        raise _Unfit(_short(material))
    if not material.after:
        raise _Unfit(Why.SHORT_AFTER)
    pooled = _pooled(material)
    window = len(material.after)
    before = material.before[-window:]
    rest = material.before[: -len(before)]
    blocks = [rest[end - window : end] for end in range(len(rest), window - 1, -window)][::-1]
    spans = [before, material.after, *blocks]
    if any(pooled[place] is None for span in spans for place in span):
        raise _Unfit(Why.GAPS)
    own = [_cell(material.form, [material.treated[place] for place in span]) for span in spans]
    other = [_cell(material.form, [point for place in span if (point := pooled[place])]) for span in spans]
    found = science.difference_in_differences(own[0], own[1], other[0], other[1], earlier=own[2:], control_earlier=other[2:])
    alone = _tried(lambda: two_levels(material.form, *([material.treated[place] for place in span] for span in spans[:2])))
    return Choice(Way.DIFFERENCE, _after_extreme(material, found), others=tuple(alone))


def _series(material: Material) -> Choice:
    if len(material.before) < LONG:
        raise _Unfit(_short(material))
    if len(material.after) < LEAST_AFTER:
        raise _Unfit(Why.SHORT_AFTER)
    found = _interrupted(material)
    others = _tried(lambda: _interrupted(material, slope_change=False).effect)
    others += _tried(lambda: _interrupted(material, trend=False, slope_change=False).effect)
    return replace(found, others=tuple(others))


def _regression_to_mean(material: Material) -> Choice:
    if material.trigger is None:
        raise _Unfit(Why.NOT_EXTREME)
    if material.trigger + 1 < LEAST_BEFORE:
        raise _Unfit(Why.ONLY_TRIGGER)
    if not material.after:
        raise _Unfit(Why.SHORT_AFTER)
    levels = material.levels
    found = science.regression_to_mean(levels[: material.trigger + 1], levels[material.start :])
    return Choice(
        Way.REGRESSION_TO_MEAN,
        found.effect,
        naive=found.naive,
        by_itself=found.by_itself,
        autocorrelation=found.autocorrelation,
    )


def _level_series(material: Material) -> Choice:
    if material.trigger is not None:
        raise _Unfit(Why.ONLY_TRIGGER)
    if len(material.before) < LEAST_BEFORE:
        raise _Unfit(Why.SHORT_BEFORE)
    if len(material.after) < LEAST_AFTER:
        raise _Unfit(Why.SHORT_AFTER)
    return _interrupted(material, trend=False, slope_change=False)


def _before_after(material: Material) -> Choice:
    if material.trigger is not None:
        raise _Unfit(Why.ONLY_TRIGGER)
    if not material.before:
        raise _Unfit(Why.SHORT_BEFORE)
    if not material.after:
        raise _Unfit(Why.SHORT_AFTER)
    if len(material.before) >= LEAST_BEFORE:
        # Its periods say how much it moves by itself; people counted as independent would not.
        raise _Unfit(Why.A_SERIES)
    before, after = ([material.treated[place] for place in places] for places in (material.before, material.after))
    return Choice(Way.BEFORE_AFTER, two_levels(material.form, before, after))


LADDER: tuple[tuple[Way, Callable[[Material], Choice]], ...] = (
    (Way.PANEL, _panel),
    (Way.CONTROLLED_SERIES, _controlled_series),
    (Way.DIFFERENCE, _difference),
    (Way.SERIES, _series),
    (Way.REGRESSION_TO_MEAN, _regression_to_mean),
    (Way.LEVEL_SERIES, _level_series),
    (Way.BEFORE_AFTER, _before_after),
)


# --- Parts ---


def _interrupted(material: Material, **options: Any) -> Choice:
    """An interrupted series in the kind that the figures are; as plain levels where counts are no whole numbers or determine nothing."""
    numerators = [point.numerator for point in material.treated]
    sizes = [point.denominator or 1.0 for point in material.treated]
    counted = material.form is not Form.AMOUNT and all(value is not None and float(value).is_integer() for value in numerators)
    kind = {Form.SHARE: Kind.SHARE, Form.RATE: Kind.COUNT}.get(material.form, Kind.AMOUNT) if counted else Kind.AMOUNT
    attempts: list[dict[str, Any]] = [{"values": numerators, "sizes": sizes, "kind": kind}] if counted else []
    attempts.append({"values": material.levels, "kind": Kind.AMOUNT})
    for season in _seasons(material):
        for attempt in attempts:
            try:
                found = science.interrupted_time_series(start=material.start, season=season, trigger=material.trigger, **attempt, **options)
            except (science.NoData, science.DidNotConverge):
                continue
            without = tuple(float(value) for value in found.without_action)
            return Choice(Way.SERIES, found.effect, without=without, autocorrelation=found.autocorrelation)
    raise _Unfit(Why.NO_ANSWER)


def _seasons(material: Material) -> list[int | None]:
    """The season if two whole rounds lie before the action; without it where the data do not carry it."""
    season = material.season
    return [season, None] if season and season > 1 and material.start >= 2 * season else [None]


def _pooled(material: Material) -> list[Observed | None]:
    """All comparisons as one: sums of parts and wholes, means of values; None for a period in which one of them is missing."""
    found: list[Observed | None] = []
    for place, own in enumerate(material.treated):
        points = [side[place] for side in material.controls.values()]
        known = [point for point in points if point is not None]
        if len(known) < len(points):
            found.append(None)
        elif material.form is Form.AMOUNT:
            found.append(Observed(own.label, value=sum(point.level for point in known) / len(known)))
        else:
            numerator = sum(point.numerator or 0.0 for point in known)
            found.append(Observed(own.label, numerator, sum(point.denominator or 1.0 for point in known)))
    return found


def _cell(form: Form, points: Sequence[Observed]) -> Cell:
    if form is Form.AMOUNT:
        return Mean.of([point.level for point in points])
    return Share(*_total(points)) if form is Form.SHARE else _rate(points)


def two_levels(form: Form, before: Sequence[Observed], after: Sequence[Observed]) -> Effect:
    """Before and after without any comparison: rung D, whatever the interval says."""
    dispersed: tuple[Caution, ...] = ()
    if form is Form.AMOUNT:
        found = mean_difference([point.level for point in after], [point.level for point in before], CONFIDENCE)
        basis, n, assumed = Basis.POINTS, min(len(before), len(after)), Assumption.INDEPENDENT_PERIODS
    elif form is Form.SHARE:
        (hits, of), (later_hits, later_of) = _total(before), _total(after)
        found = newcombe_difference(later_hits, later_of, hits, of, CONFIDENCE)
        basis, n, assumed = Basis.PEOPLE, int(min(of, later_of)), Assumption.INDEPENDENT_PEOPLE
    else:
        old, new = _rate(before), _rate(after)
        change, reach = new.value - old.value, NORMAL * sqrt(old.variance + new.variance)
        found = Interval(change, change - reach, change + reach, CONFIDENCE)
        basis, n, assumed = Basis.EVENTS, max(old.size, new.size), Assumption.INDEPENDENT_PERIODS
        dispersed = (Caution.DISPERSION_UNKNOWN,) if min(len(before), len(after)) < 2 else ()
    return Effect(
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        confidence=CONFIDENCE,
        standard_error=found.half_width / NORMAL,
        method="before_after",
        design=Rung.BEFORE_AFTER,
        n=n,
        basis=basis,
        placebo=None,
        assumptions=(Assumption.STABLE_SERIES, Assumption.NOTHING_ELSE, Assumption.SAME_MEASUREMENT, Assumption.NO_ANTICIPATION, assumed),
        cautions=(Caution.NO_PLACEBO, *dispersed),
    )


def _total(points: Sequence[Observed]) -> tuple[float, float]:
    return sum(point.numerator or 0.0 for point in points), sum(point.denominator or 1.0 for point in points)


def _rate(points: Sequence[Observed]) -> Rate:
    return Rate([point.numerator or 0.0 for point in points], [point.denominator or 1.0 for point in points])


def _after_extreme(material: Material, found: Effect) -> Effect:
    if material.trigger is None or Caution.CHOSEN_FOR_EXTREME in found.cautions:
        return found
    return replace(found, cautions=(*found.cautions, Caution.CHOSEN_FOR_EXTREME))


def _tried(attempt: Callable[[], Effect | None]) -> list[Effect]:
    """For comparison only: a method that has no answer is left out."""
    try:
        found = attempt()
    except (_Unfit, ValueError, ArithmeticError, science.DidNotConverge):
        return []
    return [found] if found is not None else []


def _spread_out(material: Material, values: Any) -> tuple[float | None, ...]:
    """Values of the kept periods at their places among all."""
    by_place = dict(zip(material.kept, (float(value) for value in values), strict=True))
    return tuple(by_place.get(place) for place in range(len(material.treated)))


def _short(material: Material) -> Why:
    return Why.ONLY_TRIGGER if material.trigger is not None and not material.before else Why.SHORT_BEFORE


def _level(point: Observed | None) -> float:
    assert point is not None
    return point.level


def _times(factor: float) -> Callable[[float | None], float | None]:
    return lambda value: value * factor if value is not None and isfinite(value) else value
