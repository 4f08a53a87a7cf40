"""Queues with one skill in steady state: how many wait, how long, and how many servers that takes. See ``docs/algorithms/erlang.md``.

``erlang_b``, ``erlang_c`` and ``erlang_a`` are the bare formulas; ``steady_state`` gives waits, abandonment and occupancy, ``service_level`` one
share of it; ``required_servers`` turns it round, and ``cover_shifts`` turns heads by interval into shifts. Arrays in and out.
``observed_service_level`` counts service levels from what happened.
"""

from steward.science.erlang.cover import CannotCover, ShiftCover, cover_shifts
from steward.science.erlang.formulas import erlang_a, erlang_b, erlang_c
from steward.science.erlang.observed import ObservedServiceLevel, observed_service_level
from steward.science.erlang.staffing import MAX_OCCUPANCY, Staffing, SteadyState, required_servers, service_level, steady_state
from steward.science.guards import NoData, NotANumber

__all__ = [
    "MAX_OCCUPANCY",
    "CannotCover",
    "NoData",
    "NotANumber",
    "ObservedServiceLevel",
    "ShiftCover",
    "Staffing",
    "SteadyState",
    "cover_shifts",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "observed_service_level",
    "required_servers",
    "service_level",
    "steady_state",
]
