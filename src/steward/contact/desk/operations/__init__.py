"""Everything that can be done at the desk beside the cases themselves."""

from .many import Outcome, assign_many, prioritise_many, undo_many
from .moving import move_case
from .templates import close_template, fill, save_template
from .views import remove_view, save_view

__all__ = [
    "Outcome",
    "assign_many",
    "close_template",
    "fill",
    "move_case",
    "prioritise_many",
    "remove_view",
    "save_template",
    "save_view",
    "undo_many",
]
