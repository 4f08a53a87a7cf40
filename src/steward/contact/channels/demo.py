"""Every organisation of the demo has its public form, and some people wrote through it."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import override

from steward.core.catalog.queries import services_of
from steward.core.org.demo import SETUP
from steward.ground.demo import Demo
from steward.ground.fields import localized

from . import operations as channels
from .chat import demo as chat_demo
from .mail import demo as mail_demo
from .phone import demo as phone_demo
from .wechat import demo as wechat_demo

COLOURS = {"bank": "#1f5f8b", "hotel": "#6b4f2a", "clinic": "#1f6f54", "restaurant": "#9a3b1f", "centre": "#3d4f8f"}
WORDS = {
    "bank": [("手机银行一直提示验证码错误", "换了手机以后就收不到验证码，去柜台要带什么？", "陈桂芳", "13812340001"), ("想预约大额取款", "周五上午取八万元，需要提前几天说？", "刘建军", "13812340002")],
    "hotel": [("发票抬头开错了", "昨天退房，发票抬头应该是公司名称。", "何文静", "13812340011"), ("行李箱落在房间了", "灰色小箱子，可以帮我寄回来吗？", "黄磊", "13812340012")],
    "clinic": [("想改到下周三上午看诊", "本来约的是周二，老人行动不方便。", "马秀英", "13812340021"), ("检查报告什么时候能取", "上周五抽的血。", "高明", "13812340022")],
    "restaurant": [("外卖少送了一份汤", "订单已经付款，汤没有送到。", "罗雨桐", "13812340031"), ("想订周六晚上的包间", "十个人，其中两位老人，请安排方便进出的位置。", "周志强", "13812340032")],
    "centre": [("扣费短信看不懂", "这个月多了一项 12 元的费用。", "郭娜", "13812340041"), ("请不要再打推销电话", "已经说过两次了。", "徐涛", "13812340042")],
}  # fmt: skip


def tell(demo: Demo) -> None:
    for key, place in demo.places.items():
        unit = place["branches"][0]
        since = demo.start + timedelta(days=2)
        form = channels.save_form(
            unit=unit,
            slug=key,
            enabled=True,
            welcome=localized(
                "您有什么事，在这里告诉我们。不用登录，写一句话就可以。",
                en="Tell us here what it is about. No account is needed; one sentence is enough.",
            ),
            services=services_of(unit)[:6],
            colour=COLOURS[key],
            by=SETUP,
            at=since,
        )
        for number, (title, body, name, phone) in enumerate(WORDS[key]):
            at = demo.now - timedelta(minutes=35 + 110 * number + demo.rng.randrange(20))
            word = channels.Word(title=title, body=body, name=name, phone=phone, may_contact=True)
            with override("zh-hans"):
                channels.receive_word(form=form, word=word, key=f"demo:{key}:{number}", at=at)
    mail_demo.tell(demo)
    phone_demo.tell(demo)
    chat_demo.tell(demo)
    wechat_demo.tell(demo)
