"""The monthly report of February, for the bank and the hotel: made, commented, issued, and one decision taken on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from steward.ground.demo import Demo
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.measures import loading, store

from . import operations as reports
from .models import Report, ReportSpec

FIGURES = ["cases_opened", "complaint_share", "frt", "promise_kept", "fcr", "reopen_rate"]
PLACES = ("bank", "hotel")
NAME = localized("服务质量月报", en="Monthly service report")


@dataclass(frozen=True)
class Words:
    """What the people of a place wrote. bold: a sentence that claims more than the figures bear out, so that the remark beside it can be seen."""

    opening: str
    bold: str
    done: str
    proposal: str
    question: str
    reason: str


WORDS = {
    "bank": Words(
        "二月含春节假期，来访少于平日；请结合每周走势阅读。",
        "柜面组在开户高峰增设了机动窗口，客户反映等候体验显著改善。",
        "春节前后在城南支行试行叫号短信提醒，尚未推广。",
        "在滨江支行保留一个机动窗口，午间高峰固定开放。",
        "是否同意从三月起增加一个午间班次？",
        "先在滨江支行执行一个季度，六月底看数据。",
    ),
    "hotel": Words(
        "二月入住以家庭宾客为主，客房服务类来件占比高。",
        "客房部调整排班后，送物速度明显提升。",
        "二月中旬起客房部实行楼层专人负责。",
        "将楼层专人负责制写入客房服务标准。",
        "是否同意四月起在机场酒店同样实行？",
        "湖畔酒店继续，机场酒店待人手到位后再定。",
    ),
}


def tell(demo: Demo) -> None:
    if store.current().loaded_at is None:
        loading.load(at=demo.now)
    for key in PLACES:
        if key in demo.places:
            _report(demo, demo.places[key], WORDS[key])


def _report(demo: Demo, place: dict[str, Any], words: Words) -> None:
    manager, lead = place["people"]["manager"].user, place["people"]["super"].user
    acting = Actor.staff(manager)
    spec = reports.publish_spec(
        unit=place["root"], name=NAME, grain=ReportSpec.Grain.MONTH, measures=FIGURES, breakdown="unit", recipients=[manager, lead],
        is_scheduled=True, owner=manager, by=acting, at=demo.start,
    )  # fmt: skip
    first = demo.now.date().replace(day=1)
    made = reports.make_report(spec=spec, start=first - timedelta(days=1), by=acting, at=demo.now)
    _write(made.report, words, place, first, acting, demo)
    issued = reports.issue_report(report=made.report, by=acting, at=demo.now)
    recommendation = issued.recommendations.get()
    reports.decide_recommendation(
        recommendation=recommendation,
        outcome="accepted" if place["industry"] == "bank" else "later",
        reason=words.reason,
        by=acting,
        at=demo.now,
    )


def _write(report: Report, words: Words, place: dict[str, Any], first: date, acting: Actor, demo: Demo) -> None:
    for part, text in (("changed", words.opening), ("changed:frt", words.bold), ("done", words.done)):
        reports.write_commentary(report=report, part=part, text=text, by=acting, at=demo.now)
    reports.add_recommendation(
        report=report, text=words.proposal, question=words.question, owner=place["people"]["super"], due_date=first + timedelta(days=30),
        by=acting, at=demo.now,
    )  # fmt: skip
