"""Rows of the authorisation matrix: the desk."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django.core.signing import Signer
from tests.cast import AT, SETUP, World

from steward.contact.desk import operations as desk
from steward.contact.desk.checklists.operations import attach_checklist, save_checklist
from steward.contact.desk.models import BulkChange, CaseChecklist, ChecklistItem, ChecklistTemplate, ReplyTemplate, SavedView
from steward.contact.desk.recurring.models import RecurringCase
from steward.contact.desk.recurring.operations import save_recurring
from steward.contact.desk.views.board import SALT
from steward.core.cases.models import Case
from steward.ground.fields import localized


def build_desk_rows(world: World, case: Case) -> None:
    """A template and a shared view of the branch, and a change of many that the supervisor made."""
    lead = world.actor("supervisor")
    save_recurring(unit=world.branch, content=WEEKLY, by=lead, at=AT)
    for name in ("核对", "备用"):
        content = {"name": localized(name), "kind": "", "service": None, "automatic": False}
        row = save_checklist(unit=world.branch, content=content, lines=[(localized("证件"), True)], by=lead, at=AT)
        if name == "核对":
            attach_checklist(case=case, template=row, by=lead, at=AT)
    desk.save_template(unit=world.branch, name="收到", body=localized("{customer}您好，{number} 已收到。"), by=SETUP, at=AT)
    desk.save_view(name="投诉", query="kind=complaint", unit=world.branch, by=lead, at=AT)
    desk.prioritise_many(chosen=[case], priority="high", by=lead, at=AT)


WEEKLY = {"title": "周检", "every": "week", "weekdays": [0], "at_time": time(9), "starts_date": date(2026, 1, 1)}


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _front(scene: Any) -> dict[str, Any]:
    return {"staff_id": scene.front.public_id}


def _plan(scene: Any) -> dict[str, Any]:
    return {"plan": Signer(salt=SALT).sign_object({"of": scene.front.pk, "rows": []})}


def _template(scene: Any) -> dict[str, Any]:
    return {"public_id": ReplyTemplate.objects.get().public_id}


def _filled(scene: Any) -> dict[str, Any]:
    return {**_template(scene), "case_id": scene.case.public_id}


def _written(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "name": "办结", "body_zh": "{number} 已办结。"}


def _recurring(scene: Any) -> dict[str, Any]:
    return {"public_id": RecurringCase.objects.get().public_id}


def _checklist(scene: Any) -> dict[str, Any]:
    return {"public_id": ChecklistTemplate.objects.order_by("pk")[1].public_id}


def _listed(scene: Any) -> dict[str, Any]:
    return {
        "unit": scene.world.branch.public_id, "name_zh": "退房", "name_en": "", "items_zh": "* 查房", "items_en": "", "kind": "", "service": "",
    }  # fmt: skip


def _of_case(scene: Any) -> dict[str, Any]:
    return {"case_id": scene.case.public_id}


def _item(act: str) -> Any:
    return lambda scene: {**_of_case(scene), "item_id": ChecklistItem.objects.get().public_id, "act": act}


def _set_up(scene: Any) -> dict[str, Any]:
    return {
        "unit": scene.world.branch.public_id, "title": "月报", "kind": "request", "priority": "normal", "every": "month", "month_day": "1",
        "at_time": "09:00", "starts_date": "2026-03-01", "catch_up": "3",
    }  # fmt: skip


def _move(name: str, to: str) -> Any:
    return lambda scene: {"public_id": getattr(scene, name).public_id, "to": to}


DESK_ROWS: list[tuple[Any, ...]] = [
    ("desk:recurring", "SBMO", "GET", nothing),
    ("desk:recurring_new", "SBMO", "GET", nothing),
    ("desk:recurring_new", "SM", "POST", nothing, _set_up),
    ("desk:recurring_one", "SM", "GET", _recurring),
    ("desk:recurring_one", "SM", "POST", _recurring, _set_up),
    ("desk:recurring_act", "SM", "POST", lambda scene: {**_recurring(scene), "act": "pause"}),
    ("desk:checklists", "SBMO", "GET", nothing),
    ("desk:checklist_new", "SBMO", "GET", nothing),
    ("desk:checklist_new", "SM", "POST", nothing, _listed),
    ("desk:checklist", "SM", "GET", _checklist),
    ("desk:checklist", "SM", "POST", _checklist, _listed),
    ("desk:checklist_close", "SM", "POST", _checklist),
    ("desk:checklists_case", "FSQM", "GET", _of_case),
    ("desk:checklist_attach", "FSM", "POST", _of_case, lambda scene: {"template": _checklist(scene)["public_id"]}),
    ("desk:checklist_item", "FSM", "POST", _item("tick")),
    (
        "desk:checklist_remove",
        "SM",
        "POST",
        lambda scene: {**_of_case(scene), "public_id": CaseChecklist.objects.get().public_id},
        {"reason": "不适用"},
    ),
    ("desk:kanban", "FTSBQMO", "GET", nothing),
    ("desk:kanban_move", "FSM", "GET", _move("case", "on_hold")),
    ("desk:kanban_move", "FSM", "POST", _move("case", "on_hold"), {"reason_code": "scheduled"}),
    ("desk:kanban_move", "FSM", "POST", _move("case", "open")),
    ("desk:kanban_move", "FSM", "POST", _move("closed", "open"), {"reason": "又来问"}),
    ("desk:board", "SBMO", "GET", nothing),
    ("desk:share", "SM", "GET", _front),
    ("desk:share", "SM", "POST", _front, _plan),
    ("desk:many", "FSM", "POST", nothing, lambda scene: {"act": "priority", "priority": "urgent", "case": scene.case.public_id}),
    ("desk:many", "SM", "POST", nothing, lambda scene: {"act": "assign", "to": scene.front.public_id, "case": scene.case.public_id}),
    ("desk:colleagues", "SBMO", "GET", nothing),
    ("desk:undo", "S", "POST", lambda scene: {"public_id": BulkChange.objects.get().public_id}),
    ("desk:view_save", "FTSBQMO", "POST", nothing, {"name": "逾期", "query": "due=over"}),
    ("desk:view_remove", "S", "POST", lambda scene: {"public_id": SavedView.objects.get().public_id}),
    ("desk:templates", "FTSBMO", "GET", nothing),
    ("desk:template_new", "SBMO", "GET", nothing),
    ("desk:template_new", "SM", "POST", nothing, _written),
    ("desk:template", "SM", "GET", _template),
    ("desk:template", "SM", "POST", _template, _written),
    ("desk:template_close", "SM", "POST", _template),
    ("desk:template_menu", "FSM", "GET", lambda scene: {"case_id": scene.case.public_id}),
    ("desk:template_filled", "FSM", "GET", _filled),
]
