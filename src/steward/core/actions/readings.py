"""A review in words, in the order in which it is read: the method, the placebo, the result, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import words
from .models import EffectReview
from .words import word


def seen_of_review(review: EffectReview) -> dict[str, Any]:
    return seen(review, review.found, review.unit_words)


def seen(review: Any, found: Mapping[str, Any], unit: str) -> dict[str, Any]:
    """A review in words, in the order in which it is read: method, placebo, result, what it rests on."""
    return {
        "method": word(words.METHODS, review.method),
        "exact": words.exact_method(found.get("exact_method", "")) if review.method == "panel" else "",
        "rung": review.rung,
        "design": review.design,
        "rung_words": word(words.RUNGS, review.rung),
        "placebo": words.placebo_words(found.get("placebo"), unit) if review.estimate is not None else "",
        "placebo_holds": bool((found.get("placebo") or {}).get("holds", True)),
        "kind": words.verdict_kind(review.verdict),
        "verdict": words.verdict_words(review.verdict, review.better),
        "estimate": words.estimate_words(review.estimate, review.low, review.high, unit),
        "n": words.n_words(review),
        "by_itself": words.by_itself_words(found.get("naive"), found.get("by_itself"), unit),
        "signal": found.get("signal"),
        "tipping": words.signed(found["tipping_point"]).lstrip("+") if found.get("tipping_point") else "",
        "assumptions": [word(words.ASSUMPTIONS, code) for code in found.get("assumptions", [])],
        "cautions": [word(words.CAUTIONS, code) for code in found.get("cautions", [])],
        "passed": [(word(words.METHODS, each["way"]), word(words.WHYS, each["why"])) for each in found.get("passed", [])],
        "others": [_other(each, unit) for each in found.get("others", [])],
        "practical": getattr(review, "practical", None),
        "unit": words.unit_of(unit),
    }


def _other(each: Mapping[str, Any], unit: str) -> tuple[str, str, str]:
    return words.exact_method(each["method"]), words.estimate_words(each["estimate"], each["low"], each["high"], unit), each["rung"]
