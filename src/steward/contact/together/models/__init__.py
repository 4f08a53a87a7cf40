"""What departments keep about the work they do together."""

from .orders import Location, LocationState, OrderSpan, ServiceOrder
from .requests import InternalRequest, RequestSpan
from .teams import CaseTeam, Decision, HandoffAlert, SubTask, SubTaskNeed, TeamMember, TeamOwner

__all__ = [
    "CaseTeam",
    "Decision",
    "HandoffAlert",
    "InternalRequest",
    "Location",
    "LocationState",
    "OrderSpan",
    "RequestSpan",
    "ServiceOrder",
    "SubTask",
    "SubTaskNeed",
    "TeamMember",
    "TeamOwner",
]
