"""Everybody who could get a case, and what speaks against each: asked for all at once, so that the answer to "why not them" is complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from steward.core.org.models import Presence, Staff, StaffSkill
from steward.core.org.queries import presence_now
from steward.core.org.shifts import end_of_day, remaining_minutes
from steward.ground.access.models import Confidant, Grant, Role, Unit
from steward.ground.rules.queries import revision
from steward.ground.worktime.queries import default_calendars, work_calendar

from .. import hooks
from ..models import Assignment, Case, Concern, RoutingDecision, RoutingRule, RoutingSkill, State
from ..models.case import IS_UNFINISHED
from .kinds import Capacity, capacity_in


@dataclass
class Candidate:
    """used, capacity: in the weights of the rule `routing_capacity`; capacity None: unlimited. left: working minutes of the shift.

    turn: the last decision of this rule that gave them a case; known_at: when they last worked for this customer, if the rule asks.
    refused: codes of what speaks against them; lacking: the skills they have not; said: words of objections that bring their own.
    """

    staff: Staff
    used: int = 0
    capacity: int | None = None
    left: int = 0
    turn: int = 0
    known_at: datetime | None = None
    refused: list[str] = field(default_factory=list)
    lacking: list[int] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)

    @property
    def able(self) -> bool:
        return not self.refused

    @property
    def load(self) -> float:
        """What they hold, as a share of what they can hold where that is limited."""
        return self.used / self.capacity if self.capacity else float(self.used)

    def as_row(self) -> dict[str, Any]:
        row = {"staff": self.staff.pk, "used": self.used, "capacity": self.capacity, "left": self.left, "known": self.known_at is not None}
        return row | {"refused": self.refused, "lacking": self.lacking, "said": self.said}


def people_for(case: Case, at: datetime) -> list[tuple[Staff, bool]]:
    """Those whose role lets them work in the case's unit or a part of it, by id; and whether they hand out work there."""
    roles = dict(Role.objects.filter(organisation_id=case.organisation_id).values_list("pk", "capabilities"))
    working = [pk for pk, capabilities in roles.items() if "cases.work" in capabilities]
    here = Q(unit_id__in=case.unit.ancestor_ids) | Q(unit__path__startswith=case.unit.path)
    grants = Grant.objects.in_force(at).filter(here, role_id__in=working).values_list("user_id", "role_id")
    leads: dict[int, bool] = defaultdict(bool)
    for user_id, role_id in grants:
        leads[user_id] |= "cases.assign" in roles[role_id]
    people = Staff.objects.filter(user_id__in=list(leads), ended_date=None).select_related("user", "unit").order_by("pk")
    return [(staff, leads[staff.user_id]) for staff in people]


def wanted_skills(rule: RoutingRule | None, waited: timedelta) -> list[RoutingSkill]:
    """The skills still asked for after so long a wait."""
    if rule is None:
        return []
    minutes = waited.total_seconds() / 60
    return [wanted for wanted in rule.skills.all() if wanted.relax_after_minutes is None or minutes < wanted.relax_after_minutes]


def weigh_people(
    case: Case, rule: RoutingRule | None, people: Sequence[tuple[Staff, bool]], at: datetime, *, asked: bool = False
) -> list[Candidate]:
    """A candidate for each of these people, with what speaks against them.

    asked: they ask for work themselves; then only that they may and can take it is looked at, not whether they are on the list of those free.
    """
    found = [Candidate(staff) for staff, _leads in people]
    ids = [candidate.staff.pk for candidate in found]
    _fill_loads(found, case, at)
    if not asked:
        _weigh_presence(found, at)
        if rule is None or not rule.with_leads:
            for candidate, (_staff, leads) in zip(found, people, strict=True):
                if leads:
                    candidate.refused.append("hands_out")
    _weigh_skills(found, wanted_skills(rule, at - case.opened_at), at)
    _weigh_case(found, case, at)
    if rule is not None:
        turns = dict(
            RoutingDecision.objects.filter(rule__lineage=rule.lineage, chosen_id__in=ids).values_list("chosen_id").annotate(Max("pk"))
        )
        known = _known(case, rule, ids, at)
        for candidate in found:
            candidate.turn, candidate.known_at = turns.get(candidate.staff.pk, 0), known.get(candidate.staff.pk)
    for candidate in found:
        if candidate.able:
            # What upper rooms know is asked one by one, so only of those who could get it.
            _add_objections(candidate, hooks.objections(candidate.staff, case, at))
    return found


