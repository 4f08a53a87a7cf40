"""Who is about to leave, why does the model think so, and how far is it to be trusted? See ``docs/algorithms/churn.md``.

A :class:`Definition` comes first (``silence_after`` and ``label_silence`` help where nobody says goodbye). ``evaluate`` measures, ``train``
measures and trains, ``explain`` says per customer what moved the risk. Risk is not a reason to treat: that takes a random hold-out.
"""

from collections.abc import Sequence

from steward.science.churn.columns import Columns
from steward.science.churn.definition import Definition, Leaving, Silence, label_silence, silence_after
from steward.science.churn.evaluation import Evaluation, Group, Leakage, evaluate, train
from steward.science.churn.model import ChurnModel, Explanation, ModelCard, NotAModel, Reason
from steward.science.churn.quality import Calibration, Step, auc, auc_gain, average_precision, brier, calibration, lift
from steward.science.guards import NoData, NotANumber

__all__ = [
    "Calibration",
    "ChurnModel",
    "Columns",
    "Definition",
    "Evaluation",
    "Explanation",
    "Group",
    "Leakage",
    "Leaving",
    "ModelCard",
    "NoData",
    "NotAModel",
    "NotANumber",
    "Reason",
    "Silence",
    "Step",
    "auc",
    "auc_gain",
    "average_precision",
    "brier",
    "calibration",
    "evaluate",
    "explain",
    "label_silence",
    "lift",
    "silence_after",
    "train",
]


def explain(model: ChurnModel, columns: Columns, most: int | None = 5) -> Sequence[Explanation]:
    """Per customer the columns that moved the risk most: :meth:`ChurnModel.explain`."""
    return model.explain(columns, most)
