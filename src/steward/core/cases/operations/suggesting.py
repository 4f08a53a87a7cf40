"""A complaint is one whatever it is called (ISO 10002): the rules point at the sentence, a person decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from steward.ground.journal.actors import Actor
from steward.science.text import is_complaint

from .. import events
from ..errors import AlreadyDecided, NeedsDowngradeReason
from ..models import Case, Kind, KindSuggestion, Message
from ..models.case import UNFINISHED
from .editing import change_kind
from .state import announce, lock_case, record, require

READ = 20_000  # characters of a message
READER = Actor.system("complaint_reader")


@transaction.atomic
def suggest_complaint(*, message: Message, at: datetime) -> KindSuggestion | None:
    """Read what came in; where it expresses dissatisfaction and an answer is expected, suggest it once. None where there is nothing to decide."""
    if message.direction != Message.Direction.IN or message.case.kind == Kind.COMPLAINT:
        return None
    sign = is_complaint(message.body[:READ])
    if sign.evidence is None:
        return None
    case = lock_case(message.case)
    if case.kind == Kind.COMPLAINT or case.state not in UNFINISHED:
        return None
    if KindSuggestion.objects.filter(message=message).exists() or case.kind_suggestions.filter(state=KindSuggestion.State.OPEN).exists():
        return None
    made = KindSuggestion.objects.create(
        case=case, message=message, start=sign.evidence.start, end=sign.evidence.end, demand=sign.demand[:40], made_at=at
    )
    record(events.KindSuggested(message.pk, Kind.COMPLAINT), case, by=READER, at=at)
    announce(case)
    return made


@transaction.atomic
def take_suggestion(*, suggestion: KindSuggestion, by: Actor, at: datetime) -> Case:
    """Yes, a complaint: the case becomes one, with the clocks of complaints. Raises AlreadyDecided and what change_kind raises."""
    case = lock_case(suggestion.case)
    require(by, "work", case, at)
    if not KindSuggestion.objects.filter(pk=suggestion.pk, state=KindSuggestion.State.OPEN).exists():
        raise AlreadyDecided()
    return change_kind(case=case, kind=Kind.COMPLAINT, by=by, at=at)


@transaction.atomic
def dismiss_suggestion(*, suggestion: KindSuggestion, by: Actor, at: datetime, reason: str) -> None:
    """No complaint, and why: not to treat somebody's dissatisfaction as one is as weighty as turning a complaint into something else."""
    case = lock_case(suggestion.case)
    require(by, "work", case, at)
    if not reason.strip():
        raise NeedsDowngradeReason()
    open_now = KindSuggestion.objects.filter(pk=suggestion.pk, state=KindSuggestion.State.OPEN)
    if not open_now.update(state=KindSuggestion.State.DISMISSED, decided_by=by.user, decided_at=at):
        raise AlreadyDecided()
    record(events.SuggestionDismissed(suggestion.message_id, Kind.COMPLAINT), case, by=by, at=at, reason=reason.strip())
    announce(case)