def used_by(ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """How many cases of each channel each of these people holds; what is on hold takes nothing."""
    held: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Case.objects.filter(IS_UNFINISHED, assignee_id__in=list(ids)).exclude(state=State.ON_HOLD)
    for staff_id, channel, count in rows.values_list("assignee_id", "channel").annotate(Count("pk")):
        held[staff_id or 0][channel] = count
    return held


def _fill_loads(found: Sequence[Candidate], case: Case, at: datetime) -> None:
    units: dict[int, Unit] = {}
    for candidate in found:
        # One object for each unit, so that its zone and its capacity are looked up once.
        candidate.staff.unit = units.setdefault(candidate.staff.unit_id, candidate.staff.unit)
    known = Unit.with_lineages(units)
    for unit in units.values():
        unit.lineage = known[unit.pk].lineage
    at_revision = revision()
    capacities = {pk: capacity_in(unit, at, at_revision=at_revision) for pk, unit in units.items()}
    calendars = {pk: work_calendar(row) for pk, row in default_calendars({pk: unit.path for pk, unit in units.items()}).items()}
    held = used_by(candidate.staff.pk for candidate in found)
    for candidate in found:
        staff = candidate.staff
        capacity = capacities[staff.unit_id]
        candidate.used = _sum(capacity, held.get(staff.pk, {}))
        candidate.capacity = capacity.limit
        until = end_of_day(staff.unit, at)
        candidate.left = remaining_minutes(staff, at=at, until=until, calendar=calendars.get(staff.unit_id))
        if capacity.limit is not None and candidate.used + capacity.weight(case.channel) > capacity.limit:
            candidate.refused.append("full")


def _sum(capacity: Capacity, held: Mapping[str, int]) -> int:
    return sum(capacity.weight(channel) * count for channel, count in held.items())


def _weigh_presence(found: Sequence[Candidate], at: datetime) -> None:
    """Work comes by itself only to those who say that they are available, within their shift."""
    presences = presence_now([candidate.staff.pk for candidate in found], at)
    for candidate in found:
        presence = presences.get(candidate.staff.pk)
        if presence is None:
            candidate.refused.append("not_seen")
        elif presence.state != Presence.State.AVAILABLE:
            candidate.refused.append(presence.state)
        if candidate.left <= 0:
            candidate.refused.append("shift_over")


def _weigh_skills(found: Sequence[Candidate], wanted: Sequence[RoutingSkill], at: datetime) -> None:
    if not wanted:
        return
    rows = StaffSkill.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), staff_id__in=[candidate.staff.pk for candidate in found], starts_at__lte=at
    )
    levels: dict[tuple[int, int], int] = {
        (staff, skill): level for staff, skill, level in rows.values_list("staff_id", "skill_id", "level")
    }
    for candidate in found:
        candidate.lacking = [skill.skill_id for skill in wanted if levels.get((candidate.staff.pk, skill.skill_id), 0) < skill.level]
        if candidate.lacking:
            candidate.refused.append("skill")


def _weigh_case(found: Sequence[Candidate], case: Case, at: datetime) -> None:
    """Those the case is about, those a confidential case is kept from, and whoever had it last and gave it back or lost it."""
    concerned = set(Concern.objects.filter(case=case, ended_at=None).values_list("staff_id", flat=True))
    last = Assignment.objects.filter(case=case).order_by("-pk").values_list("staff_id", flat=True).first()
    listed: set[int] = set()
    if case.confidential:
        listed = set(
            Confidant.objects.filter(
                Q(ended_at=None) | Q(ended_at__gt=at), subject_type=Case._meta.label_lower, subject_id=case.pk, starts_at__lte=at
            ).values_list("user_id", flat=True)
        )
    for candidate in found:
        if candidate.staff.pk in concerned:
            candidate.refused.append("concerned")
        if case.confidential and candidate.staff.user_id not in listed:
            candidate.refused.append("not_listed")
        if candidate.staff.pk == last:
            candidate.refused.append("had_it")


def _known(case: Case, rule: RoutingRule, ids: Sequence[int], at: datetime) -> dict[int, datetime]:
    """When each of them last took a case of this customer, within the days the rule looks back."""
    if rule.continuity_days is None or case.customer_id is None:
        return {}
    since = at - timedelta(days=rule.continuity_days)
    rows = Assignment.objects.filter(case__customer=case.customer_id, staff_id__in=ids, started_at__gte=since).exclude(case=case.pk)
    return dict(rows.values_list("staff_id").annotate(Max("started_at")))


def _add_objections(candidate: Candidate, objections: Iterable[hooks.Objection]) -> None:
    for objection in objections:
        candidate.refused.append(objection.code)
        if objection.words:
            candidate.said[objection.code] = str(objection.words)
