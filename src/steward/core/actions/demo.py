"""Findings and actions of five organisations in every state, lived through by the operations.

Most actions of the demo change nothing at all; one follows the worst week of a stable series. The reviews see it: none of them is announced.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.access.scope import Access
from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor

from . import operations as actions
from .assessment import Figures
from .demo_words import PLOTS, WAITING, Plot
from .method import Form, Material, Observed
from .models import Action, Finding

BEFORE, AFTER = 26, 9
WEEK = timedelta(days=7)
PRACTICAL = 3.0


def tell(demo: Demo) -> None:
    for key, place in demo.places.items():
        for index, plot in enumerate(PLOTS[key]):
            _live(demo, place, plot, index)
        _waiting(demo, place)


def _live(demo: Demo, place: dict[str, Any], plot: Plot, index: int) -> None:
    """From the finding to the review, as far as the days allow."""
    people, unit = place["people"], place["branches"][0]
    opened = demo.start + timedelta(days=2 + index, hours=1)
    lead = _acting(people["super"], opened)
    finding = actions.open_finding(
        unit=unit, title=plot.found, detail=plot.detail, source=plot.source, cause=plot.cause, factor=plot.factor, step=plot.step,
        noticed=plot.noticed, trigger_extreme=plot.worst, by=lead, at=opened,
    )  # fmt: skip
    actions.add_evidence(finding=finding, label=f"{plot.step}：近 {BEFORE} 周记录", by=lead, at=opened)
    change = (opened + timedelta(days=5)).date()
    verify = change + AFTER * WEEK
    owner: Staff = place["workers"][index % len(place["workers"])]
    action = _plan(finding, plot, owner, change, verify, lead, opened)
    actions.start_action(action=action, by=_acting(owner, opened), at=_at(change))
    actions.finish_action(action=action, by=_acting(owner, opened), at=_at(change + WEEK))
    if plot.told:
        actions.tell_people(action=action, text=plot.told, by=lead, at=_at(change + WEEK))
    if index == 1 and place["industry"] in ("clinic", "hotel"):
        return  # its verification date has come: somebody's decision of this morning
    judge, at = _acting(people["quality"], opened), _at(verify + timedelta(days=1))
    figures = _figures(plot, Random(f"{plot.found}:{demo.now:%Y}"), change)  # noqa: S311 - reproducible figures, nothing secret
    actions.record_review(action=action, figures=figures, by=judge, at=at)
    _end(action, finding, plot, lead, at + timedelta(days=1))


def _plan(finding: Finding, plot: Plot, owner: Staff, change: date, verify: date, lead: Actor, at: datetime) -> Action:
    return actions.open_action(
        finding=finding, unit=finding.unit, title=plot.action, kind=plot.kind, lever=plot.lever, owner=owner, direction="down",
        hypothesis=plot.hypothesis, expected=6.0, practical=PRACTICAL, due_date=change + WEEK, verify_date=verify, cost_minor=120_000,
        currency="CNY", by=lead, at=at,
    )  # fmt: skip


def _end(action: Action, finding: Finding, plot: Plot, lead: Actor, at: datetime) -> None:
    """What worked is closed; what came after the worst week happens again; the rest stands reviewed and waits for a decision."""
    if plot.control:
        actions.close_action(action=action, by=lead, at=at)
        actions.settle_finding(finding=finding, by=lead, at=at, reason="效果已验证")
    elif plot.worst:
        actions.record_recurrence(action=action, note="本周又出现同样情况", by=lead, at=at + timedelta(days=3))


def _waiting(demo: Demo, place: dict[str, Any]) -> None:
    """What is under way, overdue, planned, cancelled or set aside today."""
    people, unit, today = place["people"], place["branches"][0], demo.now.date()
    lead, at = _acting(people["super"], demo.now), demo.now - timedelta(days=20)
    title, detail = WAITING
    finding = actions.open_finding(unit=unit, title=title, detail=detail, source="idea", noticed="staff", by=lead, at=at)
    for name, lever, due in (
        ("更换叫号音响", "other", -3),
        ("培训叫号用语", "training", 12),
        ("印制大字号单", "standard", 20),
        ("外包叫号系统", "process", 40),
    ):
        action = actions.open_action(
            finding=finding, unit=unit, title=name, kind="improvement", lever=lever, owner=place["workers"][due % len(place["workers"])],
            direction="down", practical=PRACTICAL, due_date=today + timedelta(days=due), verify_date=today + timedelta(days=due + 60),
            by=lead, at=at,
        )  # fmt: skip
        if due < 20:
            actions.start_action(action=action, by=lead, at=at + timedelta(days=1))
        if due == 40:
            actions.cancel_action(action=action, reason="费用过高，改用音响", by=lead, at=at + timedelta(days=4))
    dropped = actions.open_finding(unit=unit, title="大厅座椅偏硬", source="review", noticed="feedback", by=lead, at=at)
    actions.drop_finding(finding=dropped, reason="仅一条意见，先观察", by=lead, at=at + timedelta(days=2))


def _figures(plot: Plot, rng: Random, change: date) -> Figures:
    """Weekly shares of the dissatisfied, before and after, here and where nothing was changed."""
    first = change - BEFORE * WEEK
    own, other = [], []
    for week in range(BEFORE + AFTER):
        label = (first + week * WEEK).isoformat()
        level = plot.level + (plot.change if week >= BEFORE else 0.0)
        own.append(_asked(label, level, plot.n, rng))
        other.append(_asked(label, plot.level + 1.0, plot.n, rng))
    trigger = None
    if plot.worst:
        # The week that led here: the worst of a series in which nothing ever changed.
        trigger = max(range(BEFORE), key=lambda week: own[week].level)
        own[trigger], own[BEFORE - 1] = (
            Observed(own[trigger].label, own[BEFORE - 1].numerator, own[BEFORE - 1].denominator),
            Observed(own[BEFORE - 1].label, own[trigger].numerator, own[trigger].denominator),
        )
        trigger = BEFORE - 1
    controls = {"control": other} if plot.control else {}
    return Figures("entered", Material(Form.SHARE, own, BEFORE, controls, trigger), 100.0, "pp", PRACTICAL, {"rows": len(own)})


def _asked(label: str, level: float, n: int, rng: Random) -> Observed:
    return Observed(label, float(sum(rng.random() * 100 < level for _ in range(n))), float(n))


def _at(day: date) -> datetime:
    """Ten in the morning in Shanghai."""
    return datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)


def _acting(staff: Staff, at: datetime) -> Actor:
    """This person. What they may do does not change within the demo, so it is read once."""
    user: User = staff.user
    if user.loaded_access is None:
        user.loaded_access = Access.load(user, at=at)
    user.loaded_access.at = at
    return Actor.staff(user)
