"""Everything that can be done with reports and their plans."""

from .reports import Draft, correct_report, discard_report, issue_report, make_report, mark_sent, record_download
from .specs import end_spec, publish_spec
from .writing import add_recommendation, change_commentary, decide_recommendation, withdraw_recommendation, write_commentary

__all__ = [
    "Draft",
    "add_recommendation",
    "change_commentary",
    "correct_report",
    "decide_recommendation",
    "discard_report",
    "end_spec",
    "issue_report",
    "make_report",
    "mark_sent",
    "publish_spec",
    "record_download",
    "withdraw_recommendation",
    "write_commentary",
]
