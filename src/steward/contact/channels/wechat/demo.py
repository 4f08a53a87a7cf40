"""A bank's official account: people who wrote today, one who can still be answered for some hours, one whose two days are over, and an event."""

from __future__ import annotations

from datetime import datetime, timedelta
from secrets import token_hex

from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case
from steward.core.org.demo import SETUP
from steward.core.org.models import Staff
from steward.ground.demo import Demo
from steward.ground.journal.actors import Actor

from . import operations
from .keys import Secrets
from .models import WechatAccount
from .taking import take
from .wire import Incoming

APP = "wxdemo0000000001"  # nobody's: what is sent from the demo is refused, and the log says so
# Hours ago, who, their words; > is ours. An answer older than a day is history and does not go out again.
TALKS: list[tuple[float, str, list[str]]] = [
    (52, "oDemo-wangjing", ["网点周末办不办对公业务？"]),
    (40, "oDemo-zhaomin", ["手机银行转账限额怎么调高", "> 您好，请带身份证和银行卡到网点柜台办理，十分钟左右。", "好的，周三上午过去"]),
    (3, "oDemo-linhai", ["（语音） 我的存折被洗衣机洗坏了，能换吗", "（位置） 滨江路网点 30.2084, 120.2120"]),
    (0.4, "oDemo-xuli", ["ATM 吞卡了，机器上写的编号是 0317"]),
]


def tell(demo: Demo) -> None:
    place = demo.places["bank"]
    clerk: Staff = place["people"]["front"]
    values = {"name": "滨海银行服务号", "manner": WechatAccount.Manner.OFFICIAL, "app_id": APP, "enabled": True}
    account = operations.save_account(
        unit=clerk.unit, values=values, secrets=Secrets(token_hex(12), "a" * 43, token_hex(16)), by=SETUP, at=demo.start + timedelta(days=2)
    )
    with override("zh-hans"):
        for hours, who, lines in TALKS:
            _talk(account, who, lines, Actor.staff(clerk.user), demo.now - timedelta(hours=hours))
    _hear(account, Incoming("demo-event", "oDemo-xuli", "event", event="subscribe"), demo.now - timedelta(hours=1))


def _talk(account: WechatAccount, who: str, lines: list[str], by: Actor, at: datetime) -> None:
    case = None
    for number, line in enumerate(lines):
        moment = at + timedelta(minutes=4 * number)
        if line.startswith("> ") and case is not None:
            cases.add_message(case=case, direction="out", body=line[2:], by=by, at=moment)
        else:
            case = _hear(account, Incoming(f"{who}-{number}", who, "text", line), moment) or case


def _hear(account: WechatAccount, came: Incoming, at: datetime) -> Case | None:
    row, _new = take(account=account, came=came, at=at)
    return row.case
