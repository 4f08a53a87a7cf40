"""Whether rules would chase one another: pure functions over what rules ask, write and say.

Two rules that write different values to one field are a ping-pong pair in two cases. Each *enables* the other: what it writes can make a condition of
the other true, or what it does is what the other listens to. Or the two *keep each other going*: each listens to something that one of them does, and
its conditions can hold among the values they write. Beyond these, two rules that each always say something the other listens to, and a rule that
always says something it listens to itself, are refused as well.

An action that changes nothing says nothing, and a rule writes each field at most once. So a pair that goes on for ever either changes a field for
ever, between values of both, or says something for ever that the other hears; the test walks through every course of random pairs. Longer circles
are stopped while they run, by the depth of their causes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What the change of a field to a value is heard as.
HEARD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "priority": {"": ("priority_changed",)},
    "category": {"": ("category_changed",)},
    "assignee": {"": ("assigned", "resumed")},  # a new case that is given to somebody is begun with it
    "unit": {"": ("transferred",)},
    "state": {"on_hold": ("held",), "open": ("resumed",)},
}
EVENTS = "events"


@dataclass(frozen=True)
class Shape:
    """A rule without its words. asks: field → allowed values ("somebody" stands for any person, "on_hold" for any reason to wait); scope: the
    path of its unit; writes: field → value ("somebody:5", "on_hold:awaiting_customer"); says: triggers it causes whenever it runs."""

    scope: str
    triggers: frozenset[str]
    asks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    writes: Mapping[str, str] = field(default_factory=dict)
    says: frozenset[str] = frozenset()


def ping_pong(one: Shape, other: Shape) -> str | None:
    """The field over which two rules would chase each other ("events" where they only answer each other), or None."""
    if not _meet(one, other):
        return None
    fought = [name for name in sorted(one.writes.keys() & other.writes.keys()) if one.writes[name] != other.writes[name]]
    if fought and (_kept_going(one, other) or (_enables(one, other) and _enables(other, one))):
        return fought[0]
    return EVENTS if _answers(one, other, one.says) and _answers(other, one, other.says) else None


def chases_itself(rule: Shape) -> bool:
    """Whether what the rule does, every time, is what it listens to, and its conditions still hold afterwards."""
    return bool(rule.says & rule.triggers) and all(_admits(rule, name, value) for name, value in rule.writes.items())


def _meet(one: Shape, other: Shape) -> bool:
    """Whether there is a case that both can be about, by what neither of them changes."""
    written = one.writes.keys() | other.writes.keys()
    if "unit" not in written and not (one.scope.startswith(other.scope) or other.scope.startswith(one.scope)):
        return False
    return all(one.asks[name] & other.asks[name] for name in one.asks.keys() & other.asks.keys() if name not in written)


def _enables(one: Shape, other: Shape) -> bool:
    if any(name in other.asks and _admits(other, name, value) for name, value in one.writes.items()):
        return True
    if "unit" in one.writes and _admits(other, "unit", one.writes["unit"]):
        return True
    return _answers(one, other, _all_said(one))


def _kept_going(one: Shape, other: Shape) -> bool:
    """Whether both can run again and again by what the two of them do."""
    said = _all_said(one) | _all_said(other)
    written: dict[str, set[str]] = {}
    for name, value in (*one.writes.items(), *other.writes.items()):
        written.setdefault(name, set()).add(value)
    return all(
        rule.triggers & said and all(any(_admits(rule, name, value) for value in values) for name, values in written.items())
        for rule in (one, other)
    )


def _all_said(rule: Shape) -> frozenset[str]:
    return rule.says.union(*(_heard(name, value) for name, value in rule.writes.items()))


def _answers(one: Shape, other: Shape, said: frozenset[str]) -> bool:
    """Whether the other listens to this, and what the first wrote (or the other itself) does not keep it from running."""
    if not said & other.triggers:
        return False
    return all(
        _admits(other, name, value) or (name in other.writes and _admits(other, name, other.writes[name]))
        for name, value in one.writes.items()
    )


def _admits(rule: Shape, name: str, value: str) -> bool:
    if name == "unit":
        return value.startswith(rule.scope)
    allowed = rule.asks.get(name)
    return allowed is None or value in allowed or value.partition(":")[0] in allowed


def _heard(name: str, value: str) -> tuple[str, ...]:
    heard = HEARD[name]
    return heard.get(value.partition(":")[0]) or heard.get("", ())
