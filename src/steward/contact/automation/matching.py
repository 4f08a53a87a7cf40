"""What a rule listens to and asks about a case: pure, so that what runs live and what is tried on the past are one piece of code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

NOBODY = "nobody"
SOMEBODY = "somebody"
ON_HOLD = "on_hold"
PROPERTIES = ("priority", "category", "kind", "service")
TRIGGERS = (
    "opened", "message_in", "reply_sent", "note_added", "assigned", "held", "resumed", "closed", "reopened", "transferred",
    "priority_changed", "category_changed", "kind_changed", "service_changed", "due_soon", "missed",
)  # fmt: skip
CODES = frozenset(
    f"cases.{name}"
    for name in (
        "case_opened", "message_added", "case_assigned", "state_changed", "case_closed", "case_reopened", "case_transferred",
        "property_changed", "promise_missed",
    )
) | {"automation.promise_due_soon"}  # fmt: skip
_PLAIN = {
    "cases.case_opened": "opened",
    "cases.case_assigned": "assigned",
    "cases.case_closed": "closed",
    "cases.case_reopened": "reopened",
    "cases.case_transferred": "transferred",
    "cases.promise_missed": "missed",
    "automation.promise_due_soon": "due_soon",
}
_MESSAGES = {"in": "message_in", "out": "reply_sent", "note": "note_added"}


@dataclass(frozen=True)
class Facts:
    """What a rule may ask about a case at one moment. unit: the path of its unit; assignee: the id of who has it."""

    kind: str
    channel: str
    priority: str
    state: str
    opened_at: datetime
    unit: str
    service: int | None = None
    category: int | None = None
    assignee: int | None = None
    language: str = ""
    title: str = ""


def trigger_of(code: str, public: Mapping[str, Any]) -> str:
    """The trigger that a journal entry is; empty where it is none."""
    if code == "cases.message_added":
        return _MESSAGES.get(str(public.get("direction")), "")
    if code == "cases.state_changed":
        return "held" if public.get("after") == ON_HOLD else "resumed"
    if code == "cases.property_changed":
        field = public.get("field")
        return f"{field}_changed" if field in PROPERTIES else ""
    return _PLAIN.get(code, "")


def matches(conditions: Mapping[str, Any], facts: Facts, at: datetime) -> bool:
    """Whether every condition holds. Names: kind, channel, priority, state, service, category, language (lists: any of), words (any of them in the
    title), unassigned (yes or no), older_minutes."""
    for name in ("kind", "channel", "priority", "state", "service", "category", "language"):
        if conditions.get(name) and getattr(facts, name) not in conditions[name]:
            return False
    if "unassigned" in conditions and (facts.assignee is None) != conditions["unassigned"]:
        return False
    if conditions.get("words") and not _has(facts.title, conditions["words"]):
        return False
    return at - facts.opened_at >= timedelta(minutes=conditions.get("older_minutes", 0))


def _has(title: str, words: Iterable[str]) -> bool:
    text = title.casefold()
    return any(word.casefold() in text for word in words)
