"""A visit to the clinic, from booking to the medicine: the journey in force, and a log of two months of visits.

Mornings are full everywhere at once, so slow touchpoints come together; and some people leave while they wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from steward.core.catalog.controlled import operations as controlled
from steward.ground.access.models import Unit
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from .operations import Happened, load_log

SETUP = Actor.system("demo")
VISITS, DAYS = 900, 60
# key, Chinese, English, minutes of waiting at a quiet hour, minutes of work, share that leaves while waiting, layers, measures.
TOUCHPOINTS: list[tuple[str, str, str, float, float, float, dict[str, tuple[str, str]], list[str]]] = [
    ("register", "挂号签到", "Registration", 4, 3, 0.0,
     {"evidence": ("预约短信、签到机", "Text message, check-in machine"), "customer": ("出示证件，签到", "Shows a card, checks in"),
      "front": ("导诊台引导、帮老人操作", "Reception guides and helps"), "support": ("预约系统", "Booking system")}, ["visits_per_day"]),
    ("wait", "候诊叫号", "Waiting and being called", 18, 1, 0.05,
     {"evidence": ("叫号屏、候诊椅", "Screen, chairs"), "customer": ("坐下等，看叫号屏", "Sits and watches the screen"),
      "front": ("告知预计等候时间", "Says how long it will take"), "back": ("按预约时段排号", "Numbers by time slot"),
      "support": ("叫号系统", "Calling system")}, ["complaint_rate"]),
    ("doctor", "医生看诊", "Seeing the doctor", 2, 9, 0.01,
     {"evidence": ("检查单、医嘱", "Orders"), "customer": ("说明病情", "Says what is wrong"), "front": ("问诊、开检查", "Asks, orders tests"),
      "support": ("电子病历", "Records")}, []),
    ("test", "检查检验", "Tests", 22, 8, 0.04,
     {"evidence": ("检查须知、报告", "Leaflet, report"), "customer": ("找到检查室，排队", "Finds the room, queues"),
      "front": ("核对姓名和项目", "Checks name and order"), "back": ("标本转运、出报告", "Transport, report"), "support": ("检验系统", "Laboratory")}, []),
    ("medicine", "缴费取药", "Paying and medicine", 9, 3, 0.0,
     {"evidence": ("药袋、用药说明", "Bag, instructions"), "customer": ("缴费，到窗口取药", "Pays, fetches the medicine"),
      "front": ("核对、讲明用法", "Checks and explains"), "back": ("调配、复核", "Prepares, checks"), "support": ("医保结算", "Insurance")}, ["praise_share"]),
]  # fmt: skip
PURPOSE = ("让来看病的人少跑、少等，知道下一步去哪。", "Whoever comes to be seen walks less, waits less, and knows where to go next.")


def content() -> dict[str, Any]:
    return {
        "purpose": localized(PURPOSE[0], en=PURPOSE[1]),
        "log": "visit",
        "touchpoints": [
            {"key": key, "name": localized(zh, en=en), "activity": zh, "measures": pins,
             "layers": {layer: localized(one, en=other) for layer, (one, other) in layers.items()}}
            for key, zh, en, _waits, _works, _leaves, layers, pins in TOUCHPOINTS
        ],
    }  # fmt: skip


def visits(demo: Demo) -> list[Happened]:
    """Arrivals crowd between eight and ten; whoever comes then finds every queue longer."""
    found, rng = [], demo.rng
    first = (demo.now - timedelta(days=DAYS)).replace(hour=8, minute=0, second=0, microsecond=0)
    for visit in range(VISITS):
        hours = min(rng.expovariate(0.5), 8.5)
        at: datetime = first + timedelta(days=rng.randrange(DAYS - 1), hours=hours)
        crowd = 1.9 if hours < 2 else 0.8
        for _key, name, _en, waits, works, leaves, _layers, _pins in TOUCHPOINTS:
            if rng.random() < leaves * crowd:
                break
            began = at + timedelta(minutes=rng.gammavariate(2.2, waits * crowd / 2.2))
            at = began + timedelta(minutes=rng.gammavariate(4, works / 4))
            found.append(Happened(f"v{visit}", name, at, began))
    return found


def tell(demo: Demo) -> None:
    if "clinic" not in demo.places:
        return
    root: Unit = demo.places["clinic"]["root"]
    at = demo.now - timedelta(days=20)
    draft = controlled.open_document(
        unit=root, kind="journey", code="visit", name=localized("门诊就诊旅程", en="A visit to the clinic"), by=SETUP, at=at, review_months=12,
        content=content(),
    )  # fmt: skip
    release = controlled.open_release(unit=root, name="门诊就诊旅程", units=[root], by=SETUP, at=at)
    controlled.add_version(release=release, version=draft, by=SETUP, at=at)
    controlled.schedule_release(release=release, takes_effect_at=at, by=SETUP, at=at)
    controlled.take_effect_due(at=at)
    load_log(unit=root, code="visit", source="门诊叫号与收费日志.csv", happened=visits(demo), by=SETUP, at=demo.now - timedelta(days=1))
