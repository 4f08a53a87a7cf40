"""Questions about cases, answered as typed rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, models
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL

from steward.core.org.models import Staff
from steward.ground.access.models import Grant, Role, Unit, User
from steward.ground.access.policies import access_at, policy_for
from steward.ground.files.models import FileRef
from steward.ground.journal.models import Entry
from steward.ground.search.queries import RANKED, matching_ids
from steward.science.worktime import Segment

from . import clocks
from .attachments import files_by_message
from .held import held, some
from .models import Case, CaseLink, Merge, Message, Promise, PromiseTerm, State, Task
from .models.case import IS_UNFINISHED, HoldReason

SOON = timedelta(hours=4)
YEARS, MOST_DIGITS = 10, 6
NUMBER = re.compile(r"\d{4}-\d{1,9}")


@dataclass(frozen=True)
class ClockView:
    """One promise as the page shows it: red when broken, resting when paused, kept when met."""

    promise: Promise
    term: PromiseTerm | None

    @property
    def is_paused(self) -> bool:
        return self.promise.is_open and self.promise.due_at is None

    @property
    def is_statutory(self) -> bool:
        return self.promise.clock == "statutory"


@dataclass(frozen=True)
class Stretch:
    """A stretch of the past and what it counted; label: the state the case was in."""

    kind: str
    start: datetime
    end: datetime
    counted: timedelta
    label: str


@dataclass(frozen=True)
class ClockStory:
    """Why a clock stands where it stands: what counted, what rested, under which terms."""

    promise: Promise
    segments: Sequence[Stretch]
    terms: Sequence[PromiseTerm]
    elapsed_seconds: int
    remaining_seconds: int
    status: str


@dataclass(frozen=True)
class CaseFile:
    """What the case page shows at once, read in five queries; the rest follows when it is wanted (`surroundings`, `entries_of`)."""

    case: Case
    messages: Sequence[Message]
    files: Mapping[int, Sequence[FileRef]]
    clocks: Sequence[ClockView]
    merge: Merge | None

    @property
    def newest(self) -> int:
        """The last message that was written, whatever time it bears; 0 where there is none."""
        return max((message.pk for message in self.messages), default=0)

    @property
    def is_answered(self) -> bool:
        """Whether the last word is ours; notes are no words to the person."""
        words = [message.direction for message in self.messages if message.direction != Message.Direction.NOTE]
        return bool(words) and words[-1] == Message.Direction.OUT


@dataclass(frozen=True)
class Surroundings:
    """What stands beside the conversation: what is to do, and what and whom the case has to do with."""

    tasks: Sequence[Task]
    links: Sequence[tuple[CaseLink, Case]]
    merged: Sequence[Case]
    earlier: Sequence[Case]
    concerned: Sequence[Staff]


def visible_cases(user: User, *, at: datetime) -> QuerySet[Case]:
    """The cases a person sees. Their organisation is named again, because the indexes of all its cases begin with it."""
    seen = Case.objects.visible_to(user, at=at).filter(organisation=user.organisation_id)
    return seen.select_related("unit", "service", "category", "customer", "assignee__user", "merged_into")


def in_lists(cases: QuerySet[Case]) -> QuerySet[Case]:
    """With what a line says of a case and no more: each further table costs PostgreSQL milliseconds of planning."""
    return cases.select_related(None).select_related("unit", "customer", "assignee__user")


def filtered(cases: QuerySet[Case], filters: dict[str, Any], *, user: User, at: datetime) -> QuerySet[Case]:
    """Apply the filters of the list page. Unknown or empty ones change nothing."""
    state = filters.get("state") or "unfinished"
    if state == "unfinished":
        cases = cases.filter(IS_UNFINISHED)
    elif state != "any":
        cases = cases.filter(state=state)
    for field in ("kind", "priority", "channel"):
        if filters.get(field):
            cases = cases.filter(**{field: filters[field]})
    if filters.get("unit"):
        cases = cases.filter(unit__path__startswith=filters["unit"].path)
    cases = _by_assignee(cases, filters.get("assignee") or "", user)
    due = filters.get("due")
    if due == "over":
        cases = cases.filter(next_due_at__lt=at)
    elif due == "soon":
        cases = cases.filter(next_due_at__gte=at, next_due_at__lt=at + SOON)
    return _by_words(cases, (filters.get("q") or "").strip(), user=user, at=at)


def _by_assignee(cases: QuerySet[Case], assignee: str, user: User) -> QuerySet[Case]:
    if assignee == "me":
        return cases.filter(assignee__user=user)
    if assignee == "nobody":
        return cases.filter(assignee=None)
    if assignee.isdigit():
        return cases.filter(assignee_id=int(assignee))
    return cases


def _by_words(cases: QuerySet[Case], words: str, *, user: User, at: datetime) -> QuerySet[Case]:
    """By the search index: words of the case or its messages, or the customer's name; a number also by its end, as people say it."""
    if not words:
        return cases
    if NUMBER.fullmatch(words):
        return cases.filter(number=words)
    found = matching_ids(user, words, at=at, limits={"case": RANKED, "customer": 200}, seen_by_caller=("case",))
    chosen = _among([*found["case"], *_numbered(words, user, at)])
    if found["customer"]:
        chosen |= Q(customer__in=found["customer"])
    return cases.filter(chosen)


