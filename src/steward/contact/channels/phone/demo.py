"""A contact centre's telephones: calls of two days, some missed, one on the line now; and the counter's quick entries of a bank."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.utils.translation import override

from steward.core.customers.models import ContactPoint
from steward.core.org.demo import SETUP
from steward.core.org.models import Staff
from steward.ground.demo import SEED, Demo
from steward.ground.journal.actors import Actor

from ..walkin.operations import Entry, take_walkin
from . import operations, taking
from .models import PhoneSystem
from .taking import Heard

CALLS = 24
ENTRIES = [
    ("enquiry", "存折怎么换成银行卡", "", "已说明：带身份证到柜台，当场可换。"),
    ("request", "老人不会用取号机，请帮忙取号", "", "已代取号，引导到爱心窗口。"),
    ("suggestion", "等候区能不能放几副老花镜", "", ""),
    ("complaint", "等了四十分钟才叫到号", "", ""),
    ("praise", "三号窗口的姑娘很耐心", "", "已转告本人。"),
]


def tell(demo: Demo) -> None:
    rng = Random(SEED)  # noqa: S311 - reproducible figures, nothing secret
    with override("zh-hans"):
        _calls(demo, rng)
        _counter(demo)


def _calls(demo: Demo, rng: Random) -> None:
    place, since = demo.places["centre"], demo.now - timedelta(days=3)
    unit = place["teams"][0]
    values = {"name": "热线总机", "recording_notice": "接通前已语音告知：为保证服务质量，通话将被录音。"}
    system, _secret = operations.save_system(unit=unit, values=values, by=SETUP, at=since)
    desks: list[Staff] = [place["people"]["front"], place["people"]["super"]]
    for desk, staff in enumerate(desks, 8001):
        operations.give_extension(system=system, number=str(desk), staff=staff, by=SETUP, at=since)
    known = ContactPoint.objects.filter(
        kind="phone", ended_at=None, customer__organisation_id=unit.root_id, customer__served_by__unit__path__startswith=unit.path
    )
    numbers = list(known.order_by("pk").values_list("normalised", flat=True).distinct()[:12]) or ["13812340041"]
    for index in range(CALLS):
        at = demo.now - timedelta(hours=50) + timedelta(minutes=index * 120 + rng.randrange(20))
        if 8 <= at.hour < 20 and at < demo.now - timedelta(minutes=30):
            # A call to one whose number nobody knows now and then.
            number = f"1391234{5000 + index}" if index % 5 == 4 else rng.choice(numbers)
            _one(system, f"demo-{index}", number, at, desk=8001 + index % 2, missed=index % 6 == 3, talks=rng.randrange(60, 420))
    _hear(system, "demo-now", "ringing", numbers[0], demo.now - timedelta(seconds=8), "8001")


def _one(system: PhoneSystem, ref: str, number: str, at: datetime, *, desk: int, missed: bool, talks: int) -> None:
    _hear(system, ref, "ringing", number, at, str(desk))
    if missed:
        _hear(system, ref, "missed", number, at + timedelta(seconds=30), str(desk))
        return
    _hear(system, ref, "answered", number, at + timedelta(seconds=12), str(desk))
    _hear(system, ref, "ended", number, at + timedelta(seconds=12 + talks), str(desk))


def _hear(system: PhoneSystem, ref: str, kind: str, number: str, at: datetime, extension: str) -> None:
    taking.take_event(system=system, heard=Heard(f"{ref}-{kind}", ref, kind, at, "in", number, extension), at=at)


def _counter(demo: Demo) -> None:
    place = demo.places["bank"]
    clerk: Staff = place["people"]["front"]
    for index, (kind, words, who, result) in enumerate(ENTRIES):
        entry = Entry(kind=kind, words=words, who=who, result=result, solved=bool(result))
        at = demo.now - timedelta(minutes=25 * (len(ENTRIES) - index))
        take_walkin(unit=clerk.unit, entry=entry, key=f"demo:{index}", staff=clerk, by=Actor.staff(clerk.user), at=at)
