"""What are customers worth, and are they still customers? See ``docs/algorithms/value.md``.

Who came lately, often and for much: ``rfm``. Without a contract nobody says that they leave: ``fit_bgnbd`` reads it from purchase histories
(``histories`` makes them from receipts), ``p_alive`` and ``expected_purchases`` say what follows for each customer. ``fit_gamma_gamma`` and
``expected_spend`` are about the money, ``clv`` brings both together, ``check_holdout`` says how far to trust it.
"""

from steward.science.guards import NoData, NotANumber
from steward.science.value.bgnbd import BgNbd, DidNotConverge, expected_purchases, expected_purchases_of_new, fit_bgnbd, p_alive
from steward.science.value.histories import Histories, histories
from steward.science.value.holdout import HoldoutCheck, check_holdout
from steward.science.value.rfm import Rfm, rfm
from steward.science.value.spend import GammaGamma, clv, expected_spend, fit_gamma_gamma

__all__ = [
    "BgNbd",
    "DidNotConverge",
    "GammaGamma",
    "Histories",
    "HoldoutCheck",
    "NoData",
    "NotANumber",
    "Rfm",
    "check_holdout",
    "clv",
    "expected_purchases",
    "expected_purchases_of_new",
    "expected_spend",
    "fit_bgnbd",
    "fit_gamma_gamma",
    "histories",
    "p_alive",
    "rfm",
]
