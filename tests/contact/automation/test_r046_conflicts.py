"""R-046: rules that chase one another are found before they run. Random pairs walk through a small model of cases; what goes on is refused."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cast import AT

from steward.contact.automation.acting import shape_of
from steward.contact.automation.conflicts import chases_itself, ping_pong
from steward.contact.automation.matching import Facts, matches
from steward.contact.automation.models import AutomationRule, AutomationVersion
from steward.ground.access.models import Unit

EVENTS = ("opened", "priority_changed", "assigned", "held", "resumed", "note_added", "reply_sent", "message_in")
START = Facts("request", "web", "low", "open", AT - timedelta(hours=2), "1.2.")


def version(triggers: list[str], conditions: dict[str, Any], actions: dict[str, Any], path: str = "1.") -> AutomationVersion:
    return AutomationVersion(rule=AutomationRule(unit=Unit(path=path)), triggers=triggers, conditions=conditions, actions=actions)


def act(facts: Facts, actions: dict[str, Any]) -> tuple[Facts, list[str]]:
    """What the operations do: a change says so, what changes nothing says nothing; notes and replies are always written."""
    said = []
    if "priority" in actions and facts.priority != actions["priority"]:
        facts, said = replace(facts, priority=actions["priority"]), [*said, "priority_changed"]
    if "assign" in actions:
        to = None if actions["assign"] == "nobody" else actions["assign"]
        if to != facts.assignee:
            facts, said = replace(facts, assignee=to), [*said, "assigned"]
    if "state" in actions:
        to = "open" if actions["state"] == "open" else "on_hold"
        if to != facts.state:
            facts, said = replace(facts, state=to), [*said, "held" if to == "on_hold" else "resumed"]
    return facts, said + [event for name, event in (("reply", "reply_sent"), ("note", "note_added")) if name in actions]


def goes_on_for_ever(rules: list[AutomationVersion], facts: Facts, first: tuple[str, ...]) -> bool:
    waiting, seen = deque(first), set()
    while waiting:
        here = (facts, tuple(waiting))
        if here in seen or len(waiting) > 40:
            return True
        seen.add(here)
        event = waiting.popleft()
        for rule in rules:
            if event in rule.triggers and matches(rule.conditions, facts, AT):
                facts, said = act(facts, rule.actions)
                waiting.extend(said)
    return False


def somewhere(rules: list[AutomationVersion]) -> bool:
    starts = [
        replace(START, kind=kind, priority=priority, assignee=assignee, state=state)
        for kind, priority, assignee, state in product(("request", "complaint"), ("low", "high"), (None, 1, 2), ("open", "on_hold"))
    ]
    firsts = [(event,) for event in EVENTS] + [("note_added", "reply_sent"), ("opened", "message_in")]
    return any(goes_on_for_ever(rules, facts, first) for facts in starts for first in firsts)


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.lists(st.sampled_from(["request", "complaint"]), min_size=1, max_size=1),
        "priority": st.lists(st.sampled_from(["low", "high"]), min_size=1, max_size=1),
        "state": st.lists(st.sampled_from(["open", "on_hold"]), min_size=1, max_size=1),
        "unassigned": st.booleans(),
    },
)
ACTIONS = st.fixed_dictionaries(
    {},
    optional={
        "priority": st.sampled_from(["low", "high"]),
        "assign": st.sampled_from(["nobody", 1, 2]),
        "state": st.sampled_from(["open", "awaiting_customer"]),
        "note": st.just("n"),
        "reply": st.just("desk:x"),
    },
).filter(bool)
RULES = st.builds(version, st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3, unique=True), CONDITIONS, ACTIONS)


@settings(max_examples=300, deadline=None)
@given(RULES, RULES)
def test_r046_every_pair_that_goes_on_for_ever_is_refused(one: AutomationVersion, other: AutomationVersion) -> None:
    first, second = shape_of(one), shape_of(other)
    alone = [chases_itself(first), chases_itself(second)]
    if any(alone):
        return
    assert not somewhere([one])
    assert ping_pong(first, second) == ping_pong(second, first)
    if somewhere([one, other]):
        assert ping_pong(first, second) is not None
    if not first.writes.keys() & second.writes.keys() and not (first.says and second.says):
        assert ping_pong(first, second) is None, "a pair that shares nothing is nobody's conflict"


@settings(max_examples=150, deadline=None)
@given(RULES)
def test_r046_a_rule_that_runs_for_ever_by_itself_is_refused(rule: AutomationVersion) -> None:
    if somewhere([rule]):
        assert chases_itself(shape_of(rule))


def clash(one: AutomationVersion, other: AutomationVersion) -> str | None:
    return ping_pong(shape_of(one), shape_of(other))


def test_r046_the_plain_ping_pongs_are_named_by_their_field() -> None:
    up = version(["opened", "priority_changed"], {"priority": ["low"]}, {"priority": "high"})
    down = version(["opened", "priority_changed"], {"priority": ["high"]}, {"priority": "low"})
    assert clash(up, down) == "priority"
    # Also where nothing they do is what they listen to: each message in would turn the case round and back.
    raised = version(["message_in"], {"priority": ["low"]}, {"priority": "high"})
    lowered = version(["message_in"], {"priority": ["high"]}, {"priority": "low"})
    assert clash(raised, lowered) == "priority"
    assert clash(version(["assigned"], {}, {"assign": 1}), version(["assigned"], {}, {"assign": 2})) == "assignee"
    assert clash(version(["resumed"], {}, {"state": "awaiting_internal"}), version(["held"], {}, {"state": "open"})) == "state"
    same = [version(["held"], {}, {"state": state}) for state in ("open", "awaiting_customer")]
    assert clash(*same) == "state", "both hear the same, and the second makes it happen again"
    assert clash(version(["note_added"], {}, {"reply": "desk:x"}), version(["reply_sent"], {}, {"note": "n"})) == "events"
    assert chases_itself(shape_of(version(["note_added"], {}, {"note": "n"})))


def test_r046_plain_pairs_are_accepted() -> None:
    complaint = version(["opened"], {"kind": ["complaint"]}, {"priority": "high"})
    vip = version(["message_in"], {"priority": ["high"]}, {"priority": "urgent"})
    assert clash(complaint, vip) is None
    assert clash(complaint, version(["opened"], {"kind": ["request"]}, {"priority": "low"})) is None
    assert clash(complaint, version(["missed"], {}, {"assign": 2, "note": "n"})) is None
    assert clash(version(["opened"], {"unassigned": True}, {"assign": 1}), version(["missed"], {}, {"assign": 2})) is None
    apart = [version(["assigned"], {}, {"assign": number}, f"1.{number}.") for number in (2, 3)]
    assert clash(*apart) is None, "rules of two branches meet no case together"
    assert not chases_itself(shape_of(version(["priority_changed"], {}, {"priority": "high"}))), "the second time nothing changes"
