"""Five organisations that share nothing, with the people who sign in to them."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from steward.ground.access import operations as access
from steward.ground.access.models import Role, Unit, User
from steward.ground.demo import PASSWORD, Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations as org
from .models import Staff

SETUP = Actor.system("demo")

# key: (industry, organisation, branches, teams of the first branch)
ORGANISATIONS = {
    "bank": ("bank", ("滨海银行", "Coast Bank"), [("滨江支行", "Riverside branch"), ("城南支行", "South branch")], [("柜面组", "Counter team"), ("大堂组", "Lobby team")]),
    "hotel": ("hotel", ("云山酒店集团", "Cloud Mountain Hotels"), [("云山湖畔酒店", "Lakeside hotel"), ("云山机场酒店", "Airport hotel")], [("前厅部", "Front office"), ("客房部", "Housekeeping")]),
    "clinic": ("clinic", ("仁和门诊", "Renhe Clinic"), [("仁和总院", "Main clinic"), ("仁和北院", "North clinic")], [("导诊台", "Reception"), ("患者服务", "Patient service")]),
    "restaurant": ("restaurant", ("老灶餐饮", "Old Stove Kitchens"), [("江汉路店", "Jianghan Road"), ("光谷店", "Optics Valley")], [("前厅组", "Floor team"), ("外卖组", "Delivery team")]),
    "centre": ("contact_centre", ("声远客服中心", "Farvoice Contact Centre"), [("一部", "Site one"), ("二部", "Site two")], [("热线组", "Hotline team"), ("在线组", "Online team")]),
}  # fmt: skip
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "建国",
    "雨桐",
    "子涵",
    "思远",
    "若曦",
    "志强",
]


def tell(demo: Demo) -> None:
    at = demo.start - timedelta(days=60)
    for key, (industry, name, branches, teams) in ORGANISATIONS.items():
        root = org.open_organisation(name=localized(name[0], en=name[1]), industry=industry, zone="Asia/Shanghai", by=SETUP, at=at)
        units = [org.open_unit(parent=root, kind="branch", name=localized(zh, en=en), by=SETUP, at=at) for zh, en in branches]
        groups = [org.open_unit(parent=units[0], kind="team", name=localized(zh, en=en), by=SETUP, at=at) for zh, en in teams]
        people = {
            "manager": _person(demo, key, "manager", "manager", root),
            "super": _person(demo, key, "super", "supervisor", units[0]),
            "super2": _person(demo, key, "super2", "supervisor", units[1]),
            "front": _person(demo, key, "front", "front_line", groups[0]),
            "quality": _person(demo, key, "quality", "quality_reviewer", units[0]),
            "admin": _person(demo, key, "admin", "administrator", root),
        }
        workers = [people["front"]]
        for index in range(2, 6):
            workers.append(_person(demo, key, f"front{index}", "front_line", groups[index % 2]))
        others = [_person(demo, key, f"south{index}", "front_line", units[1]) for index in (1, 2)]
        demo.places[key] = {
            "root": root,
            "branches": units,
            "teams": groups,
            "people": people,
            "workers": workers,
            "others": others,
            "industry": industry,
        }
        for worker in (*workers, *others):
            org.set_presence(staff=worker, state="available", by=SETUP, at=demo.now.replace(hour=8, minute=30))


@cache
def _hashed() -> str:
    """One hash for all: making it takes a third of a second on purpose, and the password is printed beside the logins anyway."""
    return make_password(PASSWORD)


def _person(demo: Demo, key: str, login: str, role: str, unit: Unit) -> Staff:
    name = demo.rng.choice(FAMILY) + demo.rng.choice(GIVEN)
    username = f"{key}.{login}"
    since = demo.start - timedelta(days=60)
    staff = org.take_on_staff(unit=unit, username=username, name=name, by=SETUP, at=since)
    User.objects.filter(pk=staff.user_id).update(password=_hashed())
    access.grant_role(user=staff.user, role=Role.objects.get(organisation_id=unit.root_id, code=role), unit=unit, by=SETUP, at=since)
    demo.logins.append((username, name, role))
    return staff
