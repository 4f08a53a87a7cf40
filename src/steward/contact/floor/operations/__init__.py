"""Everything that can be done about checklists, the opening of a unit, and handovers."""

from .handing_over import accept_item, dispute_item, give_handover, settle_item, take_handover
from .opening import close_unit, open_unit
from .runs import clear_item, do_item, name_lead, prepare_run, prepare_runs, skip_item, tell_late_items
from .templates import ItemSpec, end_template, publish_template

__all__ = [
    "ItemSpec",
    "accept_item",
    "clear_item",
    "close_unit",
    "dispute_item",
    "do_item",
    "end_template",
    "give_handover",
    "name_lead",
    "open_unit",
    "prepare_run",
    "prepare_runs",
    "publish_template",
    "settle_item",
    "skip_item",
    "take_handover",
    "tell_late_items",
]
