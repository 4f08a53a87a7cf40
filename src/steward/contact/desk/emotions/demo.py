"""A hard morning in the contact centre: a flagged case, a supervisor who is asked, and a break that was taken."""

from __future__ import annotations

from datetime import timedelta

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.org.models import Staff
from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor

from . import operations as emotions
from .models import RecoveryBreak

WORDS = [
    ("充值没有到账，三次来电都没有结果", "我已经打了三次电话，你们就会踢皮球！忍无可忍，今天不解决我就去砸了你们营业厅。"),
    ("合约到期仍被扣费", "到期了还扣我钱，你们这帮骗子，混蛋，气死我了。"),
]


def tell(demo: Demo) -> None:
    place = demo.places["centre"]
    worker, lead = place["people"]["front"], place["people"]["super"]
    found = []
    for number, (title, words) in enumerate(WORDS):
        found.append(_hard(worker, title, words, demo, 70 - 25 * number))
    by = _acting(worker)
    for code in ("calm", "listen"):
        emotions.do_step(case=found[0], code=code, by=by, at=demo.now - timedelta(minutes=60))
    emotions.ask_supervisor(case=found[0], by=by, at=demo.now - timedelta(minutes=58))
    emotions.join_case(case=found[0], by=_acting(lead), at=demo.now - timedelta(minutes=55))
    offered = RecoveryBreak.objects.filter(staff=worker, taken_at=None, declined_at=None).first()
    if offered is not None:
        emotions.answer_break(recovery=offered, taken=True, by=by, at=demo.now - timedelta(minutes=40))
        emotions.end_break(recovery=offered, by=by, at=demo.now - timedelta(minutes=26))


def _hard(worker: Staff, title: str, words: str, demo: Demo, minutes: int) -> Case:
    """Came in by telephone, read by the word list, and with the person who answered."""
    at, by = demo.now - timedelta(minutes=minutes), _acting(worker)
    case = cases.open_case(unit=worker.unit, kind="complaint", channel="phone", title=title, assignee=worker, by=by, at=at)
    message = cases.add_message(case=case, direction="in", body=words, by=by, at=at)
    case.refresh_from_db()
    emotions.read_message(message=message, at=at + timedelta(minutes=1))
    return case


def _acting(staff: Staff) -> Actor:
    return Actor.staff(staff.user)
