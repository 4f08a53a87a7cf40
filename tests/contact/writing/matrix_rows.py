"""Rows of the authorisation matrix: drafts, replies that are read first, and who looks on."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World, _person

from steward.contact.writing import operations as writing
from steward.contact.writing.models import ReviewDemand, SharedDraft
from steward.core.cases import operations as cases
from steward.core.org.models import Staff


def build_writing_rows(world: World) -> None:
    """A colleague who may read; replies of the clerk in each state, read by the supervisor; and a demand that holds nobody here."""
    _person("reader", "郑审", world.counter_team, "front_line", world.counter_team)
    for title in ("待审", "退回", "通过"):
        case = cases.open_case(
            unit=world.counter_team, kind="request", channel="counter", title=title, customer=world.customer, by=SETUP, at=AT
        )
        shared = writing.ask_review(
            case=case,
            author=world.staff("front_line"),
            reviewer=world.staff("supervisor"),
            body="您好，已办理。",
            why="",
            by=world.actor("front_line"),
            at=AT,
        )
        if title == "退回":
            writing.return_shared(shared=shared, words="写清时间", by=world.actor("supervisor"), at=AT)
        elif title == "通过":
            writing.approve_shared(shared=shared, version=1, by=world.actor("supervisor"), at=AT)
    writing.set_demand(unit=world.branch, kind="incident", reason="突发事件", by=world.actor("supervisor"), at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _case(scene: Any) -> dict[str, Any]:
    return {"case_id": scene.case.public_id}


def _shared(state: str = "waiting", act: str = "") -> Any:
    return lambda scene: {"public_id": SharedDraft.objects.get(state=state).public_id} | ({"act": act} if act else {})


def _handed(scene: Any) -> dict[str, Any]:
    return {"reviewer": Staff.objects.get(user__name="郑审").public_id, "body": "您好，已核对。"}


def _demand(scene: Any) -> dict[str, Any]:
    return {"public_id": ReviewDemand.objects.get(kind="incident").public_id}


def _demanded(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "kind": "complaint", "reason": "投诉答复先审"}


WRITING_ROWS: list[tuple[Any, ...]] = [
    ("writing:draft", "FSQM", "GET", _case),
    ("writing:draft", "FSM", "POST", _case, {"direction": "out", "body": "您好", "version": 0}),
    ("writing:writers", "FSQM", "GET", _case),
    ("writing:people", "FSQM", "GET", _case),
    ("writing:watch", "FSQM", "POST", _case),
    ("writing:unwatch", "FSQM", "POST", _case),
    ("writing:watched", "FTSBQMO", "GET", nothing),
    ("writing:level", "FTSBQMO", "POST", nothing, {"level": "words"}),
    ("writing:reviews", "FTSBMO", "GET", nothing),
    ("writing:ask", "FSM", "GET", _case),
    ("writing:ask", "FSM", "POST", _case, _handed),
    ("writing:review", "FSM", "GET", _shared()),
    ("writing:review_act", "SM", "POST", _shared(act="edit"), {"version": 1, "body": "您好，已办好。"}),
    ("writing:review_act", "FSM", "POST", _shared(act="remark"), {"words": "请看第二句"}),
    ("writing:review_act", "SM", "POST", _shared(act="return"), {"words": "写清时间"}),
    ("writing:review_act", "SM", "POST", _shared(act="approve"), {"version": 1, "body": "您好，已办理。"}),
    ("writing:review_act", "SM", "POST", _shared(act="send"), {"version": 1, "body": "您好，已办理。", "name": "author"}),
    ("writing:review_act", "F", "POST", _shared("returned", "again"), {"words": "写了时间"}),
    ("writing:review_act", "F", "POST", _shared("approved", "go"), {"version": 1}),
    ("writing:review_act", "F", "POST", _shared(act="withdraw")),
    ("writing:demands", "SBMO", "GET", nothing),
    ("writing:demand_new", "SBMO", "GET", nothing),
    ("writing:demand_new", "SM", "POST", nothing, _demanded),
    ("writing:demand_end", "SM", "POST", _demand),
]
