"""Rows of the authorisation matrix: what departments do together."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World

from steward.contact.together import operations as together
from steward.contact.together.models import CaseTeam, InternalRequest, Location, ServiceOrder, SubTask
from steward.core.cases import operations as cases
from steward.ground.fields import localized
from steward.ground.measures import loading


def build_together_rows(world: World) -> None:
    """Two requests of the counter to the lobby: one waits there, one was handed back. The lobby's clerk is not concerned by these cases."""
    asker = world.actor("front_line")
    for title in ("核对扣费", "查流水"):
        case = cases.open_case(
            unit=world.counter_team, kind="request", channel="counter", title=title, customer=world.customer, by=SETUP, at=AT
        )
        sent = together.send_request(case=case, to_unit=world.lobby_team, question="请核对", by=asker, at=AT)
    together.return_request(request=sent, code="incomplete", words="缺流水号", by=world.actor("other_team"), at=AT)
    room = together.open_location(unit=world.branch, code="801", name=localized("801"), by=SETUP, at=AT)
    spare = together.open_location(unit=world.branch, code="802", name=localized("802"), by=SETUP, at=AT)
    together.place_order(location=room, service=world.service, to_unit=world.lobby_team, by=asker, at=AT)
    placed = together.place_order(location=spare, service=world.service, to_unit=world.lobby_team, by=asker, at=AT)
    together.finish_order(order=placed, by=SETUP, at=AT)
    again = together.place_order(location=spare, service=world.service, to_unit=world.lobby_team, by=asker, at=AT)
    together.finish_order(order=again, by=SETUP, at=AT)
    shared = cases.open_case(
        unit=world.counter_team, kind="complaint", channel="counter", title="多方协作", assignee=world.staff("front_line"), by=SETUP, at=AT
    )
    team = together.open_team(case=shared, owner=world.staff("front_line"), by=SETUP, at=AT)
    together.add_sub_task(team=team, title="查录像", owner=world.staff("other_team"), estimate_minutes=30, by=SETUP, at=AT)
    loading.load(at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _waiting(scene: Any) -> dict[str, Any]:
    return {"public_id": InternalRequest.objects.get(state="sent").public_id}


def _act(act: str, state: str = "sent") -> Any:
    return lambda scene: {"public_id": InternalRequest.objects.get(state=state).public_id, "act": act}


def _case(scene: Any) -> dict[str, Any]:
    return {"case_id": scene.case.public_id}


def _question(scene: Any) -> dict[str, Any]:
    return {"to_unit": scene.world.other_branch.public_id, "question": "请核对"}


def _room(scene: Any) -> dict[str, Any]:
    return {"public_id": Location.objects.get(code="801").public_id}


def _order(act: str = "", state: str = "placed") -> Any:
    def kwargs(scene: Any) -> dict[str, Any]:
        row = ServiceOrder.objects.filter(state=state).latest("pk")
        return {"public_id": row.public_id} | ({"act": act} if act else {})

    return kwargs


def _ordered(scene: Any) -> dict[str, Any]:
    world = scene.world
    return {"location": _room(scene)["public_id"], "service": world.service.public_id, "to_unit": world.lobby_team.public_id}


def _given(scene: Any) -> dict[str, Any]:
    return {"to": scene.world.staff("other_team").public_id}


def _placed(scene: Any) -> dict[str, Any]:
    return {"unit": scene.world.branch.public_id, "code": "803", "name_zh": "803"}


def _team(act: str = "") -> Any:
    return lambda scene: {"public_id": CaseTeam.objects.get().public_id} | ({"act": act} if act else {})


def _sub_task(scene: Any) -> dict[str, Any]:
    return {"title": "核对", "owner": scene.world.staff("other_team").public_id, "estimate_minutes": 20}


def _done_part(scene: Any) -> dict[str, Any]:
    return {"part": SubTask.objects.get().public_id}


def _owner(scene: Any) -> dict[str, Any]:
    return {"to": scene.world.staff("supervisor").public_id, "reason": "客户点名"}


TOGETHER_ROWS: list[tuple[Any, ...]] = [
    ("together:requests", "FTSBQMO", "GET", nothing),
    ("together:departments", "FTSBQMO", "GET", nothing),
    ("together:ask", "FSM", "GET", _case),
    ("together:ask", "FSM", "POST", _case, _question),
    ("together:request", "FTSQM", "GET", _waiting),
    ("together:request_act", "TSM", "POST", _act("accept")),
    ("together:request_act", "TSM", "POST", _act("return"), {"code": "unclear", "words": "请说明"}),
    ("together:request_act", "TSM", "POST", _act("answer"), {"answer": "已核对"}),
    ("together:request_act", "FSM", "POST", _act("again", "returned"), {"question": "流水号已补"}),
    ("together:request_act", "FSM", "POST", _act("cancel"), {"reason": "不用了"}),
    ("together:rooms", "FTSBQMO", "GET", nothing),
    ("together:room_new", "MAO", "GET", nothing),
    ("together:room_new", "MA", "POST", nothing, _placed),
    ("together:room_status", "FTSM", "POST", _room, {"status": "cleaning"}),
    ("together:orders", "FTSBQMO", "GET", nothing),
    ("together:order_new", "FTSBMO", "GET", nothing),
    ("together:order_new", "FTSM", "POST", nothing, _ordered),
    ("together:order", "FTSQM", "GET", _order()),
    ("together:order_act", "TSM", "POST", _order("take")),
    ("together:order_act", "TSM", "POST", _order("give"), _given),
    ("together:order_act", "TSM", "POST", _order("start")),
    ("together:order_act", "TSM", "POST", _order("done")),
    ("together:order_act", "FTSM", "POST", _order("verify", "done")),
    ("together:order_act", "FTSM", "POST", _order("cancel"), {"reason": "不需要了"}),
    ("together:team_open", "FSM", "POST", lambda scene: {"case_id": InternalRequest.objects.get(state="sent").case.public_id}),
    ("together:team", "FTSQM", "GET", _team()),
    ("together:team_act", "FSM", "POST", _team("part"), _sub_task),
    ("together:team_act", "FTSM", "POST", _team("done"), _done_part),
    ("together:team_act", "FTSM", "POST", _team("decision"), {"words": "先冲正"}),
    ("together:team_act", "SM", "POST", _team("owner"), _owner),
    ("together:team_act", "FSM", "POST", _team("close")),
]
