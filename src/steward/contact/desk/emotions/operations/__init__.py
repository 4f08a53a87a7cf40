"""Everything that can be done in an emotional situation and for those who bear it."""

from .abuse import decide_abuse, record_abuse, warn_abuse
from .flags import dismiss_flag, do_step, flag_case, read_message
from .joining import ask_supervisor, join_case
from .recovery import (
    answer_break,
    decide_rotation,
    end_break,
    note_exposure,
    note_exposures_of,
    offer_break,
    write_debrief,
)

__all__ = [
    "answer_break",
    "ask_supervisor",
    "decide_abuse",
    "decide_rotation",
    "dismiss_flag",
    "do_step",
    "end_break",
    "flag_case",
    "join_case",
    "note_exposure",
    "note_exposures_of",
    "offer_break",
    "read_message",
    "record_abuse",
    "warn_abuse",
    "write_debrief",
]
