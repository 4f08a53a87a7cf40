"""Rows of the authorisation matrix: checklists and handovers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.cast import AT, SETUP, World

from steward.contact.floor import operations as floor
from steward.contact.floor.models import ChecklistRun, ChecklistTemplate, Handover, HandoverItem, RunItem
from steward.contact.floor.operations import ItemSpec
from steward.ground.fields import localized
from steward.ground.rules.operations import today_of


def build_floor_rows(world: World) -> None:
    """The branch has an opening with something to do and a closing; its front line gave a handover, the counter team's was taken with a dispute."""
    day = today_of(world.branch, AT)
    for occasion in ("opening", "closing", "other"):
        floor.publish_template(
            unit=world.branch, occasion=occasion, name=localized("检查"), items=[ItemSpec(localized("门禁"), occasion == "opening")],
            by=SETUP, at=AT,
        )  # fmt: skip
    floor.publish_template(
        unit=world.branch, for_kind="department", occasion="other", name=localized("部门检查"), items=[ItemSpec(localized("门禁"))],
        by=SETUP, at=AT,
    )  # fmt: skip
    for occasion in ("opening", "closing"):
        floor.prepare_run(unit=world.branch, occasion=occasion, day=day, by=SETUP, at=AT)
    past = AT - timedelta(hours=9)
    taken = floor.give_handover(unit=world.counter_team, notes=["已交", "有争议"], by=world.actor("front_line"), at=past)
    for item in taken.items.all():
        if item.title == "有争议":
            floor.dispute_item(item=item, reason="不清楚", by=world.actor("supervisor"), at=past)
        else:
            floor.accept_item(item=item, by=world.actor("supervisor"), at=past)
    floor.take_handover(handover=taken, by=world.actor("supervisor"), at=past)
    floor.give_handover(unit=world.branch, notes=["打印机"], by=world.actor("manager"), at=AT)
    ready = floor.give_handover(unit=world.lobby_team, notes=["叫号机"], by=world.actor("manager"), at=AT)
    for item in ready.items.all():
        floor.accept_item(item=item, by=world.actor("supervisor"), at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _run(act: str = "", occasion: str = "opening") -> Any:
    return lambda scene: {"public_id": ChecklistRun.objects.get(occasion=occasion).public_id} | ({"act": act} if act else {})


def _item(act: str, occasion: str = "opening") -> Any:
    def kwargs(scene: Any) -> dict[str, Any]:
        row = RunItem.objects.select_related("run").get(run__occasion=occasion)
        return {"public_id": row.run.public_id, "item_id": row.public_id, "act": act}

    return kwargs


def _handover(state: str) -> Any:
    unit = {"waiting": "branch", "taken": "counter_team", "ready": "lobby_team"}[state]
    return lambda scene: {"public_id": Handover.objects.get(unit=getattr(scene.world, unit)).public_id}


def _handed(act: str, title: str) -> Any:
    def kwargs(scene: Any) -> dict[str, Any]:
        row = HandoverItem.objects.select_related("handover").get(title=title)
        return {"public_id": row.handover.public_id, "item_id": row.public_id, "act": act}

    return kwargs


def _template(scene: Any) -> dict[str, Any]:
    return {"public_id": ChecklistTemplate.objects.get(for_kind="department").public_id}


def _published(scene: Any) -> dict[str, Any]:
    lines = {"item-TOTAL_FORMS": "1", "item-INITIAL_FORMS": "0", "item-0-label_zh": "灭火器", "item-0-evidence": "tick"}
    return {"unit": scene.world.branch.public_id, "for_kind": "branch", "occasion": "other", "name_zh": "午间检查", **lines}


def _began(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "occasion": "other"}


def _gave(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.counter_team.public_id, "notes": "印章在二号柜"}


def _lead(scene: Any) -> dict[str, Any]:
    return {"staff": scene.world.staff("other_team").public_id}


FLOOR_ROWS: list[tuple[Any, ...]] = [
    ("floor:board", "FTSBQMO", "GET", nothing),
    ("floor:runs", "FTSBQMO", "GET", nothing),
    ("floor:run_begin", "FTSBMO", "GET", nothing),
    ("floor:run_begin", "FTSM", "POST", nothing, _began),
    ("floor:run", "FTSQM", "GET", _run()),
    ("floor:item_act", "FTSM", "POST", _item("do")),
    ("floor:item_act", "FTSM", "POST", _item("skip"), {"reason": "钥匙不在"}),
    ("floor:run_act", "SM", "POST", _run("open"), {"reason": "客户在等"}),
    ("floor:run_act", "TSM", "POST", _run("lead"), _lead),
    ("floor:handovers", "FTSBQMO", "GET", nothing),
    ("floor:handover_new", "FTSBMO", "GET", nothing),
    ("floor:handover_new", "FSM", "POST", nothing, _gave),
    ("floor:handover", "FTSQM", "GET", _handover("waiting")),
    ("floor:handover_print", "FTSQM", "GET", _handover("waiting")),
    ("floor:handed_act", "FTS", "POST", _handed("accept", "打印机")),
    ("floor:handed_act", "FTS", "POST", _handed("dispute", "打印机"), {"reason": "不清楚"}),
    ("floor:handed_act", "FSM", "POST", _handed("settle", "有争议"), {"outcome": "说清了"}),
    ("floor:handed_act", "FSM", "POST", _handed("settle", "已交"), {"outcome": "办好了"}),
    ("floor:handover_take", "TS", "POST", _handover("ready")),
    ("floor:templates", "SBMO", "GET", nothing),
    ("floor:template_new", "SBMO", "GET", nothing),
    ("floor:template_new", "SM", "POST", nothing, _published),
    ("floor:template", "SM", "GET", _template),
    ("floor:template_end", "SM", "POST", _template),
]
