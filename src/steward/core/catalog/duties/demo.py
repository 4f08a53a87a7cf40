"""Who does what in the bank and the clinic, with one gap; and the charter of the front line, released and partly confirmed."""

from __future__ import annotations

from datetime import timedelta

from steward.ground.access.models import Role, Unit
from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from ..controlled import operations as controlled
from ..controlled.demo import release
from ..controlled.queries import people_with
from . import operations

SETUP = Actor.system("demo")
# Activity, English, then who: role → letters.
ACTIVITIES: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "bank": [
        ("大堂迎候与分流", "Receiving and guiding people in the lobby", {"front_line": "R", "supervisor": "A"}),
        ("特殊人群优先服务", "Serving people with special needs first", {"front_line": "R", "supervisor": "A", "manager": "I"}),
        ("投诉受理与登记", "Taking complaints down", {"front_line": "R", "supervisor": "AR", "quality_reviewer": "I"}),
        ("退款审批", "Approving refunds", {"front_line": "C", "supervisor": "R"}),
        ("服务质量检查", "Checking service quality", {"quality_reviewer": "AR", "supervisor": "C", "manager": "I"}),
    ],
    "clinic": [
        ("导诊与分诊指引", "Showing people the way", {"front_line": "R", "supervisor": "A"}),
        ("患者投诉接待", "Receiving complaints", {"front_line": "R", "supervisor": "A", "manager": "I"}),
    ],
}
DUTIES = [
    ("首问负责：第一位接待的人负责到底或当面交接", "Whoever is asked first sees it through or hands it over in person"),
    ("每笔业务前说明需要的材料、时限和费用", "Say before each matter which documents, how long and what it costs"),
    ("老年人、残障人士优先，并主动协助", "Old and disabled people come first and are helped unasked"),
    ("不承诺权限以外的事，需要时找主管", "Promise nothing beyond one's authority; ask the supervisor"),
]


def tell(demo: Demo) -> None:
    for key, rows in ACTIVITIES.items():
        root: Unit = demo.places[key]["root"]
        roles = {role.code: role for role in Role.objects.filter(organisation=root)}
        at = demo.start - timedelta(days=40)
        for zh, en, parts in rows:
            activity = operations.open_activity(unit=root, name=localized(zh, en=en), by=SETUP, at=at)
            for code, letters in parts.items():
                operations.set_responsibility(activity=activity, role=roles[code], parts=letters, by=SETUP, at=at)
    _charter(demo, demo.places["bank"]["root"])


def _charter(demo: Demo, root: Unit) -> None:
    """In force for a month; then a new version with one more duty, which not everybody has confirmed and which is held until they do."""
    at = demo.start - timedelta(days=30)
    content = {
        "role": "front_line",
        "purpose": {
            "zh-hans": "让每位来办事的人一次办成、心里有数。",
            "en": "Everybody who comes gets it done in one go and knows where they stand.",
        },
        "duties": [{"key": f"d{at}", "text": {"zh-hans": zh, "en": en}} for at, (zh, en) in enumerate(DUTIES, 1)],
    }
    draft = controlled.open_document(
        unit=root, kind="role_charter", code="front-line", name=localized("一线岗位职责书", en="Charter of the front line"), by=SETUP, at=at,
        review_months=12, content=content,
    )  # fmt: skip
    people = list(people_with({"front_line"}, [root], at=demo.now))
    release(draft, root, people, ready=len(people), begun=at, name="一线岗位职责书")
    later = demo.now - timedelta(days=4)
    second = controlled.begin_draft(document=draft.document, by=SETUP, at=later)
    more = {"key": "d5", "text": {"zh-hans": "办理结束前复述结果和下一步", "en": "Say the outcome and the next step before parting"}}
    second = controlled.save_draft(
        draft=second, content={**content, "duties": [*content["duties"], more]}, changes="增加第 5 条：三月起投诉里“不知道下一步”最多。",
        seen_at=later, by=SETUP, at=later,
    )  # fmt: skip
    release(second, root, people, ready=len(people) // 2, begun=later, name="职责书修订：说清下一步")
