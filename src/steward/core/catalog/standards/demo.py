"""Standards, procedures and a public charter of the bank and the hotel, in force since before the demo begins; and two months of results."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from steward.ground.access.models import Unit
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading

from ..controlled import operations as controlled
from ..controlled.demo import release
from ..controlled.models import ControlledDocument, DocumentVersion
from ..controlled.queries import people_with
from . import operations
from .attainment import months_until
from .charter import KIND as CHARTER

SETUP = Actor.system("demo")
BEFORE = timedelta(days=50)


def _texts(zh: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh, "en": en}


FIRST_ANSWER: dict[str, Any] = {
    "type": "time", "statement": _texts("受理后 4 个工作小时内给出首次答复", "First answer within 4 working hours of receipt"),
    "wording": _texts("您反映的事，4 个工作小时内一定有人答复", "Somebody answers you within 4 working hours"),
    "remedy": _texts("值班主管当天致电致歉并说明进度", "The supervisor on duty calls the same day, apologises and says how it stands"),
    "measure": "frt", "comparator": "<=", "threshold": 240, "target": 90, "evidence": "system_timer", "monitored": True,
}  # fmt: skip
ONE_OWNER: dict[str, Any] = {
    "type": "quality", "statement": _texts("首问负责：谁接待谁跟到底", "Whoever is asked first sees it through"),
    "wording": _texts("接待您的人负责到底，转手不超过一成", "Whoever receives you sees it through; at most one in ten is handed over"),
    "remedy": _texts("由主管接手并每日回复进度", "The supervisor takes over and reports daily"),
    "measure": "reassigned_rate", "comparator": "<=", "threshold": 10, "evidence": "system_timer", "monitored": True,
}  # fmt: skip
WAIT: dict[str, Any] = {
    "type": "time", "statement": _texts("柜面等候不超过 10 分钟", "At most 10 minutes of waiting at the counter"),
    "wording": _texts("取号后 10 分钟内轮到您", "Your turn within 10 minutes"), "evidence": "inspection",
}  # fmt: skip
SMILE: dict[str, Any] = {
    "type": "behaviour", "statement": _texts("微笑服务", "Service with a smile"),
    "observable": _texts("三米内目光接触，一米内先开口问候；交接单据用双手", "Eye contact within three metres, a greeting first within one; papers handed over with both hands"),
    "evidence": "mystery_visit",
}  # fmt: skip
STANDARDS: dict[str, list[tuple[str, str, str, dict[str, Any], str]]] = {
    "bank": [
        ("first-answer", "首次答复时限", "Time to the first answer", FIRST_ANSWER, "总行服务标准第 3 条"),
        ("one-owner", "首问负责", "One person sees it through", ONE_OWNER, "总行服务标准第 5 条"),
        ("wait", "等候时间", "Waiting time", WAIT, "网点文明服务规范"),
        ("smile", "微笑服务", "Service with a smile", SMILE, "网点文明服务规范"),
    ],
    "hotel": [
        ("first-answer", "首次答复时限", "Time to the first answer", FIRST_ANSWER, "集团服务手册"),
        ("smile", "微笑服务", "Service with a smile", SMILE, "集团服务手册"),
    ],
}
PROMISED = {"bank": ("first-answer", "one-owner"), "hotel": ("first-answer",)}
Step = tuple[str, str, str]
Item = tuple[str, str, bool, bool]
PROCEDURES: dict[str, list[tuple[str, str, str, str, list[Step], list[Item]]]] = {
    "bank": [
        ("account-opening", "account", "开户办理规范", "Opening an account", [
            ("核对本人证件，看人、看证、看系统三者一致", "Check that person, card and system agree", "证件不得复印留在柜面"),
            ("说明费用、时限和每日限额", "Say what it costs, how long it takes and the daily limits", ""),
            ("办理完请本人核对姓名和手机号", "Have the person check name and telephone before they leave", ""),
        ], [("人证一致已核对", "Person and card agree", True, False), ("告知的费用和限额", "Costs and limits that were said", True, True),
            ("办结前复述了下一步", "Said the next step before parting", False, False)]),
        ("card-replacement", "card", "补卡办理规范", "Replacing a card", [
            ("先挂失，再补卡", "Report the loss first, then replace", "挂失前不办其他业务"),
            ("核对近三笔交易", "Go through the last three transactions", ""),
        ], [("已挂失", "Loss is reported", True, False), ("提醒了改自动扣款", "Reminded of direct debits", False, False)]),
    ],
    "hotel": [
        ("room-request", "housekeeping", "客房需求办理规范", "Requests from rooms", [
            ("复述房号和需求", "Repeat room number and wish", ""),
            ("说明大约多久送到", "Say about how long it takes", "不要说“马上”"),
        ], [("已告知预计时间", "Said how long it takes", True, False), ("送达后回访", "Asked afterwards", False, False)]),
    ],
}  # fmt: skip


def tell(demo: Demo) -> None:
    at = demo.start - BEFORE
    for key, rows in STANDARDS.items():
        root: Unit = demo.places[key]["root"]
        opened = {}
        for code, zh, en, said, source in rows:
            opened[code] = _open(root, "standard", code, zh, en, {**said, "source": source}, at)
            release(opened[code], root, [], ready=0, begun=at, name=zh)
        _charter(key, root, [opened[code] for code in PROMISED[key]], at + timedelta(days=3))
        for row in PROCEDURES[key]:
            _procedure(demo, key, root, row, at)


def _open(root: Unit, kind: str, code: str, zh: str, en: str, said: dict[str, Any], at: Any, **more: Any) -> DocumentVersion:
    name = localized(zh, en=en)
    return controlled.open_document(unit=root, kind=kind, code=code, name=name, by=SETUP, at=at, content=said, review_months=12, **more)


def _charter(key: str, root: Unit, promised: list[DocumentVersion], at: Any) -> None:
    said = {
        "intro": _texts("以下承诺长期有效，每月公布结果。", "These promises hold at all times. Results are published every month."),
        "promises": [{"standard": str(version.document.public_id), "words": {}, "remedy": {}} for version in promised],
        "claims": _texts("请找大堂经理或前台，也可以在本页所附的留言处留言。", "Turn to the desk, or leave a word with us."),
    }
    version = _open(root, CHARTER, "public-charter", "服务公约", "Our service charter", said, at)
    release(version, root, [], ready=0, begun=at, name="服务公约")


def _procedure(demo: Demo, key: str, root: Unit, row: tuple[str, str, str, str, list[Step], list[Item]], at: Any) -> None:
    code, service, zh, en, steps, items = row
    said = {
        "roles": ["front_line"],
        "steps": [
            {"key": f"s{place}", "text": _texts(text, english), "warning": {"zh-hans": warning} if warning else {}}
            for place, (text, english, warning) in enumerate(steps, 1)
        ],
        "items": [
            {"key": f"i{place}", "text": _texts(text, english), "required": required, "written": written}
            for place, (text, english, required, written) in enumerate(items, 1)
        ],
    }
    services = {one.code: one for one in demo.places[key]["services"]}
    version = _open(root, "procedure", code, zh, en, said, at, service=services[service])
    people = list(people_with({"front_line"}, [root], at=demo.now))
    release(version, root, people, ready=len(people), begun=at, name=zh)


def publish(demo: Demo) -> None:
    """The bank has published both months, the hotel still has to publish the last one."""
    loading.load(at=demo.now)
    for key, left in (("bank", 0), ("hotel", 1)):
        document = ControlledDocument.objects.select_related("unit").get(organisation=demo.places[key]["root"], kind=CHARTER)
        today = demo.now.astimezone(document.unit.timezone).date()
        for window in reversed(months_until(today, 2)[left:]):
            operations.publish_results(charter=document, window=window, by=SETUP, at=demo.now)
