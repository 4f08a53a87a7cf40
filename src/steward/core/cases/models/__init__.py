"""The case and everything that hangs from it."""

from .case import Assignment, Case, CaseCounter, Channel, Concern, Kind, Priority, State, StateSpan
from .conversation import Message
from .links import CaseLink, Merge
from .promise import Promise, PromiseTerm
from .task import Task

__all__ = [
    "Assignment",
    "Case",
    "CaseCounter",
    "CaseLink",
    "Channel",
    "Concern",
    "Kind",
    "Merge",
    "Message",
    "Priority",
    "Promise",
    "PromiseTerm",
    "State",
    "StateSpan",
    "Task",
]
