"""What is told of its own accord: a team in which nothing moves, a case that changed hands too often. Each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases.models import Assignment, Case, Message
from steward.core.org.queries import heads_of
from steward.ground.access.models import User
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.science.worktime import working_time_between

from .. import events
from ..clocks import calendar_of
from ..kinds import handoffs_told, stuck_minutes
from ..models import CaseTeam, HandoffAlert

CLOCK = Actor.system("clock")
AT_ONCE = 200


def tell_stuck_teams(*, at: datetime) -> int:
    """Tell the owner and the supervisors of each team in which nothing moved for a working day; again only after something moved."""
    teams = CaseTeam.objects.filter(closed_at=None).select_related("case__unit", "owner__user")
    return sum(_stuck(team, at) for team in teams.order_by(F("stuck_told_at").asc(nulls_first=True), "progress_at", "pk")[:AT_ONCE])


def tell_handoffs(*, case_ids: Sequence[int], at: datetime) -> int:
    """Tell the supervisors of each of these cases that changed hands as often as the rule says."""
    told = HandoffAlert.objects.filter(case__in=case_ids).values("case")
    counted = Assignment.objects.filter(case__in=case_ids).exclude(case__in=told).values("case").annotate(holders=Count("pk"))
    often = {row["case"]: row["holders"] - 1 for row in counted if row["holders"] > 1}
    cases = Case.objects.filter(pk__in=often).select_related("unit").order_by("pk")
    return sum(_handoffs(case, often[case.pk], at) for case in cases if often[case.pk] >= handoffs_told(case.unit, at))


def last_progress(team: CaseTeam) -> datetime:
    """When a sub-task, a decision, a word of the conversation or an internal request last moved."""
    moved: list[datetime | None] = [team.progress_at, Message.objects.filter(case=team.case_id).aggregate(last=Max("at"))["last"]]
    requests = Entry.objects.filter(code__startswith="together.request_", links__type="cases.case", links__object_id=team.case_id)
    moved.append(requests.exclude(actor_kind="system").aggregate(last=Max("occurred_at"))["last"])
    return max(instant for instant in moved if instant is not None)


@transaction.atomic
def _stuck(team: CaseTeam, at: datetime) -> bool:
    since = last_progress(team)
    if since >= at or working_time_between(calendar_of(team.case.unit), since, at).total_seconds() < 60 * stuck_minutes(team.case.unit, at):
        return False
    if team.stuck_told_at is not None and team.stuck_told_at >= since:
        return False
    if not CaseTeam.objects.filter(pk=team.pk, closed_at=None, stuck_told_at=team.stuck_told_at).update(stuck_told_at=at):
        return False
    people = [team.owner.user, *heads_of(team.case.unit, at)]
    number = team.case.number
    _tell(
        people, in_words=lambda: _("Case %(number)s: nothing has moved for a working day") % {"number": number},
        url=reverse("together:team", args=[team.public_id]), key=f"together.stuck:{team.public_id}:{at.isoformat()}", at=at,
    )  # fmt: skip
    event = events.TeamStuck(len({person.pk for person in people}))
    journal.record(event, subject=team, by=CLOCK, at=at, unit_id=team.case.unit_id, links=[team.case])
    return True


@transaction.atomic
def _handoffs(case: Case, count: int, at: datetime) -> bool:
    alert, created = HandoffAlert.objects.get_or_create(case=case, defaults={"count": count, "at": at})
    if not created:
        return False
    people = heads_of(case.unit, at)
    _tell(
        people, in_words=lambda: _("Case %(number)s changed hands %(count)s times") % {"number": case.number, "count": count},
        url=reverse("cases:detail", args=[case.public_id]), key=f"together.handoffs:{case.public_id}", at=at,
    )  # fmt: skip
    journal.record(events.HandoffsReached(count, len(people)), subject=alert, by=CLOCK, at=at, unit_id=case.unit_id, links=[case])
    return True


def _tell(people: Sequence[User], *, in_words: Callable[[], str], url: str, key: str, at: datetime) -> None:
    notify(users=people, title=in_languages(in_words), url=url, at=at, icon="alarm", key=key)
