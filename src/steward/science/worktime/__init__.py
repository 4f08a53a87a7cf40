"""Working time: several intervals a day, holidays, make-up workdays, time zones, clock changes, deadlines and pauses.

Pure arithmetic: every instant is an argument, and naive instants are refused. See ``docs/algorithms/worktime.md``.
"""

from steward.science.worktime.arithmetic import due_at_many, working_seconds_between, working_time_between
from steward.science.worktime.calendar import (
    ALWAYS,
    DAY_KINDS,
    MINUTES_A_DAY,
    CalendarExhausted,
    DayException,
    DayKind,
    InvalidCalendar,
    MinuteSpan,
    NaiveInstant,
    UnknownZone,
    Week,
    WorkCalendar,
    after_months,
    check_spans,
    is_rest_day,
    is_workday,
    zone_named,
)
from steward.science.worktime.compiled import local_instant
from steward.science.worktime.due import Due, Hold, Target, Unit, due_at
from steward.science.worktime.replay import (
    ClockStatus,
    PolicyChange,
    Replay,
    Segment,
    SegmentKind,
    Span,
    replay,
)

__all__ = [
    "ALWAYS",
    "DAY_KINDS",
    "MINUTES_A_DAY",
    "CalendarExhausted",
    "ClockStatus",
    "DayException",
    "DayKind",
    "Due",
    "Hold",
    "InvalidCalendar",
    "MinuteSpan",
    "NaiveInstant",
    "PolicyChange",
    "Replay",
    "Segment",
    "SegmentKind",
    "Span",
    "Target",
    "Unit",
    "UnknownZone",
    "Week",
    "WorkCalendar",
    "after_months",
    "check_spans",
    "due_at",
    "due_at_many",
    "is_rest_day",
    "is_workday",
    "local_instant",
    "replay",
    "working_seconds_between",
    "working_time_between",
    "zone_named",
]
