"""The case and everything that hangs from it."""

from .case import Assignment, Case, CaseCounter, Channel, Concern, Kind, Priority, State, StateSpan
from .conversation import Message
from .links import CaseLink, Merge
from .promise import Promise, PromiseTerm
from .routing import RoutingDecision, RoutingRule, RoutingSkill
from .suggestion import KindSuggestion
from .task import Task

__all__ = [
    "Assignment",
    "Case",
    "CaseCounter",
    "CaseLink",
    "Channel",
    "Concern",
    "Kind",
    "KindSuggestion",
    "Merge",
    "Message",
    "Priority",
    "Promise",
    "PromiseTerm",
    "RoutingDecision",
    "RoutingRule",
    "RoutingSkill",
    "State",
    "StateSpan",
    "Task",
]
