"""The intraclass correlation: how much of the spread of scores belongs to the targets and not to the judges."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Literal, NamedTuple

from steward.science.guards import NoData, numbers, z_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from steward.science.guards import Floats

IccForm = Literal["ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"]
FORMS: tuple[IccForm, ...] = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation (1 = judges give the same) with its interval and the F test of "no target differs"."""

    form: IccForm
    icc: float
    low: float
    high: float
    confidence: float
    f: float
    p_value: float
    targets: int
    judges: int


class _Squares(NamedTuple):
    """Mean squares of the two-way table, and its size."""

    targets: float
    judges: float
    within: float
    error: float
    n: int
    k: int


def icc(ratings: ArrayLike, form: IccForm = "ICC(2,1)", confidence: float = 0.95) -> Icc:
    """The agreement of numbers in ``ratings`` (targets × judges, at least 2 × 2, no gaps).

    (1,·): each target had other judges. (2,·): the same judges for all, who stand for others (their mildness counts against agreement). (3,·): these
    judges only, and only the order counts. (·,1): one judge's score. (·,k): the mean of all k. For the quality of single scores in
    daily work take ICC(2,1). Errors: NotANumber, ValueError, NoData when no score differs from another.
    Sources: Shrout & Fleiss (1979), Psychological Bulletin 86, 420–428; McGraw & Wong (1996), Psychological Methods 1, 30–46.
    """
    from scipy.special import fdtrc

    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, not {form!r}")
    z_of(confidence)
    squares = _mean_squares(numbers(ratings, "ratings", 2))
    n, k = squares.n, squares.k
    noise, freedom = (squares.within, n * (k - 1)) if form[4] == "1" else (squares.error, (n - 1) * (k - 1))
    f = squares.targets / noise
    if form[4] == "2":
        single, low, high = _absolute(squares, (1 + confidence) / 2)
    else:
        single = (squares.targets - noise) / (squares.targets + (k - 1) * noise)
        low, high = _relative(f, n - 1, freedom, k, (1 + confidence) / 2)
    if form[6] == "k":
        single, low, high = (_of_mean(value, k) for value in (single, low, high))
    return Icc(form, single, low, high, confidence, f, float(fdtrc(n - 1, freedom, f)), n, k)


def _mean_squares(ratings: Floats) -> _Squares:
    n, k = ratings.shape
    if n < 2 or k < 2:
        raise ValueError("ratings must have at least two targets and two judges")
    targets = k * float(ratings.mean(axis=1).var(ddof=1))
    judges = n * float(ratings.mean(axis=0).var(ddof=1))
    within = float(ratings.var(axis=1, ddof=1).mean())
    error = max((within * n * (k - 1) - judges * (k - 1)) / ((n - 1) * (k - 1)), 0.0)
    if targets + within == 0:
        raise NoData("all scores are alike: nothing differs that judges could agree on")
    # Judges who agree to the last digit leave no noise; a trace of it keeps the ratios finite.
    trace = 1e-12 * (targets + within)
    return _Squares(max(targets, trace), judges, max(within, trace), max(error, trace), n, k)


def _relative(f: float, over: int, under: int, k: int, upper: float) -> tuple[float, float]:
    """Bounds of a single score's correlation when F is the ratio of the targets' spread to the noise."""
    from scipy.special import fdtri

    low, high = f / float(fdtri(over, under, upper)), f * float(fdtri(under, over, upper))
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _absolute(squares: _Squares, upper: float) -> tuple[float, float, float]:
    """ICC(2,1) and its bounds; the freedom of the combined noise is Satterthwaite's."""
    from scipy.special import fdtri

    between, judges, _, error, n, k = squares
    single = (between - error) / (between + (k - 1) * error + k * (judges - error) / n)
    spread = n * (1 + (k - 1) * single) - k * single
    mild = k * single * judges / error
    freedom = (k - 1) * (n - 1) * (mild + spread) ** 2 / ((n - 1) * mild**2 + spread**2)
    down, up = float(fdtri(n - 1, freedom, upper)), float(fdtri(freedom, n - 1, upper))
    noise = k * judges + (k * n - k - n) * error
    low = n * (between - down * error) / (down * noise + n * between)
    high = n * (up * between - error) / (noise + n * up * between)
    return single, low, high


def _of_mean(single: float, k: int) -> float:
    """Spearman and Brown: the correlation of a mean of k; −∞ where judges disagree so much that the formula turns round."""
    share = 1 + (k - 1) * single
    return k * single / share if share > 0 else -inf
