"""Two rules and a macro of the contact centre, a week old, and what they did in it."""

from __future__ import annotations

from datetime import timedelta

from steward.core.cases.models import Case
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry

from . import operations as automation
from .models import AutomationVersion
from .running import follow

SINCE = timedelta(days=6)
SHOWN = 60


def tell(demo: Demo) -> None:
    place = demo.places["centre"]
    unit, lead = place["branches"][0], Actor.staff(place["people"]["super"].user)
    began = demo.now - SINCE
    urgent = automation.save_rule(
        unit=unit,
        name=localized("投诉进来先提为高优先级", en="A complaint comes first"),
        triggers=["opened", "kind_changed"],
        conditions={"kind": ["complaint"], "priority": ["low", "normal"]},
        actions={"priority": "high", "notify": "有新投诉"},
        by=lead,
        at=began,
    )
    late = automation.save_rule(
        unit=unit,
        name=localized("承诺超时留任务", en="A missed promise leaves a task"),
        triggers=["missed"],
        conditions={"state": ["new", "open"]},
        actions={"task": {"title": "给对方打电话说明进展", "minutes": 10, "hours": 4}},
        by=lead,
        at=began,
    )
    for version in (urgent, late):
        automation.try_version(version=version, by=lead, at=began)
        automation.switch_on(version=version, by=lead, at=began)
    automation.save_rule(
        unit=unit,
        name=localized("夜间来信先回执", en="Answer mail at night"),
        triggers=["opened"],
        conditions={"channel": ["email", "web"], "unassigned": True},
        actions={"note": "夜间来信，早班先看。"},
        by=lead,
        at=demo.now - timedelta(hours=3),
    )
    automation.save_macro(
        unit=unit,
        name=localized("等对方补材料", en="Wait for papers"),
        actions={"state": "awaiting_customer", "note": "已请对方补充材料。"},
        by=lead,
        at=began,
    )
    _live(demo, [urgent, late])


def _live(demo: Demo, versions: list[AutomationVersion]) -> None:
    """What happened in the last day, told to the rules now."""
    unit = versions[0].rule.unit
    unfinished = Case.objects.unfinished().filter(unit__path__startswith=unit.path).values("pk")
    recent = Entry.objects.filter(
        code__in=("cases.case_opened", "cases.promise_missed"), subject_type="cases.case", subject_id__in=unfinished
    )
    recent = recent.filter(occurred_at__gt=demo.now - timedelta(hours=23)).order_by("seq")
    follow(list(recent[:SHOWN]), at=demo.now)
