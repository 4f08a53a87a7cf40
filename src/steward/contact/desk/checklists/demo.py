"""Two checklists each for the bank and the hotel; open complaints have one, half of it ticked."""

from __future__ import annotations

from datetime import timedelta

from steward.core.cases.models import Case, Kind
from steward.core.cases.models.case import IS_UNFINISHED
from steward.ground.access.models import Unit
from steward.ground.demo import Demo
from steward.ground.fields import LocalizedText, localized
from steward.ground.journal.actors import Actor

from . import operations as checklists
from .models import ChecklistTemplate

Line = tuple[str, str, bool]
LISTS: dict[str, list[tuple[str, str, str, list[Line]]]] = {
    "bank": [
        ("投诉受理核对", "Taking a complaint", "complaint", [
            ("核对来人身份和联系方式", "Check who it is and how to reach them", True),
            ("问清时间、地点、经办人和诉求", "Ask when, where, who and what is wanted", True),
            ("告知办理时限和投诉编号", "Say by when it is dealt with, and its number", True),
            ("调取监控或交易记录", "Get the recording or the transactions", False),
        ]),
        ("代办业务核对", "Acting for somebody else", "", [
            ("双方证件原件", "Both identity documents, originals", True),
            ("授权书写明事项和期限", "The authority names the matter and the term", True),
            ("电话向本人核实", "Call the person themselves", False),
        ]),
    ],
    "hotel": [
        ("客诉现场处理", "A guest complains", "complaint", [
            ("到现场看过", "Go and look", True),
            ("当面致歉并说明怎么办", "Apologise in person and say what happens", True),
            ("补救方案得到客人同意", "The guest agrees to the remedy", True),
            ("告知夜班经理", "Tell the night manager", False),
        ]),
        ("遗留物品登记", "Something left behind", "", [
            ("拍照并封存", "Photograph and seal it", True),
            ("两人签字", "Two people sign", True),
            ("联系失主", "Reach the owner", False),
        ]),
    ],
}  # fmt: skip


def tell(demo: Demo) -> None:
    for key, lists in LISTS.items():
        place = demo.places[key]
        by = Actor.staff(place["people"]["manager"].user)
        rows = [_written(place["root"], entry, by, demo) for entry in lists]
        _put_on(place["branches"][0], rows[0], Actor.staff(place["people"]["super"].user), demo)


def _written(unit: Unit, entry: tuple[str, str, str, list[Line]], by: Actor, demo: Demo) -> ChecklistTemplate:
    zh, en, kind, items = entry
    lines: list[tuple[LocalizedText, bool]] = [(localized(words, en=english), needed) for words, english, needed in items]
    content = {"name": localized(zh, en=en), "kind": kind, "service": None, "automatic": bool(kind)}
    return checklists.save_checklist(unit=unit, content=content, lines=lines, by=by, at=demo.now - timedelta(hours=2))


def _put_on(branch: Unit, row: ChecklistTemplate, by: Actor, demo: Demo) -> None:
    """Complaints that were open before the list was written get it by hand."""
    open_ones = Case.objects.filter(IS_UNFINISHED, unit__path__startswith=branch.path, kind=Kind.COMPLAINT, confidential=False)
    for case in open_ones.order_by("-opened_at", "-pk")[:3]:
        checklist = checklists.attach_checklist(case=case, template=row, by=by, at=demo.now - timedelta(minutes=50))
        for item in checklist.items.select_related("checklist__case").order_by("order")[:2]:
            checklists.tick_item(item=item, by=by, at=demo.now - timedelta(minutes=45 - item.order))
