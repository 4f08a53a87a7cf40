"""What rules and macros do: each action is an existing operation of cases, under the name of whoever acts.

Actions, in the order in which they are done: transfer (unit id), category (id), priority, assign (staff id or "nobody"), state ("open" or a reason to
wait), task ({title, minutes, hours}), reply ("source:reference" of a wording), note (text), notify (text), webhook (id).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from steward.core.cases import operations as cases
from steward.core.cases import wordings
from steward.core.cases.models import Case, Message, State
from steward.core.catalog.models import Category
from steward.core.org.models import Staff
from steward.core.org.queries import heads_of
from steward.ground.access.models import Unit
from steward.ground.delivery.notices import notify
from steward.ground.journal.actors import Actor

from .conflicts import Shape
from .errors import ForeignTarget, WordsGone
from .matching import NOBODY, SOMEBODY, Facts
from .models import AutomationVersion

FIELDS = ("unit", "category", "priority", "assignee", "state")
NAMES = ("transfer", "category", "priority", "assign", "state", "task", "reply", "note", "notify", "webhook")
TASK = "automation.todo"


@dataclass(frozen=True)
class Doing:
    """Who acts, when, and under which name. automatic: whether what is sent counts as written by a machine."""

    by: Actor
    at: datetime
    name: str
    automatic: bool = True


def codes_of(case: Case) -> dict[str, Any]:
    state = f"{case.state}:{case.hold_reason}" if case.hold_reason else str(case.state)
    return {
        "unit": case.unit_id,
        "category": case.category_id,
        "priority": str(case.priority),
        "assignee": case.assignee_id,
        "state": state,
    }


def facts_of(case: Case) -> Facts:
    """What rules may ask, of a case whose unit and customer are read."""
    return Facts(
        kind=str(case.kind),
        channel=str(case.channel),
        priority=str(case.priority),
        state=str(case.state),
        opened_at=case.opened_at,
        unit=case.unit.path,
        service=case.service_id,
        category=case.category_id,
        assignee=case.assignee_id,
        language=case.customer.language if case.customer else "",
        title=case.title,
    )


def perform(case: Case, actions: Mapping[str, Any], doing: Doing) -> tuple[dict[str, Any], dict[str, Any]]:
    """Do all of it and say what changed, before and after, as codes; what was made (a task, a message) stands in `after` with its id.

    Call it in a transaction of its own: the first action that is refused raises, and then nothing of it should stay.
    """
    before = codes_of(case)
    made = _settle(case, actions, doing)
    made |= _speak(case, actions, doing)
    case = Case.objects.select_related("unit", "customer", "assignee__user").get(pk=case.pk)
    after = codes_of(case)
    changed = [name for name in FIELDS if before[name] != after[name]]
    return {name: before[name] for name in changed}, {**{name: after[name] for name in changed}, **made}


def plan(actions: Mapping[str, Any], facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the actions would change on a case like this, by the same codes."""
    home = int(facts.unit.rstrip(".").rpartition(".")[2])
    before: dict[str, Any] = {"unit": home, "category": facts.category, "priority": facts.priority, "assignee": facts.assignee}
    after = dict(before)
    if "transfer" in actions and actions["transfer"] != home:
        after |= {"unit": actions["transfer"], "assignee": None}
    after |= {name: actions[name] for name in ("category", "priority") if name in actions}
    if "assign" in actions:
        after["assignee"] = None if actions["assign"] == NOBODY else actions["assign"]
    before["state"] = after["state"] = facts.state
    wanted = actions.get("state")
    if wanted == "open" and facts.state == State.ON_HOLD:
        after["state"] = "open"
    elif wanted and wanted != "open":
        after["state"] = f"on_hold:{wanted}"
    changed = [name for name in FIELDS if before[name] != after[name]]
    made = {name: 1 for name in ("task", "reply", "note", "notify", "webhook") if actions.get(name)}
    return {name: before[name] for name in changed}, {**{name: after[name] for name in changed}, **made}


