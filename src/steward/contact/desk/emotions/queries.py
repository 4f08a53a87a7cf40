"""Emotional situations as pages show them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.core.cases.held import some
from steward.core.cases.models import Case
from steward.core.org.models import Presence, Staff
from steward.core.org.queries import presence_now
from steward.ground.access.models import User
from steward.ground.rules.operations import today_of

from .kinds import Limits, Playbook, Step, limits_of, playbook_of
from .models import AbuseRecord, DebriefNote, DeescalationStep, EmotionFlag, HardExposure, RecoveryBreak, RotationProposal, SupervisorJoin


@dataclass(frozen=True)
class Situation:
    """Everything about one case: what was flagged, what was done about it. standing: the flags that are not dismissed."""

    flags: Sequence[EmotionFlag]
    playbook: Playbook
    steps: Sequence[tuple[Step, DeescalationStep | None]]
    join: SupervisorJoin | None
    abuse: Sequence[AbuseRecord]

    @property
    def standing(self) -> list[EmotionFlag]:
        return [flag for flag in self.flags if flag.dismissed_at is None]

    @property
    def strongest(self) -> EmotionFlag | None:
        return next((flag for flag in self.standing if flag.is_severe), next(iter(self.standing), None))


@dataclass(frozen=True)
class Burden:
    """What a shift has cost somebody: hard cases so far, their breaks and the proposal to rotate."""

    staff: Staff
    hard: int
    limits: Limits
    breaks: Sequence[RecoveryBreak]
    rotation: RotationProposal | None
    presence: Presence | None

    @property
    def is_full(self) -> bool:
        return self.hard >= self.limits.per_shift


HOLDS: dict[str, Callable[[Any], QuerySet[Any]]] = {
    "emotions.steps": lambda case: DeescalationStep.objects.filter(case=case),
    "emotions.joins": lambda case: SupervisorJoin.objects.filter(case=case),
    "emotions.flags": lambda case: EmotionFlag.objects.filter(case=case),
    "emotions.abuse": lambda case: AbuseRecord.objects.filter(case=case),
}


def situation(case: Case, at: datetime) -> Situation:
    flags = EmotionFlag.objects.filter(case=case).select_related("message", "flagged_by", "dismissed_by", "lexicon").order_by("-at", "-pk")
    playbook = playbook_of(case.unit, at)
    done = {row.code: row for row in some(case, "emotions.steps", DeescalationStep.objects.filter(case=case).select_related("done_by"))}
    joins = SupervisorJoin.objects.filter(case=case).select_related("asked_by", "joined_by").order_by("-asked_at", "-pk")
    abuse = AbuseRecord.objects.filter(case=case).select_related("message", "recorded_by", "warned_by", "decided_by").order_by("-at", "-pk")
    steps = [(step, done.get(step.code)) for step in playbook.steps]
    join = next(iter(some(case, "emotions.joins", joins[:1])), None)
    return Situation(some(case, "emotions.flags", flags[:50]), playbook, steps, join, some(case, "emotions.abuse", abuse[:20]))


def debriefs_seen(user: User, case: Case, *, at: datetime) -> QuerySet[DebriefNote]:
    return DebriefNote.objects.visible_to(user, at=at).filter(case=case).select_related("staff__user", "written_by").order_by("-at", "-pk")


def people_seen(user: User) -> QuerySet[Staff]:
    """Oneself, and those whom one leads; nobody else learns what somebody has borne."""
    mine = Q(user=user) | Q(unit_id__in=user.access.unit_ids("org.lead"))
    return Staff.objects.filter(mine, ended_date=None).select_related("user", "unit")


def burdens(people: Sequence[Staff], at: datetime) -> list[Burden]:
    """Of the shift that runs for each of them."""
    ids = [person.pk for person in people]
    days = {person.pk: today_of(person.unit, at) for person in people}
    recent = sorted(set(days.values()))
    hard: dict[int, int] = dict.fromkeys(ids, 0)
    for staff_id, day in HardExposure.objects.filter(staff_id__in=ids, day__in=recent, flag__dismissed_at=None).values_list(
        "staff_id", "day"
    ):
        hard[staff_id] += days[staff_id] == day
    rotations: Mapping[int, RotationProposal] = {
        row.staff_id: row
        for row in RotationProposal.objects.filter(staff_id__in=ids, day__in=recent).select_related("decided_by")
        if days[row.staff_id] == row.day
    }
    breaks: dict[int, list[RecoveryBreak]] = {pk: [] for pk in ids}
    for row in RecoveryBreak.objects.filter(staff_id__in=ids).select_related("presence", "staff__unit").order_by("-offered_at")[:500]:
        if today_of(row.staff.unit, row.offered_at) == days[row.staff_id]:
            breaks[row.staff_id].append(row)
    presences = presence_now(ids, at)
    return [
        Burden(one, hard[one.pk], limits_of(one.unit, at), breaks[one.pk], rotations.get(one.pk), presences.get(one.pk)) for one in people
    ]


def open_rotations(user: User, *, at: datetime) -> QuerySet[RotationProposal]:
    led = RotationProposal.objects.filter(staff__unit_id__in=user.access.unit_ids("org.lead"), state=RotationProposal.State.OPEN)
    return led.exclude(staff__user=user).select_related("staff__user", "staff__unit").order_by("proposed_at", "pk")
