"""Flags and steps. They point a colleague to what helps; nothing about the case itself changes by them."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from steward.core.cases.models import Case, Message
from steward.core.cases.operations.state import lock_case, require, require_unfinished
from steward.ground.journal.actors import Actor
from steward.ground.rules.models import RuleVersion
from steward.ground.statements import insert_rows

from .. import events
from ..errors import FlagIsDone, UnknownStep
from ..kinds import WordList, lexicon_of, playbook_of
from ..models import DeescalationStep, EmotionFlag
from ..reading import Sign, read
from .recovery import note_exposures_of
from .shared import record, sentence

READER = Actor.system("emotion_reader")
Source, Level = EmotionFlag.Source, EmotionFlag.Level


def read_message(*, message: Message, at: datetime, by_words: WordList | None = None) -> EmotionFlag | None:
    """Read what came in; the strongest word makes a flag with its sentence. None where nothing stands out or the case is flagged so already.

    by_words: the word list of the case's unit and its version, where many messages are read at once.
    """
    if message.direction != Message.Direction.IN:
        return None
    lexicon, version = by_words or lexicon_of(message.case.unit, at)
    sign = read(message.body, lexicon)
    return _flag_read(message, sign, version, at) if sign is not None else None


@transaction.atomic
def _flag_read(message: Message, sign: Sign, version: RuleVersion | None, at: datetime) -> EmotionFlag | None:
    case = lock_case(message.case)
    if case.is_finished or EmotionFlag.objects.filter(message=message, source=Source.LEXICON).exists():
        return None
    flag = EmotionFlag(
        case=case, source=Source.LEXICON, level=sign.level, message=message, start=sign.start, end=sign.end, term=sign.term[:60],
        lexicon=version, at=at,
    )  # fmt: skip
    return _keep(flag, case, by=READER, at=at)


@transaction.atomic
def flag_case(*, case: Case, level: str, by: Actor, at: datetime, words: str = "") -> EmotionFlag:
    """A colleague sees it. The same again finds the flag. Raises Forbidden."""
    case = lock_case(case)
    require(by, "work", case, at)
    require_unfinished(case)
    flag = EmotionFlag(case=case, source=Source.STAFF, level=Level(level), words=words.strip()[:500], flagged_by=by.user, at=at)
    kept = _keep(flag, case, by=by, at=at)
    return kept or EmotionFlag.objects.get(case=case, source=Source.STAFF, level=level, dismissed_at=None)


@transaction.atomic
def dismiss_flag(*, flag: EmotionFlag, reason: str, by: Actor, at: datetime) -> None:
    """It was not so, and why. What was counted by it counts no more; the row stays. Raises FlagIsDone."""
    case = lock_case(flag.case)
    require(by, "work", case, at)
    why = sentence(reason)
    open_now = EmotionFlag.objects.filter(pk=flag.pk, dismissed_at=None)
    if not open_now.update(dismissed_at=at, dismissed_by=by.user, dismiss_reason=why):
        raise FlagIsDone()
    record(events.EmotionDismissed(flag.pk), case, by=by, at=at, reason=why)


@transaction.atomic
def do_step(*, case: Case, code: str, by: Actor, at: datetime) -> DeescalationStep:
    """A step of the playbook was taken; who took it first stays. Raises UnknownStep."""
    case = lock_case(case)
    require(by, "work", case, at)
    playbook = playbook_of(case.unit, at)
    if code not in {step.code for step in playbook.steps}:
        raise UnknownStep()
    step, new = DeescalationStep.objects.get_or_create(
        case=case, code=code, defaults={"playbook": playbook.version, "done_by": by.user, "done_at": at}
    )
    if new:
        record(events.DeescalationStepDone(code), case, by=by, at=at)
    return step


def _keep(flag: EmotionFlag, case: Case, *, by: Actor, at: datetime) -> EmotionFlag | None:
    try:
        with transaction.atomic():
            insert_rows(flag)
    except IntegrityError:
        return None
    record(events.EmotionFlagged(flag.pk, flag.source, flag.level), case, by=by, at=at)
    if flag.is_severe:
        note_exposures_of(case=case, at=at)
    return flag
