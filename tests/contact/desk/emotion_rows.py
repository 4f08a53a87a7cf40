"""Rows of the authorisation matrix: emotional situations and what they cost people."""

from __future__ import annotations

from typing import Any

from tests.cast import AT, SETUP, World

from steward.contact.desk.emotions import operations as emotions
from steward.contact.desk.models import AbuseRecord, EmotionFlag, RecoveryBreak, RotationProposal
from steward.core.cases import operations as cases
from steward.core.cases.models import Case

TITLES = ("情绪一", "情绪二")


def build_emotion_rows(world: World) -> None:
    """Two severe cases of one person: a break is offered, a rotation proposed, a supervisor asked, an insult recorded and another warned about."""
    lead = world.actor("supervisor")
    for title in TITLES:
        case = cases.open_case(
            unit=world.counter_team, kind="complaint", channel="counter", title=title, assignee=world.staff("front_line"), by=SETUP, at=AT
        )
        emotions.flag_case(case=case, level="severe", by=lead, at=AT)
    emotions.ask_supervisor(case=case, by=world.actor("front_line"), at=AT)
    emotions.record_abuse(case=case, kind="insulted", words="骂人", by=SETUP, at=AT)
    warned = emotions.record_abuse(case=case, kind="threatened", words="要打人", by=SETUP, at=AT)
    emotions.warn_abuse(abuse=warned, by=SETUP, at=AT)


def nothing(scene: Any) -> dict[str, Any]:
    return {}


def _case(act: str = "") -> Any:
    return lambda scene: {"case_id": Case.objects.get(title=TITLES[1]).public_id} | ({"act": act} if act else {})


def _flag(scene: Any) -> dict[str, Any]:
    return {**_case()(scene), "flag_id": EmotionFlag.objects.get(case__title=TITLES[1]).public_id}


def _abuse(act: str, kind: str) -> Any:
    return lambda scene: {**_case(act)(scene), "abuse_id": AbuseRecord.objects.get(kind=kind).public_id}


def _break(act: str) -> Any:
    return lambda scene: {"public_id": RecoveryBreak.objects.get().public_id, "act": act}


def _rotation(act: str) -> Any:
    return lambda scene: {"public_id": RotationProposal.objects.get().public_id, "act": act}


ABUSE = {"kind": "insulted", "words": "骂人"}
ENDED = {"decision": "ended", "reason": "警告后仍继续"}
EMOTION_ROWS: list[tuple[Any, ...]] = [
    ("desk:emotions", "FTSBQMO", "GET", nothing),
    ("desk:emotions_case", "FSQM", "GET", _case()),
    ("desk:emotions_case_act", "FSM", "POST", _case("flag"), {"level": "tense"}),
    ("desk:emotions_case_act", "FSM", "POST", _case("step"), {"code": "listen"}),
    ("desk:emotions_case_act", "FSM", "POST", _case("abuse"), ABUSE),
    ("desk:emotions_case_act", "SM", "POST", _case("join")),
    ("desk:emotions_case_act", "FSQM", "POST", _case("debrief"), {"words": "需要缓一缓"}),
    ("desk:emotions_dismiss", "FSM", "POST", _flag, {"reason": "误读"}),
    ("desk:emotions_abuse", "FSM", "POST", _abuse("warn", "insulted")),
    ("desk:emotions_abuse", "SM", "POST", _abuse("decide", "threatened"), ENDED),
    ("desk:emotions_break", "F", "POST", _break("take")),
    ("desk:emotions_break", "F", "POST", _break("decline")),
    ("desk:emotions_rotation", "SM", "POST", _rotation("accept")),
    ("desk:emotions_rotation", "SM", "POST", _rotation("decline"), {"reason": "人手不够"}),
]
