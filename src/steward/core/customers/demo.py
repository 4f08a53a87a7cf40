"""A hundred and sixty people for each organisation. Names are drawn, numbers are from ranges that are not given out."""

from __future__ import annotations

from datetime import timedelta

from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor

from . import operations as customers

SETUP = Actor.system("demo")
FAMILY = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "欧阳", "司马", "诸葛"]
GIVEN = [
    "伟",
    "芳",
    "秀英",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "超",
    "明",
    "霞",
    "平",
    "刚",
    "桂英",
    "玉兰",
    "建华",
    "雨桐",
    "浩然",
]
NEEDS = ["", "", "", "", "", "", "", "使用轮椅", "听力不便，请用文字", "需要大字版材料"]
COUNT = 160


def tell(demo: Demo) -> None:
    rng = demo.rng
    for place in demo.places.values():
        people = []
        for _ in range(COUNT):
            unit = rng.choice([*place["teams"], place["branches"][1]])
            contacts = [("phone", f"1380000{rng.randrange(10000):04d}")]
            if rng.random() < 0.4:
                contacts.append(("email", f"guest{rng.randrange(100000)}@example.com"))
            at = demo.start - timedelta(days=rng.randrange(1, 50))
            name = rng.choice(FAMILY) + rng.choice(GIVEN)
            person = customers.register_customer(unit=unit, name=name, contacts=contacts, needs=rng.choice(NEEDS), by=SETUP, at=at)
            if rng.random() < 0.5:
                customers.record_consent(customer=person, purpose="service", given=True, basis="柜台口头", by=SETUP, at=at)
            people.append(person)
        place["customers"] = people
