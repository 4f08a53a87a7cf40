"""Opening an account at the bank as it is, with its faults (case 4), and as it is to be; what a visit to the clinic takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from steward.core.org.models import Staff
from steward.ground.access.models import Unit
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from ..controlled import operations as controlled
from ..controlled.queries import audience_of, people_with
from ..models import DocumentVersion

SETUP = Actor.system("demo")
FRONT, LEAD, CHECK = "front_line", "supervisor", "quality_reviewer"
# key, kind, lane, role, Chinese, English, minutes, what people are told, and the rest.
Said = tuple[str, str, str, str, str, str, tuple[float, float, float] | None, tuple[str, str], dict[str, Any]]
NOTHING = ("", "")
AS_IS: list[Said] = [
    ("come", "start", "customer", "", "到店", "Coming in", None, NOTHING, {}),
    ("ticket", "step", "front", FRONT, "取号分流", "Taking a number", (1, 2, 5), ("请先取号。", "Please take a number."), {}),
    ("queue", "wait", "customer", LEAD, "等候叫号", "Waiting to be called", (5, 18, 45), ("请留意叫号屏。", "Please watch the screen."),
     {"waits": "对公与个人共用两个窗口"}),
    ("papers", "decision", "front", FRONT, "核对证件和材料", "Checking the papers", (3, 6, 12),
     ("请出示身份证原件及复印件，我们将按照开户要件清单逐项核对您所提交的材料是否齐全、有效、一致。", "Please show your papers."),
     {"documents": ["身份证原件", "身份证复印件", "手机号码证明"], "fails": "材料不齐，须再来一次"}),
    ("copy", "step", "back", "", "复印证件并登记", "Copying and listing the papers", (2, 6, 15), NOTHING, {"hidden": True}),
    ("form", "step", "front", FRONT, "填写申请表", "Filling in the form", (5, 9, 20), ("请填写申请表。", "Please fill in the form."),
     {"form": "个人账户开立申请表", "outputs": ["申请表"]}),
    ("review", "wait", "back", "", "后台复核", "Second pair of eyes", (5, 15, 60), NOTHING, {"hidden": True, "waits": "复核岗积压"}),
    ("open", "step", "front", FRONT, "建立账户、签约", "Opening the account", (6, 10, 18),
     ("请再次提供身份证复印件，完成签约。", "Please give the copy of your identity card once more, and sign."), {"documents": ["身份证复印件"]}),
    ("again", "end", "customer", "", "补齐材料后再来", "Coming back with the papers", None, NOTHING, {}),
    ("done", "end", "customer", "", "领卡离开", "Leaving with the card", None, NOTHING, {}),
]  # fmt: skip
AS_IS_WAYS: list[tuple[str, str, float, str, str]] = [
    ("come", "ticket", 1, "", ""), ("ticket", "queue", 1, "", ""), ("queue", "papers", 1, "", ""),
    ("papers", "copy", 0.69, "材料齐全", "Papers complete"), ("papers", "again", 0.31, "缺材料", "Papers missing"),
    ("copy", "form", 1, "", ""), ("form", "review", 1, "", ""), ("review", "open", 1, "", ""), ("open", "done", 1, "", ""),
]  # fmt: skip
TO_BE: list[Said] = [
    ("come", "start", "customer", "", "到店", "Coming in", None, NOTHING, {}),
    ("ticket", "decision", "front", FRONT, "大堂先看材料", "A first look at the papers in the lobby", (1, 3, 6),
     ("请出示身份证和在用的手机号。缺什么现在就告诉您。", "Please show your identity card and your phone number. We say at once what is missing."),
     {"documents": ["身份证原件"], "fails": "材料不齐"}),
    ("self", "step", "customer", FRONT, "自助补打材料", "Printing what is missing", (2, 4, 8),
     ("缺的材料可在自助机上打印，我们陪您办。", "What is missing can be printed at the machine; we help you."), {"fails": "自助机上查不到"}),
    ("queue", "wait", "customer", LEAD, "等候叫号", "Waiting to be called", (2, 8, 20),
     ("请坐下等候。叫到您大约十分钟。", "Please have a seat. It takes about ten minutes."), {}),
    ("form", "step", "front", FRONT, "当面填写、核对", "Filling in and checking together", (5, 8, 14),
     ("我们边问边填，您核对后签字。", "We fill the form in together; you check it and sign."), {"form": "个人账户开立申请表"}),
    ("review", "handover", "back", LEAD, "主管当场复核", "The supervisor checks on the spot", (1, 3, 6),
     ("主管当场复核，约三分钟。", "The supervisor checks it now, about three minutes."), {"accepted_by": FRONT}),
    ("open", "step", "front", FRONT, "建立账户、交卡", "Opening the account and handing over the card", (5, 8, 13),
     ("账户已开好。请收好卡，我们再说一遍下一步。", "The account is open. Keep the card; we say once more what comes next."), {}),
    ("again", "end", "customer", "", "约好时间再来", "Coming again at a time agreed", None, NOTHING, {}),
    ("done", "end", "customer", "", "领卡离开", "Leaving with the card", None, NOTHING, {}),
]  # fmt: skip
TO_BE_WAYS: list[tuple[str, str, float, str, str]] = [
    ("come", "ticket", 1, "", ""), ("ticket", "queue", 0.8, "材料齐全", "Papers complete"),
    ("ticket", "self", 0.2, "缺的能补打", "What is missing can be printed"), ("self", "queue", 0.55, "已补齐", "Complete now"),
    ("self", "again", 0.45, "须回去取", "It is at home"), ("queue", "form", 1, "", ""), ("form", "review", 1, "", ""),
    ("review", "open", 1, "", ""), ("open", "done", 1, "", ""),
]  # fmt: skip
PURPOSE = (
    "让来开户的人一次办成，来之前就知道带什么、要多久。",
    "Whoever comes to open an account gets it done in one visit and knows what to bring and how long it takes.",
)


def _text(zh: str, en: str) -> dict[str, str]:
    return {"zh-hans": zh, "en": en} if zh else {}


def content_of(
    said: Sequence[Said], ways: Sequence[tuple[str, str, float, str, str]], purpose: tuple[str, str] = PURPOSE
) -> dict[str, Any]:
    steps = [
        {"key": key, "kind": kind, "lane": lane, "role": role, "name": _text(zh, en), "minutes": list(minutes) if minutes else None,
         "text": _text(*told), **more}
        for key, kind, lane, role, zh, en, minutes, told, more in said
    ]  # fmt: skip
    links = [{"from": one, "to": other, "share": share, "label": _text(zh, en)} for one, other, share, zh, en in ways]
    return {"purpose": _text(*purpose), "steps": steps, "links": links}


def tell(demo: Demo) -> None:
    """As it is: drawn a month ago, never released, because its faults are in it. To be: released last week; some have yet to confirm it."""
    root: Unit = demo.places["bank"]["root"]
    at = demo.now - timedelta(days=30)
    controlled.open_document(
        unit=root, kind="process", code="account-as-is", name=localized("个人开户（现状）", en="Opening an account, as it is"), by=SETUP, at=at,
        content=content_of(AS_IS, AS_IS_WAYS), review_months=12,
    )  # fmt: skip
    later = demo.now - timedelta(days=9)
    draft = controlled.open_document(
        unit=root, kind="process", code="account", name=localized("个人开户", en="Opening an account"), by=SETUP, at=later, review_months=12,
        content=content_of(TO_BE, TO_BE_WAYS),
    )  # fmt: skip
    _release(demo, draft, root, "个人开户新流程")


def _release(demo: Demo, version: DocumentVersion, root: Unit, name: str) -> None:
    at = demo.now - timedelta(days=8)
    release = controlled.open_release(unit=root, name=name, units=[root], by=SETUP, at=at)
    controlled.add_version(release=release, version=version, by=SETUP, at=at)
    controlled.schedule_release(release=release, takes_effect_at=at + timedelta(days=4), by=SETUP, at=at)
    people: list[Staff] = list(people_with(audience_of(version), [root], at=demo.now))
    for person in people:
        controlled.acknowledge_version(version=version, staff=person, by=Actor.staff(person.user), at=at + timedelta(days=1))
    controlled.take_effect_due(at=at + timedelta(days=4))
