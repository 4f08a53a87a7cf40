"""Everything that can be done to findings and actions."""

from .actions import change_action, open_action, tell_people
from .findings import add_evidence, change_finding, drop_finding, open_finding, reopen_finding, settle_finding
from .life import cancel_action, close_action, finish_action, record_recurrence, reopen_action, start_action
from .reviews import record_review

__all__ = [
    "add_evidence",
    "cancel_action",
    "change_action",
    "change_finding",
    "close_action",
    "drop_finding",
    "finish_action",
    "open_action",
    "open_finding",
    "record_recurrence",
    "record_review",
    "reopen_action",
    "reopen_finding",
    "settle_finding",
    "start_action",
    "tell_people",
]
