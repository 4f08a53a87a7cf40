"""What the five organisations offer and promise."""

from __future__ import annotations

from datetime import timedelta

from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import operations as catalog

SETUP = Actor.system("demo")
SERVICES = {
    "bank": [("account", "开户", "Account opening"), ("cash", "现金业务", "Cash"), ("loan", "贷款", "Loans"), ("card", "银行卡", "Cards")],
    "hotel": [
        ("stay", "住宿", "Stay"),
        ("housekeeping", "客房服务", "Housekeeping"),
        ("dining", "餐饮", "Dining"),
        ("event", "会议", "Events"),
    ],
    "clinic": [
        ("visit", "就诊", "Visit"),
        ("exam", "检查", "Examination"),
        ("pharmacy", "取药", "Pharmacy"),
        ("billing", "收费", "Billing"),
    ],
    "restaurant": [
        ("dinein", "堂食", "Dining in"),
        ("delivery", "外卖", "Delivery"),
        ("booking", "订位", "Booking"),
        ("banquet", "宴会", "Banquets"),
    ],
    "centre": [
        ("order", "订单", "Orders"),
        ("after", "售后", "After-sales"),
        ("member", "会员", "Membership"),
        ("tech", "技术支持", "Technical support"),
    ],
}
CATEGORIES = [
    ("wait", "等候", "Waiting"),
    ("attitude", "态度", "Attitude"),
    ("price", "价格", "Price"),
    ("process", "流程", "Process"),
    ("quality", "质量", "Quality"),
    ("info", "说明", "Information"),
]
WAITING = ["on_hold:awaiting_customer"]
# Decision on a complaint: amount, unit, source. Not checked against the official text, and marked so.
COMPLAINT_LIMITS = {
    "bank": (15, "calendar_days", "银行业保险业消费投诉处理管理办法（2020）"),
    "clinic": (5, "working_days", "医疗机构投诉管理办法（2019）"),
}


def tell(demo: Demo) -> None:
    at = demo.start - timedelta(days=59)
    for key, place in demo.places.items():
        root = place["root"]
        place["services"] = [
            catalog.open_service(unit=root, code=code, name=localized(zh, en=en), by=SETUP, at=at) for code, zh, en in SERVICES[key]
        ]
        place["categories"] = {
            code: catalog.open_category(unit=root, code=code, name=localized(zh, en=en), by=SETUP, at=at) for code, zh, en in CATEGORIES
        }

        for kind, usual, urgent in (("first_response", 240, 60), ("resolution", 960, 480)):
            for priority, minutes in (("", usual), ("urgent", urgent)):
                catalog.publish_promise_policy(
                    unit=root, promise_kind=kind, clock="operational", amount=minutes, time_unit="working_minutes", priority=priority,
                    pauses=WAITING, by=SETUP, at=at,
                )  # fmt: skip
        amount, unit, source = COMPLAINT_LIMITS.get(key, (5, "working_days", "自有承诺"))
        catalog.publish_promise_policy(
            unit=root, promise_kind="resolution", clock="statutory", amount=amount, time_unit=unit, case_kind="complaint", source=source,
            unverified=key in COMPLAINT_LIMITS, by=SETUP, at=at,
        )  # fmt: skip
