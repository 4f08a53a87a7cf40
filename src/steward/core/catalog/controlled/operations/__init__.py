from .deviations import ask_deviation, decide_deviation
from .documents import acknowledge_version, begin_draft, close_document, open_document, save_draft, withdraw_draft
from .releases import (
    add_item,
    add_version,
    cancel_release,
    finish_item,
    open_release,
    override_hold,
    remove_item,
    roll_back_release,
    schedule_release,
    take_effect_due,
)

__all__ = [
    "acknowledge_version",
    "add_item",
    "add_version",
    "ask_deviation",
    "begin_draft",
    "cancel_release",
    "close_document",
    "decide_deviation",
    "finish_item",
    "open_document",
    "open_release",
    "override_hold",
    "remove_item",
    "roll_back_release",
    "save_draft",
    "schedule_release",
    "take_effect_due",
    "withdraw_draft",
]
