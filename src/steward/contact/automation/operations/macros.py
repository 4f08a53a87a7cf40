"""Macros: written, given to chosen cases by a person, taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steward.core.cases.models import Case
from steward.core.catalog.models import Category
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.models import Unit
from steward.ground.access.policies import policy_for, require
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..acting import FIELDS, Doing, codes_of, perform
from ..checking import check_actions
from ..errors import AlreadyUndone, Incomplete, NothingChosen
from ..matching import NOBODY
from ..models import Macro, MacroUse


@dataclass(frozen=True)
class MacroOutcome:
    """left: cases that were not changed, each with the reason in the reader's language."""

    use: MacroUse | None
    changed: int
    left: Sequence[tuple[Case, str]]


@transaction.atomic
def save_macro(
    *, unit: Unit, name: LocalizedText, actions: Mapping[str, Any], by: Actor, at: datetime, macro: Macro | None = None
) -> Macro:
    """Write a macro or change one. It has the actions of rules but the webhook, which needs an entry to tell of."""
    require(by, "automation.manage", unit, at=at)
    if "webhook" in actions:
        raise Incomplete()
    check_actions(actions, unit)
    if macro is None:
        saved = Macro.objects.create(unit=unit, name=name, actions=dict(actions), created_at=at, changed_at=at)
    else:
        policy_for(Macro).require(by, "manage", macro, at=at)
        Macro.objects.filter(pk=macro.pk).update(unit=unit, name=name, actions=dict(actions), changed_at=at)
        saved = Macro.objects.get(pk=macro.pk)
    journal.record(events.MacroSaved(macro is None), subject=saved, by=by, at=at, unit_id=unit.pk)
    return saved


@transaction.atomic
def close_macro(*, macro: Macro, by: Actor, at: datetime) -> None:
    policy_for(Macro).require(by, "manage", macro, at=at)
    if Macro.objects.filter(pk=macro.pk, closed_at=None).update(closed_at=at):
        journal.record(events.MacroClosed(), subject=macro, by=by, at=at, unit_id=macro.unit_id)


@transaction.atomic
def use_macro(*, macro: Macro, chosen: Iterable[Case], by: Actor, at: datetime) -> MacroOutcome:
    """Give it to each case under the person's own rights; what is refused is named, the rest stands. Raises NothingChosen, Forbidden."""
    rows = list(chosen)
    if by.user is None:
        raise Forbidden(action="cases.work")
    if not rows or macro.closed_at is not None:
        raise NothingChosen()
    items: list[dict[str, Any]] = []
    left: list[tuple[Case, str]] = []
    doing = Doing(by, at, str(macro.name), automatic=False)
    for case in rows:
        if macro.unit_id not in case.unit.ancestor_ids:
            left.append((case, _("the macro is for another unit")))
            continue
        try:
            with transaction.atomic():
                before, after = perform(case, macro.actions, doing)
        except Refused as refused:
            left.append((case, str(refused)))
            continue
        if after:
            items.append({"id": case.pk, "before": before, "after": after})
    if not items:
        return MacroOutcome(None, 0, left)
    use = MacroUse.objects.create(macro=macro, made_by=by.user, at=at, items=items)
    journal.record(events.MacroUsed(len(items), len(left)), subject=macro, by=by, at=at, unit_id=macro.unit_id)
    return MacroOutcome(use, len(items), left)


@transaction.atomic
def undo_macro(*, use: MacroUse, by: Actor, at: datetime) -> MacroOutcome:
    """Put back the fields that are still as the macro left them. What was sent, written or begun with it stays. Raises Forbidden, AlreadyUndone."""
    if by.user is None or use.made_by_id != by.user.pk:
        raise Forbidden(action="cases.work")
    if not MacroUse.objects.filter(pk=use.pk, undone_at=None).update(undone_at=at):
        raise AlreadyUndone()
    restored, left = 0, []
    cases = Case.objects.select_related("unit", "assignee").in_bulk([item["id"] for item in use.items])
    for item in use.items:
        case = cases[item["id"]]
        fields = {name: item["after"][name] for name in FIELDS if name in item["before"]}
        now = codes_of(case)
        if not fields or any(now[name] != value for name, value in fields.items()):
            left.append((case, _("changed since") if fields else _("nothing that can be put back")))
            continue
        try:
            with transaction.atomic():
                perform(case, _actions_to(item["before"]), Doing(by, at, _("taken back"), automatic=False))
        except Refused as refused:
            left.append((case, str(refused)))
            continue
        restored += 1
    journal.record(events.MacroUndone(restored, len(left)), subject=use.macro, by=by, at=at, unit_id=use.macro.unit_id)
    return MacroOutcome(use, restored, left)


def _actions_to(before: Mapping[str, Any]) -> dict[str, Any]:
    """The actions that lead to these codes; a case that was not begun yet stays begun."""
    actions: dict[str, Any] = {name: before[name] for name in ("priority",) if name in before}
    if before.get("category") is not None and Category.objects.filter(pk=before["category"]).exists():
        actions["category"] = before["category"]
    if before.get("unit") is not None:
        actions["transfer"] = before["unit"]
    if "assignee" in before:
        actions["assign"] = NOBODY if before["assignee"] is None else before["assignee"]
    state = str(before.get("state", ""))
    if state.startswith("on_hold:"):
        actions["state"] = state.partition(":")[2]
    elif state:
        actions["state"] = "open"
    return actions
