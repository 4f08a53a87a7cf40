"""What may be said about a change. The verdict alone decides the words."""

from __future__ import annotations

from enum import StrEnum
from math import isnan

from steward.science.guards import NotANumber, finite


class Verdict(StrEnum):
    """The five things that can be said, in the order in which they are tried."""

    INSUFFICIENT = "insufficient"  # 数据不足
    NO_CHANGE = "no_change"  # 未见有意义变化
    EVIDENCE = "evidence"  # 有证据表明
    DIRECTION_ONLY = "direction_only"  # 方向改善或恶化，证据尚不充分
    INCONCLUSIVE = "inconclusive"  # 未见显著变化，不能排除……


def verdict(
    estimate: float, low: float, high: float, practical: float, n: float, minimum_n: float, *, signal: bool | None = None
) -> Verdict:
    """The first that fits: too few → ``insufficient``; interval inside ± practical → ``no_change``; interval without 0 → ``evidence``;
    |estimate| ≥ practical → ``direction_only``; else ``inconclusive``.

    ``estimate``, ``low`` and ``high`` are a *difference* (0 = no change; take logarithms of a ratio first), all in the unit of ``practical``, the
    smallest change that matters. ``signal`` is for a series: True or False says whether its control chart shows a shift, and without one there is
    no evidence; None means that this is no series.

    Total: every combination of finite numbers has exactly one verdict. Bounds may be infinite and may come in either order (turning a measure
    round swaps them); the sign of ``practical`` does not matter. A change of exactly ``practical`` matters, so an interval that
    touches it is not inside. Errors: NotANumber for NaN anywhere and for an infinite estimate, practical, n or minimum_n.
    """
    size = abs(finite(practical, "practical"))
    change = finite(estimate, "estimate")
    bottom, top = sorted((_bound(low, "low"), _bound(high, "high")))
    if finite(n, "n") < finite(minimum_n, "minimum_n"):
        return Verdict.INSUFFICIENT
    if (-size < bottom and top < size) or bottom == top == 0:
        return Verdict.NO_CHANGE
    if (bottom > 0 or top < 0) and signal is not False:
        return Verdict.EVIDENCE
    # Without the second half an estimate of 0 would have a direction whenever anything matters (practical = 0).
    if abs(change) >= size and change != 0:
        return Verdict.DIRECTION_ONLY
    return Verdict.INCONCLUSIVE


def _bound(value: float, name: str) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise NotANumber(name, value) from error
    if isnan(number):
        raise NotANumber(name, value)
    return number