def _among(ids: list[int]) -> Q:
    """Cases with one of these ids. PostgreSQL takes them as one array: a thousand parameters take longer to write down than to look up."""
    if connection.vendor == "sqlite":
        return Q(pk__in=ids)
    return Q(RawSQL(f'"{Case._meta.db_table}"."id" = ANY(%s)', [ids], models.BooleanField()))  # noqa: S611 - our own name, a parameter


def _numbered(words: str, user: User, at: datetime) -> list[int]:
    """People say the end of a number: cases with the same end in each of the last years, which the index of numbers finds at once."""
    if not (words.isascii() and words.isdigit() and len(words) <= MOST_DIGITS):
        return []
    numbers = [f"{year}-{int(words):06d}" for year in range(at.year - YEARS, at.year + 2)]
    return list(Case.objects.filter(organisation=user.organisation_id, number__in=numbers).values_list("pk", flat=True))


def next_breaches(user: User, *, at: datetime, within: timedelta = SOON, limit: int = 50) -> list[Promise]:
    """Open promises that broke or will within the time given, the most urgent first, of the cases this person sees.

    The cases are found by their cached next due time, in the order of its index; then their promises are read.
    """
    unfinished = visible_cases(user, at=at).filter(IS_UNFINISHED, next_due_at__lt=at + within)
    cases = {case.pk: case for case in unfinished.order_by("next_due_at", "pk")[:limit]}
    promises = Promise.objects.filter(case__in=list(cases), met_at=None, cancelled_at=None, due_at__lt=at + within)
    found = sorted(promises, key=lambda promise: (promise.due_at or at, promise.pk))[:limit]
    for promise in found:
        promise.case = cases[promise.case_id]
    return found


def case_file(case: Case, user: User, *, at: datetime) -> CaseFile:
    # One list of cases, not one condition or another on the messages: for that PostgreSQL would read them all.
    family = Case.objects.filter(Q(pk=case.pk) | Q(merged_into=case) & policy_for(Case).visible(user, at=at))
    messages = list(
        Message.objects.filter(case__in=family.values("pk")).select_related("author", "customer", "case", "suggestion").order_by("at", "id")
    )
    merge = case.merges.filter(undone_at=None).select_related("into").first() if case.state == State.MERGED else None
    return CaseFile(case=case, messages=messages, files=files_by_message(messages), clocks=clock_views(case), merge=merge)


def surroundings(case: Case, user: User, *, at: datetime) -> Surroundings:
    seen = Case.objects.visible_to(user, at=at)
    merged = some(case, "cases.merged", _merged(case, user, at).select_related("customer").order_by("id"))
    family = [case.pk, *(child.pk for child in merged)]
    return Surroundings(
        tasks=some(
            case, "cases.tasks", Task.objects.filter(case__in=family).select_related("owner__user").order_by("state", "due_at", "id")
        ),
        links=_links(case, seen) if "cases.links" in held(case) else [],
        merged=merged,
        earlier=_earlier(case, seen),
        concerned=some(
            case,
            "cases.concerned",
            Staff.objects.filter(concerns__case=case, concerns__ended_at=None).select_related("user").order_by("pk"),
        ),
    )


