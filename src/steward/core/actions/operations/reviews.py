"""The effect review: the data are frozen, the method is chosen from them, and the verdict makes the state."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from steward.ground.journal.actors import Actor

from .. import events
from ..assessment import Assessment, Figures, assess
from ..errors import NotNow, OwnReview, TooEarly
from ..models import Action, EffectReview, State
from ..models.action import REVIEWED
from .state import lock_action, move_action, record, require, today_of

REVIEWABLE = (State.DONE, *REVIEWED)


@transaction.atomic
def record_review(
    *, action: Action, figures: Figures, by: Actor, at: datetime, remark: str = "", expected_version: int | None = None
) -> EffectReview:
    """Review the effect on these figures. Nobody chooses the outcome: the method follows from the data, the state from the verdict.

    By somebody other than the owner, on the verification date or later. A newer review takes the place of an older one, which stays.
    Raises OwnReview, TooEarly, NotNow, Stale.
    """
    action = lock_action(action, expected_version=expected_version)
    if by.user is not None and by.user.pk == action.owner.user_id:
        raise OwnReview()
    require(by, "review", action, at)
    if action.state not in REVIEWABLE:
        raise NotNow(state=State(action.state).label)
    if today_of(action, at) < action.verify_date:
        raise TooEarly(date=action.verify_date.isoformat())
    found = assess(figures, better=action.direction)
    review = _write(action, figures, found, remark, by, at)
    event = events.EffectReviewed(review.pk, review.method, review.rung, review.verdict, review.outcome, review.data_hash)
    record(event, action, by=by, at=at, links=[action.owner.user])
    action.outcome, action.rung, action.verified_at = review.outcome, review.rung, at
    move_action(action, State(review.outcome), "outcome", "rung", "verified_at", by=by, at=at)
    return review


def _write(action: Action, figures: Figures, found: Assessment, remark: str, by: Actor, at: datetime) -> EffectReview:
    row = asdict(found)
    return EffectReview.objects.create(
        action=action,
        source=figures.source,
        stamp=dict(figures.stamp),
        data=figures.frozen,
        data_hash=figures.hash,
        practical=figures.practical,
        unit_words=figures.unit_words,
        remark=remark.strip(),
        reviewed_at=at,
        reviewed_by=by.user,
        **row,
    )
