"""How work really flows, read from what systems wrote down. See ``docs/algorithms/mining.md``.

An :class:`EventLog` (from arrays, CSV or XES) answers: which paths (``variants``), what follows what and how long it takes (``directly_follows``),
where time is lost (``waiting``, ``bottlenecks``), what is done again (``rework``), who hands over to whom (``handovers``), how long from one step to
another (``time_between``), and how far it is from the designed process (``conformance``).
"""

from steward.science.guards import NoData
from steward.science.mining.conformance import Alignment, Conformance, Design, align, conformance
from steward.science.mining.flow import (
    Follows,
    Handover,
    Rework,
    Summary,
    TimeBetween,
    Variant,
    Waiting,
    bottlenecks,
    directly_follows,
    handovers,
    rework,
    summary,
    time_between,
    variants,
    waiting,
)
from steward.science.mining.log import EventLog, read_csv, read_xes

__all__ = [
    "Alignment",
    "Conformance",
    "Design",
    "EventLog",
    "Follows",
    "Handover",
    "NoData",
    "Rework",
    "Summary",
    "TimeBetween",
    "Variant",
    "Waiting",
    "align",
    "bottlenecks",
    "conformance",
    "directly_follows",
    "handovers",
    "read_csv",
    "read_xes",
    "rework",
    "summary",
    "time_between",
    "variants",
    "waiting",
]
