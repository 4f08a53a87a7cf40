"""Questions about findings and actions, answered as typed rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import access_at

from . import subjects
from .models import Action, ActionSpan, Change, EffectReview, Evidence, Finding, Recurrence, State, Telling
from .models.action import REVIEWED, TO_DO
from .subjects import SubjectLink


@dataclass(frozen=True)
class Shown:
    """A row that names something of another room, and how this reader may see that; link is None where they may not."""

    row: Any
    link: SubjectLink | None
    kind: str


@dataclass(frozen=True)
class ActionFile:
    """What the page of an action shows."""

    action: Action
    reviews: Sequence[EffectReview]
    tellings: Sequence[Shown]
    recurrences: Sequence[Shown]
    evidence: Sequence[Shown]

    @property
    def current(self) -> EffectReview | None:
        """The review that counts: the newest since the action was last taken up."""
        reopened = self.action.reopened_at
        return next((review for review in self.reviews if reopened is None or review.reviewed_at > reopened), None)


def visible_actions(user: User, *, at: datetime) -> QuerySet[Action]:
    return Action.objects.visible_to(user, at=at).select_related("unit", "owner__user", "owner__unit", "finding__unit")


def visible_findings(user: User, *, at: datetime) -> QuerySet[Finding]:
    return Finding.objects.visible_to(user, at=at).select_related("unit")


def current_review(action: Action) -> EffectReview | None:
    """The newest review since the action was last taken up; what was reviewed before that no longer counts."""
    reviews = EffectReview.objects.filter(action=action)
    if action.reopened_at is not None:
        reviews = reviews.filter(reviewed_at__gt=action.reopened_at)
    return reviews.order_by("-reviewed_at", "-pk").first()


def action_file(action: Action, user: User, *, at: datetime) -> ActionFile:
    reviews = list(action.reviews.select_related("reviewed_by").order_by("-reviewed_at", "-pk"))
    tellings = list(Telling.objects.filter(action=action).select_related("told_by").order_by("-told_at", "-pk"))
    recurrences = list(Recurrence.objects.filter(action=action).select_related("recorded_by").order_by("-recorded_at", "-pk"))
    evidence = list(_evidence(action.finding)) if action.finding else []
    links = subjects.links_for(user, [*tellings, *recurrences, *evidence], at=at)
    return ActionFile(action, reviews, shown(tellings, links), shown(recurrences, links), shown(evidence, links))


def evidence_of(finding: Finding, user: User, *, at: datetime) -> list[Shown]:
    rows = list(_evidence(finding))
    return shown(rows, subjects.links_for(user, rows, at=at))


def shown(rows: Sequence[Any], links: Mapping[tuple[str, int], SubjectLink]) -> list[Shown]:
    return [Shown(row, links.get((row.subject_type, row.subject_id)), str(subjects.label_of(row.subject_type))) for row in rows]


def _evidence(finding: Finding) -> QuerySet[Evidence]:
    return Evidence.objects.filter(finding=finding).select_related("added_by").order_by("added_at", "pk")


def about(subject_type: str, subject_id: int, user: User, *, at: datetime) -> list[tuple[Finding, list[Action]]]:
    """The findings that rest on a row of another room, with their actions, as far as this reader sees them."""
    rests = Evidence.objects.filter(subject_type=subject_type, subject_id=subject_id).values("finding")
    findings = list(visible_findings(user, at=at).filter(pk__in=rests).order_by("-opened_at"))
    actions = list(visible_actions(user, at=at).filter(finding__in=findings).order_by("opened_at"))
    return [(finding, [action for action in actions if action.finding_id == finding.pk]) for finding in findings]


def alike(finding: Finding, user: User, *, at: datetime) -> list[Finding]:
    """Earlier findings of the same cause and step in the same organisation: the same thing again, perhaps."""
    if not finding.cause or not finding.step:
        return []
    same = visible_findings(user, at=at).filter(
        cause=finding.cause, step__iexact=finding.step, unit__path__startswith=f"{finding.unit.root_id}."
    )
    return list(same.exclude(pk=finding.pk).order_by("-opened_at")[:5])


def filtered_actions(actions: QuerySet[Action], filters: Mapping[str, Any], *, user: User, today: date) -> QuerySet[Action]:
    """Apply the filters of the register. Unknown or empty ones change nothing."""
    state = filters.get("state") or "unfinished"
    if state == "unfinished":
        actions = actions.exclude(state__in=(State.CLOSED, State.CANCELLED))
    elif state == "reviewed":
        actions = actions.filter(state__in=REVIEWED)
    elif state == "overdue":
        actions = actions.filter(Q(state__in=TO_DO, due_date__lt=today) | Q(state=State.DONE, verify_date__lt=today))
    elif state == "review":
        actions = actions.filter(state=State.DONE, verify_date__lte=today)
    elif state != "any":
        actions = actions.filter(state=state)
    for field in ("kind", "lever", "outcome"):
        if filters.get(field):
            actions = actions.filter(**{field: filters[field]})
    if filters.get("owner") == "me":
        actions = actions.filter(owner__user=user)
    if filters.get("unit"):
        actions = actions.filter(unit__path__startswith=filters["unit"].path)
    words = (filters.get("q") or "").strip()
    return (
        actions.filter(Q(title__icontains=words) | Q(hypothesis__icontains=words) | Q(owner__user__name__icontains=words))
        if words
        else actions
    )


def filtered_findings(findings: QuerySet[Finding], filters: Mapping[str, Any]) -> QuerySet[Finding]:
    state = filters.get("state") or Finding.State.OPEN
    if state != "any":
        findings = findings.filter(state=state)
    for field in ("source", "cause"):
        if filters.get(field):
            findings = findings.filter(**{field: filters[field]})
    words = (filters.get("q") or "").strip()
    return findings.filter(Q(title__icontains=words) | Q(detail__icontains=words) | Q(step__icontains=words)) if words else findings


def owners_for(unit: Unit | None, organisation: Unit | None) -> QuerySet[Staff]:
    """Who may own an action: everybody who works in the organisation."""
    root = unit.root_id if unit is not None else organisation.pk if organisation is not None else 0
    staff = Staff.objects.filter(unit__path__startswith=f"{root}.", ended_date=None, user__is_active=True)
    return staff.select_related("user", "unit").order_by("unit__path", "user__name")


def comparison_units(action: Action, user: User, *, at: datetime) -> QuerySet[Unit]:
    """Units whose figures may stand beside the action's: others of the organisation that this reader sees figures of, neither above nor below."""
    seen = access_at(user, at).unit_ids("actions.view")
    above = action.unit.ancestor_ids
    return (
        Unit.objects.filter(pk__in=seen, closed_at=None).exclude(pk__in=above).exclude(path__startswith=action.unit.path).order_by("path")
    )


