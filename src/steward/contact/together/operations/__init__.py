"""Everything departments do for one another."""

from .orders import cancel_order, dispatch_order, escalate_orders, finish_order, place_order, settle_first_fixes, start_order, verify_order
from .places import open_location, set_status
from .requests import accept_request, answer_request, cancel_request, return_request, send_again, send_request
from .swarming import tell_handoffs, tell_stuck_teams
from .teams import add_sub_task, change_owner, close_team, finish_sub_task, note_decision, open_team
from .watching import escalate_requests, mark_missed_requests

__all__ = [
    "accept_request",
    "add_sub_task",
    "answer_request",
    "cancel_order",
    "cancel_request",
    "change_owner",
    "close_team",
    "dispatch_order",
    "escalate_orders",
    "escalate_requests",
    "finish_order",
    "finish_sub_task",
    "mark_missed_requests",
    "note_decision",
    "open_location",
    "open_team",
    "place_order",
    "return_request",
    "send_again",
    "send_request",
    "set_status",
    "settle_first_fixes",
    "start_order",
    "tell_handoffs",
    "tell_stuck_teams",
    "verify_order",
]
