"""Everything that can be done to a case."""

from .concerning import clear_concerned, name_concerned
from .conversation import add_message, attach_file
from .editing import change_case, change_kind, transfer_case
from .following import follow_case, take_answer
from .linking import end_link, link_cases
from .merging import merge_cases, undo_merge
from .opening import open_case
from .promises import apply_policies, cancel_promise, make_promise, mark_missed_promises, meet_promise, refresh_promises
from .suggesting import dismiss_suggestion, suggest_complaint, take_suggestion
from .tasks import add_task, assign_task, cancel_task, finish_task
from .work import assign_case, claim_case, close_case, hold_case, reopen_case, resume_case, unassign_case

__all__ = [
    "add_message",
    "add_task",
    "apply_policies",
    "assign_case",
    "assign_task",
    "attach_file",
    "cancel_promise",
    "cancel_task",
    "change_case",
    "change_kind",
    "claim_case",
    "clear_concerned",
    "close_case",
    "dismiss_suggestion",
    "end_link",
    "finish_task",
    "follow_case",
    "hold_case",
    "link_cases",
    "make_promise",
    "mark_missed_promises",
    "meet_promise",
    "merge_cases",
    "name_concerned",
    "open_case",
    "refresh_promises",
    "reopen_case",
    "resume_case",
    "suggest_complaint",
    "take_answer",
    "take_suggestion",
    "transfer_case",
    "unassign_case",
    "undo_merge",
]