@dataclass(frozen=True)
class Line:
    """One line of a story: what happened, by whom, when. code: "moved", "changed", "reviewed", "told" or "again"."""

    at: datetime
    code: str
    who: str
    row: Any


def story_of(row: Action | Finding) -> list[Line]:
    """Everything that happened to an action or a finding, the newest first."""
    changes = Change.objects.filter(**{"action" if isinstance(row, Action) else "finding": row}).select_related("changed_by")
    lines = [Line(change.changed_at, "changed", _name(change.changed_by), change) for change in changes]
    spans: Any = row.spans.select_related("set_by")
    lines += [Line(span.started_at, "moved", _name(span.set_by), span) for span in spans]
    if isinstance(row, Action):
        lines += [Line(each.recorded_at, "again", _name(each.recorded_by), each) for each in row.recurrences.select_related("recorded_by")]
        lines += [Line(each.told_at, "told", _name(each.told_by), each) for each in row.tellings.select_related("told_by")]
        lines += [Line(each.reviewed_at, "reviewed", _name(each.reviewed_by), each) for each in row.reviews.select_related("reviewed_by")]
    return sorted(lines, key=lambda line: (line.at, isinstance(line.row, ActionSpan), line.row.pk), reverse=True)


def _name(user: User | None) -> str:
    return user.name if user is not None else ""