def shape_of(version: AutomationVersion) -> Shape:
    """The version as the search for rules that chase one another sees it. The version's rule and unit are read."""
    actions, conditions = version.actions, version.conditions
    asks = {name: frozenset(map(str, conditions[name])) for name in _ASKED if conditions.get(name)}
    if "unassigned" in conditions:
        asks["assignee"] = frozenset({NOBODY if conditions["unassigned"] else SOMEBODY})
    writes = {name: str(actions[name]) for name in ("category", "priority") if name in actions}
    if "transfer" in actions:
        writes |= {"unit": Unit.objects.values_list("path", flat=True).get(pk=actions["transfer"]), "assignee": NOBODY}
    if "assign" in actions:
        writes["assignee"] = NOBODY if actions["assign"] == NOBODY else f"{SOMEBODY}:{actions['assign']}"
    if "state" in actions:
        writes["state"] = "open" if actions["state"] == "open" else f"on_hold:{actions['state']}"
    says = {heard for name, heard in (("reply", "reply_sent"), ("note", "note_added")) if actions.get(name)}
    return Shape(version.rule.unit.path, frozenset(version.triggers), asks, writes, frozenset(says))


_ASKED = ("kind", "channel", "priority", "state", "service", "category", "language")


def _settle(case: Case, actions: Mapping[str, Any], doing: Doing) -> dict[str, Any]:
    by, at = doing.by, doing.at
    if "transfer" in actions:
        cases.transfer_case(case=case, unit=_row(Unit, actions["transfer"]), by=by, at=at, reason=doing.name)
    changes: dict[str, Any] = {name: actions[name] for name in ("priority",) if name in actions}
    if "category" in actions:
        changes["category"] = _row(Category, actions["category"])
    if changes:
        cases.change_case(case=case, changes=changes, by=by, at=at, reason=doing.name)
    if "assign" in actions:
        if actions["assign"] == NOBODY:
            cases.unassign_case(case=case, by=by, at=at, reason=doing.name)
        else:
            # Without a reason: to somebody who is away, only a person may hand a case.
            cases.assign_case(case=case, to=_row(Staff.objects.select_related("user", "unit"), actions["assign"]), by=by, at=at)
    if wanted := actions.get("state"):
        if wanted != "open":
            cases.hold_case(case=case, reason_code=wanted, by=by, at=at, reason=doing.name)
        elif Case.objects.filter(pk=case.pk, state=State.ON_HOLD).exists():
            cases.resume_case(case=case, by=by, at=at)
    return {}


def _speak(case: Case, actions: Mapping[str, Any], doing: Doing) -> dict[str, Any]:
    """What is made for the case: each with its id."""
    by, at, made = doing.by, doing.at, dict[str, Any]()
    case = Case.objects.select_related("unit", "customer", "service").get(pk=case.pk)
    if task := actions.get("task"):
        row = cases.add_task(
            unit=case.unit,
            subject=case,
            kind=TASK,
            title=task["title"],
            estimate_minutes=task["minutes"],
            due_at=at + timedelta(hours=task["hours"]),
            by=by,
            at=at,
        )
        made["task"] = row.pk
    if actions.get("reply"):
        words = wordings.fill(actions["reply"], case)
        if words is None:
            raise WordsGone()
        out = Message.Direction.OUT
        said = cases.add_message(case=case, direction=out, body=words, automatic=doing.automatic, answers=not doing.automatic, by=by, at=at)
        made["reply"] = said.pk
    if actions.get("note"):
        made["note"] = cases.add_message(case=case, direction=Message.Direction.NOTE, body=actions["note"], by=by, at=at).pk
    if actions.get("notify"):
        made["notify"] = notify(
            users=heads_of(case.unit, at),
            title=f"{case.number} · {actions['notify']}"[:200],
            text=doing.name,
            url=reverse("cases:detail", args=[case.public_id]),
            icon="robot",
            at=at,
        )
    return made


def _row(rows: Any, pk: int) -> Any:
    """The row an action names; raises ForeignTarget where it is gone or closed."""
    queryset = rows if hasattr(rows, "filter") else rows.objects
    found = queryset.filter(pk=pk).first()
    if found is None or getattr(found, "closed_at", None) is not None:
        raise ForeignTarget()
    return found
