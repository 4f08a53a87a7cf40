"""Figures an effect review rests on, and what is made of them: method, estimate, verdict, outcome. Pure: the same figures, the same review."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from math import isfinite
from typing import Any

from steward.science.effect import Effect
from steward.science.inference import Verdict

from .method import CONFIDENCE, Choice, Form, Material, Observed, Way, choose


@dataclass(frozen=True)
class Figures:
    """What a review looks at. factor: from the raw figure to `unit_words` (100 for percent).

    practical: the smallest change that matters, in that unit; source: "measure" or "entered"; stamp: where the points came from.
    """

    source: str
    material: Material
    factor: float
    unit_words: str
    practical: float
    stamp: Mapping[str, Any] = field(default_factory=dict)

    @property
    def frozen(self) -> dict[str, Any]:
        """The data as they are kept with the review."""
        material = self.material
        return {
            "form": str(material.form),
            "factor": self.factor,
            "start": material.start,
            "trigger": material.trigger,
            "season": material.season,
            "treated": [_cells(point) for point in material.treated],
            "controls": {name: [_cells(point) for point in side] for name, side in sorted(material.controls.items())},
        }

    @property
    def hash(self) -> str:
        return hash_of(self.frozen)


def hash_of(frozen: Mapping[str, Any]) -> str:
    """The fingerprint of kept data; recomputed, it shows that nobody touched them."""
    return sha256(json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def thawed(frozen: Mapping[str, Any]) -> Material:
    """The material of a kept review."""
    controls = {name: [_observed(cells) for cells in side] for name, side in frozen["controls"].items()}
    treated = [point for cells in frozen["treated"] if (point := _observed(cells))]
    return Material(Form(frozen["form"]), treated, frozen["start"], controls, frozen["trigger"], frozen["season"])


@dataclass(frozen=True)
class Assessment:
    """What a review says, in the names of its row."""

    method: str
    design: str
    rung: str
    estimate: float | None
    low: float | None
    high: float | None
    confidence: float
    n: int
    basis: str
    verdict: str
    better: bool | None
    outcome: str
    found: Mapping[str, Any]


def assess(figures: Figures, *, better: str) -> Assessment:
    """Choose the method and let the verdict speak. better: "up" or "down", the way the figure should go."""
    choice = choose(figures.material).times(figures.factor)
    effect = choice.effect
    if effect is None:
        return Assessment(
            str(Way.NOTHING), "D", "D", None, None, None, CONFIDENCE, 0, "", Verdict.INSUFFICIENT, None, "inconclusive", _found(choice)
        )
    verdict = effect.verdict(figures.practical)
    right_way = None if effect.estimate == 0 else (effect.estimate > 0) == (better == "up")
    return Assessment(
        method=str(choice.way),
        design=str(effect.design),
        rung=str(effect.rung),
        estimate=effect.estimate,
        low=_finite(effect.low),
        high=_finite(effect.high),
        confidence=effect.confidence,
        n=effect.n,
        basis=str(effect.basis),
        verdict=str(verdict),
        better=right_way,
        outcome=outcome_of(verdict, right_way),
        found=_found(choice),
    )


def outcome_of(verdict: Verdict, better: bool | None) -> str:
    """Evidence of improvement is effective; evidence of the contrary, or that nothing that matters changed, is not; anything else cannot tell."""
    if verdict is Verdict.EVIDENCE:
        return "effective" if better else "ineffective"
    return "ineffective" if verdict is Verdict.NO_CHANGE else "inconclusive"


def _found(choice: Choice) -> dict[str, Any]:
    effect = choice.effect
    return {
        "passed": [{"way": str(each.way), "why": str(each.why)} for each in choice.passed],
        "placebo": _placebo(effect),
        "assumptions": [str(each) for each in effect.assumptions] if effect else [],
        "cautions": [str(each) for each in effect.cautions] if effect else [],
        "signal": effect.signal if effect else None,
        "standard_error": _finite(effect.standard_error) if effect else None,
        "tipping_point": _finite(effect.tipping_point) if effect else None,
        "exact_method": effect.method if effect else "",
        "naive": choice.naive,
        "by_itself": choice.by_itself,
        "autocorrelation": choice.autocorrelation,
        "without": [None if value is None else _finite(value) for value in choice.without],
        "others": [_other(each) for each in choice.others],
    }


def _placebo(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None or effect.placebo is None:
        return None
    spans = [{"estimate": each.estimate, "low": _finite(each.low), "high": _finite(each.high)} for each in effect.placebo.found]
    return {"found": spans, "p_value": effect.placebo.p_value, "holds": effect.placebo.holds}


def _other(effect: Effect) -> dict[str, Any]:
    bounds = {"estimate": effect.estimate, "low": _finite(effect.low), "high": _finite(effect.high)}
    return {"method": effect.method, "rung": str(effect.rung), "n": effect.n, **bounds}


def _cells(point: Observed | None) -> dict[str, Any] | None:
    return None if point is None else asdict(point)


def _observed(cells: Mapping[str, Any] | None) -> Observed | None:
    return None if cells is None else Observed(**cells)


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
