"""Rows of the authorisation matrix: findings and actions."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cast import AT, SETUP, World

from steward.core.actions import operations as actions
from steward.core.actions.assessment import Figures
from steward.core.actions.method import Form, Material
from steward.core.actions.models import Action, EffectReview, Finding

TODAY = AT.date()
EMPTY = Figures("entered", Material(Form.SHARE, (), 0), 100.0, "pp", 1.0)


def build_action_rows(world: World) -> None:
    """An open finding, a settled one, and an action of the front line in each state that an address needs."""
    early = AT - timedelta(days=60)
    finding = actions.open_finding(unit=world.counter_team, title="等候过长", source="case", by=SETUP, at=early)
    settled = actions.open_finding(unit=world.counter_team, title="叫号不清", source="idea", by=SETUP, at=early)
    actions.settle_finding(finding=settled, by=SETUP, at=early)
    for title in ("计划", "在办", "完成", "已评", "可取消"):
        action = actions.open_action(
            unit=world.counter_team,
            finding=finding,
            title=title,
            kind="corrective",
            lever="process",
            owner=world.staff("front_line"),
            direction="down",
            practical=1.0,
            due_date=TODAY - timedelta(days=20),
            verify_date=TODAY - timedelta(days=1),
            by=SETUP,
            at=early,
        )
        if title in ("计划", "可取消"):
            continue
        actions.start_action(action=action, by=SETUP, at=early)
        if title == "在办":
            actions.change_action(action=action, changes={"verify_date": TODAY + timedelta(days=9)}, by=SETUP, at=early)
            continue
        actions.finish_action(action=action, by=SETUP, at=early + timedelta(days=2))
        if title == "已评":
            actions.record_review(action=action, figures=EMPTY, by=world.actor("supervisor"), at=AT)


def _of(title: str) -> Any:
    return lambda scene: {"public_id": Action.objects.get(title=title).public_id}


def _finding(title: str) -> Any:
    return lambda scene: {"public_id": Finding.objects.get(title=title).public_id}


def _review(scene: Any) -> dict[str, Any]:
    review = EffectReview.objects.get()
    return {"public_id": review.action.public_id, "review_id": review.public_id}


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _found(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.counter_team.public_id, "title": "指引不清", "source": "idea", "noticed": "staff"}


def _plan(scene: Any) -> dict[str, Any]:
    plan = {"title": "增设指引", "kind": "improvement", "lever": "standard", "direction": "down", "practical": "1"}
    dates = {"due_date": "2026-04-01", "verify_date": "2026-06-01"}
    return {**plan, **dates, "unit": scene.world.counter_team.public_id, "owner": scene.front.public_id}


def _edited(scene: Any) -> dict[str, Any]:
    return {**_plan(scene), "version": Action.objects.get(title="计划").version}


def _looked(scene: Any) -> dict[str, Any]:
    return {"source": "entered", "form": "share", "version": Action.objects.get(title="完成").version, "record": "1", "remark": "尚无数据"}


# F owns the actions; S, Q and M manage and review those of the counter team; B and O may elsewhere.
HOUSE, SEE, MANAGE, WORK, LEAD = "FTSBQMO", "FSQM", "SQM", "FSQM", "SBQMO"
ACTION_ROWS: list[tuple[Any, ...]] = [
    ("actions:list", HOUSE, "GET", nothing),
    ("actions:findings", HOUSE, "GET", nothing),
    ("actions:finding_open", LEAD, "GET", nothing),
    ("actions:finding_open", MANAGE, "POST", nothing, _found),
    ("actions:open", LEAD, "GET", nothing),
    ("actions:open", MANAGE, "POST", nothing, _plan),
    ("actions:finding", SEE, "GET", _finding("等候过长")),
    ("actions:finding_edit", MANAGE, "GET", _finding("等候过长")),
    ("actions:finding_edit", MANAGE, "POST", _finding("等候过长"), {"title": "等候太久", "noticed": "staff", "version": "1"}),
    ("actions:evidence", MANAGE, "POST", _finding("等候过长"), {"label": "大堂录像", "note": "排到门外"}),
    ("actions:finding_settle", MANAGE, "POST", _finding("叫号不清"), {"reason": ""}),
    ("actions:finding_drop", MANAGE, "POST", _finding("叫号不清"), {"reason": "重复"}),
    ("actions:finding_reopen", MANAGE, "POST", _finding("叫号不清"), {"reason": "又出现"}),
    ("actions:detail", SEE, "GET", _of("计划")),
    ("actions:edit", MANAGE, "GET", _of("计划")),
    ("actions:edit", MANAGE, "POST", _of("计划"), _edited),
    ("actions:start", WORK, "POST", _of("计划")),
    ("actions:finish", WORK, "POST", _of("在办")),
    ("actions:close", WORK, "POST", _of("已评")),
    ("actions:reopen", MANAGE, "POST", _of("完成"), {"reason": "没有做完"}),
    ("actions:cancel", MANAGE, "POST", _of("可取消"), {"reason": "不再需要"}),
    ("actions:recur", MANAGE, "POST", _of("完成"), {"note": "周一又排到门外"}),
    ("actions:tell", WORK, "POST", _of("完成"), {"text": "您反映的等候问题已增设窗口。"}),
    ("actions:review_new", MANAGE, "GET", _of("完成")),
    ("actions:review_new", MANAGE, "POST", _of("完成"), _looked),
    ("actions:review", SEE, "GET", _review),
]
