"""Everything that is done to texts before they are sent, and about who looks on."""

from .demands import end_demand, set_demand
from .drafts import forget_old, leave_case, save_draft
from .reviews import approve_shared, ask_again, ask_review, comment_shared, edit_shared, return_shared, send_shared, withdraw_shared
from .watching import choose_level, stop_watching, tell_watchers, watch_case

__all__ = [
    "approve_shared",
    "ask_again",
    "ask_review",
    "choose_level",
    "comment_shared",
    "edit_shared",
    "end_demand",
    "forget_old",
    "leave_case",
    "return_shared",
    "save_draft",
    "send_shared",
    "set_demand",
    "stop_watching",
    "tell_watchers",
    "watch_case",
    "withdraw_shared",
]
