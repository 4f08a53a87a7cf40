"""Everything that is written in this room."""

from .analyses import change_analysis, mark_sent, remove_analysis, save_analysis
from .annotations import annotate, remove_annotation
from .dashboards import add_card, change_dashboard, make_dashboard, move_card, remove_card, remove_dashboard

__all__ = [
    "add_card",
    "annotate",
    "change_analysis",
    "change_dashboard",
    "make_dashboard",
    "mark_sent",
    "move_card",
    "remove_analysis",
    "remove_annotation",
    "remove_card",
    "remove_dashboard",
    "save_analysis",
]
