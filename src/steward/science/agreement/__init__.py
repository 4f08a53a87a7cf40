"""Do those who score see the same? See ``docs/algorithms/agreement.md``.

Two raters and categories: ``cohen_kappa``. Many raters, the same number each time: ``fleiss_kappa``. Any number, any scale, with gaps:
``krippendorff_alpha``. Numbers, every rater on every target: ``icc``. Who is strict and who is mild: ``rater_severity``.
"""

from steward.science.agreement.alpha import Alpha, Level, krippendorff_alpha
from steward.science.agreement.icc import Icc, IccForm, icc
from steward.science.agreement.kappa import Kappa, cohen_kappa, confusion, fleiss_kappa
from steward.science.agreement.severity import NotComparable, Severity, rater_severity
from steward.science.guards import NoData, NotANumber

__all__ = [
    "Alpha",
    "Icc",
    "IccForm",
    "Kappa",
    "Level",
    "NoData",
    "NotANumber",
    "NotComparable",
    "Severity",
    "cohen_kappa",
    "confusion",
    "fleiss_kappa",
    "icc",
    "krippendorff_alpha",
    "rater_severity",
]