def _merged(case: Case, user: User, at: datetime) -> QuerySet[Case]:
    """What was merged into the case, as far as this person sees it."""
    return Case.objects.visible_to(user, at=at).filter(merged_into=case)


def clock_views(case: Case) -> list[ClockView]:
    """The case's promises, statutory first; for each the term that holds now."""
    terms_with_policy = Prefetch("terms", PromiseTerm.objects.select_related("policy"))
    promises = case.promises.filter(cancelled_at=None).prefetch_related(terms_with_policy).order_by("-clock", "due_at", "id")
    views = []
    for promise in promises:
        terms = sorted(promise.terms.all(), key=lambda term: (term.starts_at, term.pk))
        views.append(ClockView(promise, terms[-1] if terms else None))
    return views


def clock_story(promise: Promise, *, at: datetime) -> ClockStory | None:
    """Count a policy clock again, segment by segment. None for a promise with a fixed date: there is nothing to count."""
    if promise.fixed_due_at is not None:
        return None
    case = promise.case
    terms = list(promise.terms.select_related("policy", "calendar").order_by("starts_at", "id"))
    until = min(at, promise.met_at) if promise.met_at else at
    result = clocks.replay_promise(promise, spans=list(case.spans.order_by("started_at", "id")), terms=terms, unit=case.unit, at=until)
    stretches = [_stretch(segment) for segment in result.segments]
    return ClockStory(promise, stretches, terms, int(result.elapsed.total_seconds()), int(result.remaining.total_seconds()), result.status)


def _stretch(segment: Segment) -> Stretch:
    label = HoldReason(segment.reason).label if segment.reason else State(segment.state).label
    return Stretch(segment.kind, segment.start, segment.end, segment.counted, str(label))


def _working_roles(organisation_id: int) -> list[int]:
    roles = Role.objects.filter(organisation_id=organisation_id).values_list("pk", "capabilities")
    return [pk for pk, capabilities in roles if "cases.work" in capabilities]


def colleagues(case: Case) -> QuerySet[Staff]:
    """Those employed in the case's unit, below it and above it: whom a case can be about."""
    units = Q(unit__path__startswith=case.unit.path) | Q(unit_id__in=case.unit.ancestor_ids)
    return Staff.objects.filter(units, ended_date=None).select_related("user", "unit").order_by("unit__path", "user__name")


def assignable_staff(case: Case, *, at: datetime) -> QuerySet[Staff]:
    """Colleagues a case can be handed to: those whose roles let them work on cases."""
    workers = Grant.objects.in_force(at).filter(role__in=_working_roles(case.organisation_id)).values("user")
    return colleagues(case).filter(user__in=workers)


def units_for(user: User, capability: str, *, at: datetime) -> QuerySet[Unit]:
    return Unit.objects.filter(pk__in=access_at(user, at).unit_ids(capability), closed_at=None).order_by("path")


def units_of_organisation(case: Case) -> QuerySet[Unit]:
    return Unit.objects.filter(path__startswith=f"{case.organisation_id}.", closed_at=None).order_by("path")


def entries_of(case: Case, *, limit: int = 100) -> Sequence[Entry]:
    """What the journal says of the case, the newest first."""
    return list(Entry.objects.filter(subject_type="cases.case", subject_id=case.pk).order_by("-seq")[:limit])


def _links(case: Case, seen: QuerySet[Case]) -> list[tuple[CaseLink, Case]]:
    links = CaseLink.objects.filter(Q(source=case) | Q(target=case), ended_at=None).select_related("source", "target")
    others = {link.pk: link.target if link.source_id == case.pk else link.source for link in links}
    visible = set(seen.filter(pk__in=[other.pk for other in others.values()]).values_list("pk", flat=True))
    return [(link, others[link.pk]) for link in links if others[link.pk].pk in visible]


def _earlier(case: Case, seen: QuerySet[Case]) -> list[Case]:
    if case.customer_id is None:
        return []
    return list(seen.filter(customer=case.customer_id).exclude(pk=case.pk).order_by("-opened_at")[:5])


def names_of_staff(ids: Iterable[int]) -> dict[int, str]:
    return dict(Staff.objects.filter(pk__in=set(ids)).values_list("pk", "user__name"))
