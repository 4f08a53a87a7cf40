"""Which records are the same person? See ``docs/algorithms/linkage.md``.

``link`` compares records on Splink and says for each pair what every field contributes; ``clusters`` and ``one_to_one`` make persons of pairs;
``LinkSettings`` (``CUSTOMERS`` unless you say otherwise) is what is compared, as data; ``people`` writes down persons whose truth is known.
"""

from steward.science.extras import MissingExtra
from steward.science.guards import NotANumber
from steward.science.linkage.clusters import Quality, cluster_quality, clusters, one_to_one, pairs_in, threshold_for
from steward.science.linkage.kinds import KINDS, Kind, Level
from steward.science.linkage.linking import FieldEvidence, Linked, Record, link
from steward.science.linkage.people import ErrorRates, People, people
from steward.science.linkage.settings import CUSTOMERS, Field, LinkSettings

__all__ = [
    "CUSTOMERS",
    "KINDS",
    "ErrorRates",
    "Field",
    "FieldEvidence",
    "Kind",
    "Level",
    "LinkSettings",
    "Linked",
    "MissingExtra",
    "NotANumber",
    "People",
    "Quality",
    "Record",
    "cluster_quality",
    "clusters",
    "link",
    "one_to_one",
    "pairs_in",
    "people",
    "threshold_for",
]
