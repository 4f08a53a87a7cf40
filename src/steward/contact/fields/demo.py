"""A hotel asks about what was lost, a bank about disputed card payments; a few cases of the last days are answered."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from steward.core.cases.models import Case
from steward.core.cases.models.case import IS_UNFINISHED
from steward.ground.access.errors import Refused
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations
from .models import FieldDefinition

ASKED = 6  # unfinished cases of each place that somebody has answered for


def tell(demo: Demo) -> None:
    for key, make in (("hotel", _hotel), ("bank", _bank)):
        place = demo.places.get(key)
        if place is not None:
            make(demo, place)


def _hotel(demo: Demo, place: Mapping[str, Any]) -> None:
    kinds = [("lost", "遗失物品", "Lost property"), ("other", "其他", "Something else")]
    matter = _field(demo, place, "matter", "事由", "Matter", type="choice", choices=_choices(kinds), kind="enquiry", order=10)
    _field(demo, place, "lost_item", "遗失物品", "Lost item", required="solving", public=False, kind="enquiry", order=20, after=(matter, ["lost"]),
           help=localized("颜色、品牌、特征", en="Colour, make, marks"))  # fmt: skip
    _field(
        demo, place, "lost_where", "最后看到的地方", "Last seen where", personal=True, kind="enquiry", order=30, after=(matter, ["lost"])
    )
    _field(demo, place, "lost_date", "遗失日期", "Lost on", type="date", kind="enquiry", order=40, after=(matter, ["lost"]))
    today = demo.now.astimezone(place["root"].timezone).date()
    answers = {
        "matter": "lost",
        "lost_item": "黑色双肩包，拉链挂红绳",
        "lost_where": "大堂吧靠窗座位",
        "lost_date": (today - timedelta(days=1)).isoformat(),
    }
    _answer(demo, place, "enquiry", answers)


def _bank(demo: Demo, place: Mapping[str, Any]) -> None:
    disputed = _field(demo, place, "disputed", "是否否认该笔交易", "Is the payment disputed?", type="yes_no", kind="complaint", order=10)
    after = (disputed, ["yes"])
    _field(
        demo,
        place,
        "disputed_amount",
        "争议金额",
        "Disputed amount",
        type="amount",
        currency="CNY",
        required="solving",
        kind="complaint",
        order=20,
        after=after,
    )
    _field(
        demo,
        place,
        "card_kept",
        "卡是否在本人手中",
        "Is the card with its holder?",
        type="yes_no",
        required="solving",
        kind="complaint",
        order=30,
        after=after,
    )
    _answer(demo, place, "complaint", {"disputed": "yes", "disputed_amount": "1280.00", "card_kept": "yes"})


def _field(
    demo: Demo,
    place: Mapping[str, Any],
    key: str,
    zh: str,
    en: str,
    *,
    after: tuple[FieldDefinition, list[str]] | None = None,
    **content: Any,
) -> FieldDefinition:
    values = {"name": localized(zh, en=en), "type": "text", **content}
    if after is not None:
        values |= {"asks_after": after[0], "asks_values": after[1]}
    manager = Actor.staff(place["people"]["manager"].user)
    return operations.save_field(unit=place["root"], key=key, content=values, by=manager, at=demo.start + timedelta(days=1))


def _choices(rows: list[tuple[str, str, str]]) -> list[dict[str, Any]]:
    return [{"value": value, "label": {"zh-hans": zh, "en": en}} for value, zh, en in rows]


def _answer(demo: Demo, place: Mapping[str, Any], kind: str, answers: Mapping[str, str]) -> None:
    """Half of them only begun, so that the page shows what is still missing."""
    rows = Case.objects.filter(IS_UNFINISHED, organisation=place["root"], kind=kind, assignee__isnull=False)
    for index, case in enumerate(rows.select_related("assignee__user").order_by("-opened_at", "-pk")[:ASKED]):
        if case.assignee is None:
            continue
        values = dict(list(answers.items())[:1]) if index % 2 else answers
        with suppress(Refused):
            operations.set_values(case=case, values=values, by=Actor.staff(case.assignee.user), at=demo.now - timedelta(minutes=4))
