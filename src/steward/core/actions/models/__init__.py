"""Finding → action → effect review, and what hangs from them."""

from .action import Action, ActionSpan, Change, Kind, Lever, Recurrence, State, Telling
from .finding import Cause, Evidence, Finding, FindingSpan, Noticed
from .review import EffectReview

__all__ = [
    "Action",
    "ActionSpan",
    "Cause",
    "Change",
    "EffectReview",
    "Evidence",
    "Finding",
    "FindingSpan",
    "Kind",
    "Lever",
    "Noticed",
    "Recurrence",
    "State",
    "Telling",
]
