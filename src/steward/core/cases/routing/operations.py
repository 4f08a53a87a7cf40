"""Handing a case out by its rule, asking for the next one, and taking back what lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from steward.core.org.availability import ABSENT, absences
from steward.core.org.models import Staff
from steward.core.org.queries import presence_now
from steward.ground.access.errors import Forbidden
from steward.ground.access.models import User
from steward.ground.access.policies import access_at, policy_for
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry
from steward.ground.worktime.errors import NoCalendar
from steward.ground.worktime.queries import work_calendar_for
from steward.science.worktime import working_time_between

from ..hooks import LABELS
from ..models import Assignment, Case, RoutingDecision, RoutingRule
from ..models.case import UNFINISHED
from ..models.routing import How, Why
from ..operations.state import lock_case, record, require
from ..operations.work import hand_to, unassign_case
from . import events
from .candidates import Candidate, people_for, wanted_skills, weigh_people
from .choosing import choose
from .errors import DeskFull, NotHere, NothingToPull
from .queries import waiting_cases, waits
from .rules import rule_for

ROUTER = Actor.policy("routing")
LOOKED_AT = 100  # waiting cases that one person's request goes through


@dataclass(frozen=True)
class Considered:
    """What a rule would do with a case now."""

    rule: RoutingRule
    candidates: Sequence[Candidate]
    chosen: Candidate | None
    how: How


def consider(case: Case, at: datetime, *, lock: bool = False) -> Considered | None:
    """Whom the case would go to, and why not to the others; None where no rule fits. Nothing is written.

    lock: keep the candidates' rows, so that two decisions at once do not both fill the same person.
    """
    rule = rule_for(case, at)
    if rule is None:
        return None
    people = people_for(case, at)
    if lock:
        # Not against other rows that point at them: an assignment by hand need not wait.
        ids = [staff.pk for staff, _leads in people]
        list(Staff.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    candidates = weigh_people(case, rule, people, at)
    chosen, how = choose(rule, candidates)
    return Considered(rule, candidates, chosen, how)


@transaction.atomic
def route_case(*, case: Case, by: Actor, at: datetime) -> RoutingDecision | None:
    """Give a waiting case to whom its rule names. None where no rule fits or the case no longer waits.

    Where nobody can take it, that is written once, and again only when the reasons change. Raises Forbidden and what guards refuse.
    """
    case = lock_case(case)
    require(by, "assign", case, at)
    if not waits(case):
        return None
    found = consider(case, at, lock=True)
    if found is None:
        return None
    if found.chosen is None:
        return _note_nobody(case, found, by=by, at=at)
    return _give(case, found.rule, found.candidates, found.chosen, found.how, by=by, at=at)


@transaction.atomic
def pull_next(*, staff: Staff, by: Actor, at: datetime, among: Q | None = None) -> RoutingDecision:
    """The first waiting case this person may and can take becomes theirs. Of many who ask at once, each gets another one.

    among: only cases that fit this, such as those of people who wait in a live chat.
    Raises Forbidden, NotHere, DeskFull, NothingToPull.
    """
    user = by.user
    if user is None or user.pk != staff.user_id:
        raise Forbidden(action="pull")
    staff = Staff.objects.select_for_update(no_key=True, of=("self",)).select_related("user", "unit").get(pk=staff.pk)
    if away := absences(staff, at):
        raise NotHere(state=LABELS.get(away[0].code, away[0].code))
    met: set[str] = set()
    units = access_at(user, at).unit_ids("cases.work")
    waiting = waiting_cases().filter(among or Q(), unit_id__in=units)
    for pk in list(waiting.values_list("pk", flat=True)[:LOOKED_AT]):
        case = _free(pk)
        if case is None or not policy_for(Case).may(by, "work", case, at=at):
            continue
        rule = rule_for(case, at)
        (candidate,) = weigh_people(case, rule, [(staff, False)], at, asked=True)
        if candidate.able:
            return _give(case, rule, [candidate], candidate, How.PULL, by=by, at=at)
        met.add("full" if candidate.refused == ["full"] else "other")
    raise DeskFull() if "full" in met else NothingToPull()


@transaction.atomic
def take_back(*, decision: RoutingDecision, by: Actor, at: datetime) -> RoutingDecision | None:
    """Take a case back on which nothing happened; the decision as it is now if that was done, None if there was no reason to. Safe to repeat."""
    case = lock_case(decision.case)
    require(by, "assign", case, at)
    decision = RoutingDecision.objects.select_related("rule", "chosen__user", "chosen__unit", "assignment").get(pk=decision.pk)
    if decision.settled_at is not None or decision.chosen is None:
        return None
    if _over(decision, case) or _began(decision):
        RoutingDecision.objects.filter(pk=decision.pk).update(settled_at=at)
        return None
    why = _why_back(decision, case, at)
    if why is None:
        return None
    decision.settled_at, decision.taken_back_at, decision.taken_back_why = at, at, why
    decision.save(update_fields=["settled_at", "taken_back_at", "taken_back_why"])
    unassign_case(case=case, by=by, at=at)
    record(events.CaseTakenBack(decision.pk, decision.chosen.pk, why), case, by=by, at=at, links=[decision.chosen.user])
    return decision


def watched_decisions(at: datetime) -> list[RoutingDecision]:
    """Decisions after which nothing has been seen to happen yet."""
    return list(RoutingDecision.objects.filter(settled_at=None, at__lte=at).select_related("case").order_by("at", "pk"))


def _give(
    case: Case,
    rule: RoutingRule | None,
    candidates: Sequence[Candidate],
    chosen: Candidate,
    how: How,
    *,
    by: Actor,
    at: datetime,
) -> RoutingDecision:
    staff = chosen.staff
    hand_to(case, staff, by=by, at=at, reason="")
    assignment = Assignment.objects.get(case=case, ended_at=None)
    return _write(case, rule, candidates, staff, how, assignment, by=by, at=at)


def _note_nobody(case: Case, found: Considered, *, by: Actor, at: datetime) -> RoutingDecision:
    last = case.routing_decisions.order_by("-pk").first()
    refusals = {candidate.staff.pk: candidate.refused for candidate in found.candidates}
    if last is not None and last.how == How.NOBODY and last.rule_id == found.rule.pk and _refusals(last) == refusals:
        return last
    return _write(case, found.rule, found.candidates, None, How.NOBODY, None, by=by, at=at)


def _refusals(decision: RoutingDecision) -> dict[int, list[str]]:
    return {row["staff"]: row["refused"] for row in decision.candidates}


def _write(
    case: Case,
    rule: RoutingRule | None,
    candidates: Sequence[Candidate],
    chosen: Staff | None,
    how: How,
    assignment: Assignment | None,
    *,
    by: Actor,
    at: datetime,
) -> RoutingDecision:
    decision = draft(case, rule, candidates, chosen, how, at)
    decision.assignment = assignment
    watched = chosen is not None and rule is not None and rule.take_back_minutes is not None
    decision.settled_at = None if watched else at
    decision.save(force_insert=True)
    event = events.CaseRouted(decision.pk, rule.pk if rule else None, chosen.pk if chosen else None, how, len(candidates))
    record(event, case, by=by, at=at, links=[chosen.user] if chosen else [])
    return decision


def draft(
    case: Case, rule: RoutingRule | None, candidates: Sequence[Candidate], chosen: Staff | None, how: How, at: datetime
) -> RoutingDecision:
    """The decision as it would be written."""
    waited = max(timedelta(0), at - case.opened_at)
    return RoutingDecision(
        case=case,
        rule=rule,
        at=at,
        how=how,
        chosen=chosen,
        waited_minutes=int(waited.total_seconds() // 60),
        skills=[{"skill": wanted.skill_id, "level": wanted.level} for wanted in wanted_skills(rule, waited)],
        candidates=[candidate.as_row() for candidate in candidates],
    )


def try_out(case: Case, at: datetime) -> RoutingDecision | None:
    """What would be decided about this case now, unsaved; None where no rule fits."""
    found = consider(case, at)
    if found is None:
        return None
    return draft(case, found.rule, found.candidates, found.chosen.staff if found.chosen else None, found.how, at)


def _free(pk: int) -> Case | None:
    """The case under its lock if it still waits; None if somebody else has it or is just deciding about it."""
    held = Case.objects.select_for_update(skip_locked=True).filter(pk=pk).values_list("pk", flat=True).first()
    if held is None:
        return None
    case = lock_case(Case(pk=pk))
    return case if waits(case) else None


def _over(decision: RoutingDecision, case: Case) -> bool:
    """The case is finished, or with somebody else, or was given anew."""
    running = decision.assignment is not None and decision.assignment.ended_at is None
    return not running or case.assignee_id != decision.chosen_id or case.state not in UNFINISHED


def _began(decision: RoutingDecision) -> bool:
    """Whether the person did anything to the case since it became theirs: wrote, noted, changed, held it."""
    user: User = decision.chosen.user  # type: ignore[union-attr]  # asked by the caller
    done = Entry.objects.filter(
        subject_type="cases.case", subject_id=decision.case_id, actor_ref=str(user.public_id), code__startswith="cases."
    )
    return done.filter(occurred_at__gt=decision.at).exists()


def _why_back(decision: RoutingDecision, case: Case, at: datetime) -> Why | None:
    staff, rule = decision.chosen, decision.rule
    assert staff is not None
    presence = presence_now([staff.pk], at).get(staff.pk)
    if (presence is not None and presence.state in ABSENT) or staff.ended_date is not None:
        return Why.AWAY
    if rule is None or rule.take_back_minutes is None:
        return None
    try:
        passed = working_time_between(work_calendar_for(case.unit), decision.at, at)
    except NoCalendar:
        return None  # nobody knows how much working time passed
    return Why.SILENT if passed >= timedelta(minutes=rule.take_back_minutes) else None
