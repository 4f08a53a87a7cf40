"""Requests between the departments of the bank about cases that are open today, a team around a case, and rooms of the
hotel with the service orders of two days."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

from steward.core.cases.models import Case
from steward.core.cases.models.case import IS_UNFINISHED
from steward.core.catalog import operations as catalog
from steward.core.org.models import Staff
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit
from steward.ground.demo import SEED, Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations as together
from .models import InternalRequest, Location, ServiceOrder, SubTask

MOST = 14
QUESTIONS = [
    ("请核对该客户上月的扣费明细，确认是否重复扣费。", "已核对：两笔为同一订单重复入账，今日 15:00 前冲正。"),
    ("自动柜员机吞卡的录像和流水请提供。", "流水已附，吞卡原因为读卡超时，卡在加钞间。"),
    ("该笔转账为何退回，请说明原因和办理建议。", "收款户名不符，请客户核对后重新提交。"),
    ("请确认该产品提前支取的计息办法。", "提前支取部分按活期计息，其余不变。"),
]  # fmt: skip


def tell(demo: Demo) -> None:
    rng = Random(SEED)  # noqa: S311 - reproducible figures, nothing secret
    _ask_departments(demo, demo.places["bank"], rng)
    _work_as_a_team(demo, demo.places["bank"])
    _serve_rooms(demo, demo.places["hotel"], rng)


def _ask_departments(demo: Demo, place: dict[str, Any], rng: Random) -> None:
    counter, lobby = place["teams"]
    open_cases = Case.objects.filter(
        IS_UNFINISHED, organisation=place["root"], unit__in=(counter, lobby), confidential=False, assignee__isnull=False
    )
    for index, case in enumerate(open_cases.select_related("unit", "assignee__user").order_by("-opened_at")[:MOST]):
        since = max(case.opened_at, case.changed_at) + timedelta(minutes=5)
        if since < demo.now and case.assignee is not None:
            other = lobby if case.unit_id == counter.pk else counter
            with suppress(Refused):
                _one(demo, place, case, other if index % 3 else place["branches"][1], since, rng.choice(QUESTIONS), index)
    together.escalate_requests(at=demo.now)
    together.mark_missed_requests(at=demo.now)


def _one(demo: Demo, place: dict[str, Any], case: Case, to: Unit, at: datetime, words: tuple[str, str], index: int) -> None:
    asker = _acting(case.assignee)
    request = together.send_request(case=case, to_unit=to, question=words[0], by=asker, at=at, hold=index % 5 == 0)
    helper = (
        place["people"]["super2"] if to.pk == place["branches"][1].pk else next(one for one in place["workers"] if one.unit_id == to.pk)
    )
    left = demo.now - at
    if index % 4 == 1:
        together.return_request(request=request, code="incomplete", words="缺客户授权和卡号后四位", by=_acting(helper), at=at + left / 4)
        if index % 8 == 1:
            together.send_again(request=request, question=words[0] + "授权书已补。", by=asker, at=at + left / 3)
    elif index % 4 != 3:
        together.accept_request(request=request, staff=helper, by=_acting(helper), at=at + left / 4)
        if index % 4 == 2:
            together.answer_request(request=request, answer=words[1], by=_acting(helper), at=at + left / 2)


def _acting(staff: Staff | None) -> Actor:
    if staff is None:
        raise ValueError("Nobody acts.")
    return Actor.staff(staff.user)


FLOORS, ROOMS = ("8F", "9F"), range(1, 9)
NEEDS = [("修空调", "空调不制冷"), ("送毛巾", "两条浴巾"), ("修水龙头", "浴室水龙头滴水"), ("清扫", "请尽快打扫")]
STATES = ["ready", "occupied", "occupied", "occupied", "cleaning", "dirty", "ready", "out_of_order"]
ORDERS = 18


def _serve_rooms(demo: Demo, place: dict[str, Any], rng: Random) -> None:
    house, (front, keeping) = place["branches"][0], place["teams"]
    since = demo.now - timedelta(hours=47)
    manager = _acting(place["people"]["manager"])
    rooms = _open_rooms(house, rng, manager, since)
    services = [
        catalog.open_service(unit=place["root"], code=f"room_{number}", name=localized(name), by=manager, at=since)
        for number, (name, _words) in enumerate(NEEDS, 1)
    ]
    desk = _acting(next(one for one in place["workers"] if one.unit_id == front.pk))
    keepers = [one for one in place["workers"] if one.unit_id == keeping.pk]
    for index in range(ORDERS):
        at, which = since + timedelta(hours=1, minutes=150 * index + rng.randrange(60)), rng.randrange(len(NEEDS))
        room = rng.choice(rooms)
        order = together.place_order(location=room, service=services[which], to_unit=keeping, words=NEEDS[which][1], by=desk, at=at)
        if index < ORDERS - 5:
            _carry_out(order, keepers[index % len(keepers)], desk, at, rng)
            if index % 6 == 4:
                again = together.place_order(
                    location=room, service=services[which], to_unit=keeping, words="又坏了", by=desk, at=at + timedelta(hours=3)
                )
                _carry_out(again, keepers[0], desk, again.placed_at, rng)
        elif index % 2:
            taker = keepers[index % len(keepers)]
            together.dispatch_order(order=order, to=taker, by=_acting(taker), at=at + timedelta(minutes=3), reason="接单")
    together.escalate_orders(at=demo.now)
    together.settle_first_fixes(at=demo.now)


def _open_rooms(house: Unit, rng: Random, by: Actor, at: datetime) -> list[Location]:
    rooms = []
    for floor in FLOORS:
        parent = together.open_location(unit=house, code=floor, name=localized(f"{floor[0]} 楼", en=f"Floor {floor[0]}"), by=by, at=at)
        for number in ROOMS:
            code = f"{floor[0]}{number:02d}"
            rooms.append(together.open_location(unit=house, code=code, name=localized(code), parent=parent, by=by, at=at))
    for room in rooms:
        together.set_status(location=room, status=rng.choice(STATES), by=by, at=at + timedelta(hours=rng.randrange(1, 40)))
    return rooms


def _carry_out(order: ServiceOrder, keeper: Staff, desk: Actor, at: datetime, rng: Random) -> None:
    done_at = at + timedelta(minutes=rng.choice((12, 18, 25, 35, 40, 70)))
    together.finish_order(order=order, by=_acting(keeper), at=done_at)
    if order.is_repeat:
        together.verify_order(order=order, by=desk, at=done_at + timedelta(minutes=10))


def _work_as_a_team(demo: Demo, place: dict[str, Any]) -> None:
    """One complaint of the bank for which three people work under the one who answers for it."""
    counter, lobby = place["teams"]
    asked = InternalRequest.objects.filter(state__in=("sent", "accepted", "returned")).values("case")
    found = Case.objects.filter(IS_UNFINISHED, unit=counter, confidential=False, assignee__isnull=False).exclude(pk__in=asked)
    case = found.select_related("assignee__user", "unit").order_by("-opened_at").first()
    if case is None or case.assignee is None or max(case.opened_at, case.changed_at) + timedelta(minutes=4) > demo.now:
        return
    by, at = _acting(case.assignee), max(case.opened_at, case.changed_at) + timedelta(minutes=1)
    helpers = [next(one for one in place["workers"] if one.unit_id == lobby.pk), place["people"]["super2"]]
    team = together.open_team(case=case, owner=case.assignee, by=by, at=at)
    due = demo.now + timedelta(hours=6)
    parts: list[SubTask] = []
    for number, (title, minutes) in enumerate((("调取柜面录像", 40), ("核对核心系统流水", 25), ("提出处理意见", 30))):
        owner, needs = helpers[number % len(helpers)], list(parts) if number == 2 else []
        parts.append(
            together.add_sub_task(team=team, title=title, owner=owner, estimate_minutes=minutes, due_at=due, needs=needs, by=by, at=at)
        )
    together.note_decision(team=team, words="先核对流水，再回复客户；由首问人统一答复。", by=by, at=at + timedelta(minutes=2))
