"""A branch of the bank opens: one item was left out, and the shift before it has handed over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from steward.core.org.models import Staff
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import today_of

from . import operations as floor
from .models import ChecklistItem, ChecklistRun, Occasion, RunItem
from .operations import ItemSpec

Evidence = ChecklistItem.Evidence
SKIPPED = "备用金核对"
OPENING = [
    ItemSpec(localized("门禁与监控检查", en="Doors and cameras"), due=time(8, 30)),
    ItemSpec(localized(SKIPPED, en="Count of the cash float"), due=time(8, 45)),
    ItemSpec(localized("叫号机与自助机开机", en="Ticket and self-service machines on"), due=time(8, 45)),
    ItemSpec(localized("大厅温度", en="Temperature of the lobby"), False, time(9, 0), Evidence.NUMBER, Decimal(18), Decimal(26), "℃"),
    ItemSpec(localized("晨会要点", en="Points of the morning briefing"), due=time(8, 50), evidence=Evidence.NOTE),
    ItemSpec(localized("填单台与老花镜", en="Writing desk and reading glasses"), False, time(9, 0)),
]
CLOSING = [
    ItemSpec(localized("现金入库双人复核", en="Cash locked away, checked by two"), due=time(17, 30)),
    ItemSpec(localized("遗留物品登记", en="Things left behind are registered"), due=time(17, 45)),
    ItemSpec(localized("设备断电与门窗", en="Power, doors and windows"), due=time(18, 15), evidence=Evidence.PHOTO),
]
NOTES = ["13 号窗口的打印机卡纸，已报修，先用 12 号。", "陈女士今天上午会来取补打的流水，回单在二号抽屉。"]


def tell(demo: Demo) -> None:
    place = demo.places["bank"]
    branch, root = place["branches"][0], place["root"]
    manager, lead = _acting(place["people"]["manager"]), place["people"]["super"]
    names = {Occasion.OPENING: ("网点开门检查", "Opening of a branch"), Occasion.CLOSING: ("网点关门检查", "Closing of a branch")}
    for occasion, items in ((Occasion.OPENING, OPENING), (Occasion.CLOSING, CLOSING)):
        zh, en = names[occasion]
        since = demo.now - timedelta(days=4)
        floor.publish_template(unit=root, occasion=occasion, name=localized(zh, en=en), items=items, by=manager, at=since)
    worker = place["workers"][0]
    for days in (3, 0):
        _open(place, demo.now.replace(hour=8, minute=20) - timedelta(days=days), worker, skips=days == 0)
    evening = demo.now.replace(hour=17, minute=50) - timedelta(days=3)
    first = floor.give_handover(unit=branch, notes=NOTES[:1], by=_acting(place["workers"][1]), at=evening)
    for item in first.items.all():
        floor.accept_item(item=item, by=_acting(lead), at=evening + timedelta(minutes=5))
    floor.take_handover(handover=first, by=_acting(lead), at=evening + timedelta(minutes=6))
    floor.give_handover(unit=branch, notes=NOTES[1:], by=_acting(lead), at=demo.now - timedelta(minutes=12))
    floor.tell_late_items(at=demo.now)


def _open(place: dict[str, Any], at: datetime, worker: Staff, *, skips: bool) -> ChecklistRun:
    branch, by = place["branches"][0], _acting(worker)
    run = floor.prepare_run(unit=branch, occasion=Occasion.OPENING, day=today_of(branch, at), by=by, at=at)
    floor.name_lead(run=run, staff=place["people"]["super"], by=_acting(place["people"]["super"]), at=at)
    for number, item in enumerate(RunItem.objects.filter(run=run).select_related("item").order_by("item__position"), 1):
        then = at + timedelta(minutes=4 * number)
        if skips and str(item.item.label.get("zh-hans")) == SKIPPED:
            floor.skip_item(item=item, reason="保险柜钥匙在出纳处，出纳 9:30 到", by=by, at=then)
        elif item.item.evidence == Evidence.NUMBER:
            floor.do_item(item=item, value=Decimal("22.5"), by=by, at=then)
        else:
            words = "今天社保卡集中领取，预计人多，增开 5 号窗。" if item.item.evidence == Evidence.NOTE else ""
            floor.do_item(item=item, words=words, by=by, at=then)
    reason = "备用金稍后补核，先开一个现金窗口，出纳到后双人核对" if skips else ""
    floor.open_unit(run=run, reason=reason, by=_acting(place["people"]["super"]), at=at + timedelta(minutes=35))
    if not skips:
        floor.close_unit(run=run, by=by, at=at.replace(hour=18))
    return run


def _acting(staff: Staff) -> Actor:
    return Actor.staff(staff.user)
