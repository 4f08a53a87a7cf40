"""What do people write, and about what? See ``docs/algorithms/text.md``.

``sentiment``, ``aspects`` and ``is_complaint`` work by rules at once; ``train`` makes a ``SentimentModel`` of the user's own texts that is better
(also ``python -m steward.science.text train FILE``). ``keywords``, ``cluster`` and ``near_duplicates`` find what many texts have in common;
``deidentify`` takes persons out; ``segment`` cuts words. Everything works offline.
"""

from steward.science.extras import MissingExtra
from steward.science.guards import NoData, NotANumber
from steward.science.text.deidentify import MASKS, Deidentified, Found, Personal, deidentify, is_bank_card, is_id_card
from steward.science.text.lexicon import Aspect
from steward.science.text.model import ModelCard, NotAModel, SentimentModel, train
from steward.science.text.opinion import (
    RULES_CARD,
    AspectOpinion,
    ComplaintSign,
    Sentiments,
    Span,
    aspects,
    by_aspect,
    is_complaint,
    sentences,
    sentiment,
)
from steward.science.text.segment import segment
from steward.science.text.similar import Group, Keyword, Twins, cluster, keywords, near_duplicates

__all__ = [
    "MASKS",
    "RULES_CARD",
    "Aspect",
    "AspectOpinion",
    "ComplaintSign",
    "Deidentified",
    "Found",
    "Group",
    "Keyword",
    "MissingExtra",
    "ModelCard",
    "NoData",
    "NotAModel",
    "NotANumber",
    "Personal",
    "SentimentModel",
    "Sentiments",
    "Span",
    "Twins",
    "aspects",
    "by_aspect",
    "cluster",
    "deidentify",
    "is_bank_card",
    "is_complaint",
    "is_id_card",
    "keywords",
    "near_duplicates",
    "segment",
    "sentences",
    "sentiment",
    "train",
]
