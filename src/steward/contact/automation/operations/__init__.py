"""Everything that can be done with rules, webhooks and macros."""

from .macros import MacroOutcome, close_macro, save_macro, undo_macro, use_macro
from .rules import close_rule, save_rule, switch_off, switch_on, try_version
from .webhooks import close_webhook, save_webhook, send_again

__all__ = [
    "MacroOutcome",
    "close_macro",
    "close_rule",
    "close_webhook",
    "save_macro",
    "save_rule",
    "save_webhook",
    "send_again",
    "switch_off",
    "switch_on",
    "try_version",
    "undo_macro",
    "use_macro",
]
