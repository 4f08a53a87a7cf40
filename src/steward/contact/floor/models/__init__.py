"""What a shift keeps: checklists and their runs, whether a unit is open, and what one shift hands to the next."""

from .checklists import ChecklistItem, ChecklistRun, ChecklistTemplate, Occasion, RunItem, UnitOpening
from .handovers import Handover, HandoverItem

__all__ = [
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistTemplate",
    "Handover",
    "HandoverItem",
    "Occasion",
    "RunItem",
    "UnitOpening",
]
