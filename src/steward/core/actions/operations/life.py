"""From planned to closed, and back when it happens again."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop

from steward.ground.delivery.listeners import in_all_languages
from steward.ground.delivery.notices import notify
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import Missing, NeedsVerifyDate, NoReview, NotNow, OwnReview, StartsLater, TooEarly, VerifiedBeforeDue
from ..models import Action, Finding, Recurrence, State
from ..models.action import OVER, REVIEWED, TO_DO
from ..queries import current_review
from .state import (
    checked_subject,
    lock_action,
    lock_finding,
    move_action,
    move_finding,
    record,
    require,
    require_reason,
    require_state,
    today_of,
)

HAPPENED_AGAIN = gettext_noop("It happened again: %(title)s")
TAKEN_UP = gettext_noop("Your action is open again. See what happened, and what is to be done now.")


@transaction.atomic
def start_action(*, action: Action, by: Actor, at: datetime, started_date: date | None = None) -> Action:
    """The change begins on this day, by default today. Before and after are told apart by it."""
    action = lock_action(action)
    require(by, "work", action, at)
    require_state(action, State.PLANNED, State.REOPENED)
    today = today_of(action, at)
    if started_date is not None and started_date > today:
        raise StartsLater()
    action.started_date = started_date or today
    move_action(action, State.IN_PROGRESS, "started_date", by=by, at=at)
    return action


@transaction.atomic
def finish_action(*, action: Action, by: Actor, at: datetime, reason: str = "", verify_date: date | None = None) -> Action:
    """It is done; whether it worked is seen on the verification date. One that has passed needs a new one. Raises NeedsVerifyDate."""
    action = lock_action(action)
    require(by, "work", action, at)
    require_state(action, *TO_DO)
    today = today_of(action, at)
    if verify_date is not None:
        if verify_date < action.due_date:
            raise VerifiedBeforeDue()
        action.verify_date = verify_date
    if action.verify_date < today:
        raise NeedsVerifyDate(date=action.verify_date.isoformat())
    action.started_date = action.started_date or today
    action.done_at = at
    move_action(action, State.DONE, "done_at", "verify_date", "started_date", by=by, at=at, reason=reason)
    return action


@transaction.atomic
def close_action(*, action: Action, by: Actor, at: datetime, reason: str = "", expected_version: int | None = None) -> Action:
    """It is over: verified, by somebody else, not before its date. Raises TooEarly, NoReview, OwnReview."""
    action = lock_action(action, expected_version=expected_version)
    require(by, "work", action, at)
    if action.is_over:
        raise NotNow(state=State(action.state).label)
    if today_of(action, at) < action.verify_date:
        raise TooEarly(date=action.verify_date.isoformat())
    review = current_review(action)
    if review is None or action.state not in REVIEWED:
        raise NoReview()
    if review.reviewed_by_id is not None and review.reviewed_by_id == action.owner.user_id:
        raise OwnReview()
    action.closed_at = at
    move_action(action, State.CLOSED, "closed_at", by=by, at=at, reason=reason)
    return action


@transaction.atomic
def reopen_action(
    *, action: Action, by: Actor, at: datetime, reason: str, due_date: date | None = None, verify_date: date | None = None
) -> Action:
    """Take it up again, with new dates where they are given. What was reviewed before stays, and no longer counts."""
    action = lock_action(action)
    require(by, "manage", action, at)
    require_state(action, State.DONE, *REVIEWED, *OVER)
    action.due_date, action.verify_date = due_date or action.due_date, verify_date or action.verify_date
    if action.verify_date < action.due_date:
        raise VerifiedBeforeDue()
    _take_up(action, require_reason(reason), by=by, at=at)
    return action


@transaction.atomic
def cancel_action(*, action: Action, by: Actor, at: datetime, reason: str) -> Action:
    action = lock_action(action)
    require(by, "manage", action, at)
    require_state(action, *TO_DO, State.DONE, *REVIEWED)
    move_action(action, State.CANCELLED, by=by, at=at, reason=require_reason(reason))
    return action


@transaction.atomic
def record_recurrence(
    *, action: Action, note: str, by: Actor, at: datetime, subject_type: str = "", subject_id: int | None = None
) -> Recurrence:
    """It happened again. Whatever stage the action was in, it is taken up again, its finding too, and its owner is told."""
    action = lock_action(action)
    require(by, "manage", action, at)
    if not note.strip():
        raise Missing(field=Recurrence._meta.get_field("note").verbose_name)
    if action.state == State.CANCELLED:
        raise NotNow(state=State(action.state).label)
    checked_subject(subject_type, subject_id, by=by, at=at)
    recurrence = Recurrence.objects.create(
        action=action, note=note.strip()[:500], subject_type=subject_type, subject_id=subject_id, recorded_at=at, recorded_by=by.user
    )
    record(events.RecurrenceRecorded(subject_type, subject_id), action, by=by, at=at, links=[action.owner.user])
    if action.state not in TO_DO:
        # The words stay in the row of the recurrence, where they can be blanked.
        _take_up(action, "", by=by, at=at)
    notify(
        users=[action.owner.user],
        title=in_all_languages(HAPPENED_AGAIN, title=action.title),
        text=in_all_languages(TAKEN_UP),
        url=reverse("actions:detail", args=[action.public_id]),
        icon="rotate",
        at=at,
        key=f"recurrence:{recurrence.pk}",
    )
    return recurrence


def _take_up(action: Action, reason: str, *, by: Actor, at: datetime) -> None:
    action.closed_at = action.done_at = action.verified_at = None
    action.outcome = action.rung = ""
    action.reopened_at = at
    fields = ("closed_at", "done_at", "verified_at", "outcome", "rung", "reopened_at", "due_date", "verify_date")
    move_action(action, State.REOPENED, *fields, by=by, at=at, reason=reason)
    if action.finding is not None and action.finding.state != Finding.State.OPEN:
        move_finding(lock_finding(action.finding), Finding.State.OPEN, by=by, at=at, reason=reason)
