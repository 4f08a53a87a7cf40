"""Routing: who gets a case that nobody has, by rules that explain themselves. `docs/concepts/routing.md`."""

from .operations import consider, pull_next, route_case, take_back, try_out
from .queries import decisions_of, explain, position
from .rules import Terms, WantedSkill, close_rule, raise_rule, rule_for, save_rule

__all__ = [
    "Terms",
    "WantedSkill",
    "close_rule",
    "consider",
    "decisions_of",
    "explain",
    "position",
    "pull_next",
    "raise_rule",
    "route_case",
    "rule_for",
    "save_rule",
    "take_back",
    "try_out",
]
