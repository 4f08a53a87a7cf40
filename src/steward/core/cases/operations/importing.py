"""Cases of another system, with their own past, many at a time: the same rows and entries that the single operations write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.bulk import PersonDraft, find_or_register_many
from steward.core.customers.models import Customer
from steward.core.org.models import Staff
from steward.ground.access import policies
from steward.ground.access.errors import Refused
from steward.ground.access.models import Unit, User
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.bulk import Happening, record_many
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed
from steward.ground.journal.rows import give_ids, insert_rows
from steward.ground.worktime.models import FIRST_DATE

from .. import clocks, events, hooks
from ..models import Assignment, Case, Message, Promise, PromiseTerm, State, StateSpan
from ..models.case import HoldReason
from .import_clocks import Timetable, Told
from .numbering import number_of, take_numbers

# The right to bring in records of another system; the room that reads them registers it.
RIGHT = "datahub.import"
EARLIEST = datetime.combine(FIRST_DATE, time(), UTC)
TITLE_LENGTH = 200
FINAL = (State.NEW, State.OPEN, State.ON_HOLD, State.CLOSED)


class CannotImport(Refused):
    """A record that no case can be made of; `fault` is one of the codes of `fault_of`."""

    code = "cannot_import"
    message = _("A record cannot become a case (%(fault)s). Nothing of this batch was written.")
    status = 422


@dataclass(frozen=True, slots=True)
class Passage:
    """From this instant the case was in this state; `reason` is that of waiting."""

    state: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A word of the conversation as another system kept it. direction: one of `Message.Direction`; a note never becomes anything else.

    author: the colleague who wrote it, where they are known here. of_person: whether the person of the case said it.
    """

    direction: str
    body: str
    at: datetime
    author: User | None = None
    of_person: bool = False


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as another system knew it. passages: its states by time, the first at its receipt.

    answered_at: when somebody replied, with `answer` as the words where they are known. said: the conversation behind the first word; the
    first word is `body`, or the title where `opening` says that there was one. clocks: whether the dates are good enough to measure
    promises by.
    """

    unit: Unit
    kind: str
    channel: str
    priority: str
    title: str
    passages: tuple[Passage, ...]
    body: str = ""
    service: ServiceItem | None = None
    category: Category | None = None
    person: PersonDraft | None = None
    assignee: Staff | None = None
    resolution: str = ""
    answer: str = ""
    answered_at: datetime | None = None
    said: tuple[Said, ...] = ()
    opening: bool = True
    clocks: bool = True

    @property
    def opened_at(self) -> datetime:
        return self.passages[0].at


def fault_of(draft: CaseDraft, *, at: datetime) -> str:
    """Why no case can be made of this draft, as a code; empty when one can."""
    if not draft.title.strip():
        return "no_title"
    if not draft.passages:
        return "no_history"
    ids = draft.unit.ancestor_ids
    if any(shared is not None and shared.unit_id not in ids for shared in (draft.service, draft.category)):
        return "other_organisation"
    if draft.assignee is not None and draft.assignee.unit.root_id != draft.unit.root_id:
        return "other_organisation"
    return _fault_of_times(draft, at)


def _fault_of_times(draft: CaseDraft, at: datetime) -> str:
    if draft.opened_at < EARLIEST:
        return "too_early"
    told = [draft.answered_at or draft.opened_at, *(word.at for word in draft.said)]
    if draft.passages[-1].at > at or max(told) > at:
        return "in_future"
    if any(later.at < earlier.at for earlier, later in pairwise(draft.passages)):
        return "unordered"
    if draft.answered_at is not None and draft.answered_at < draft.opened_at:
        return "answered_before_opened"
    for passage in draft.passages:
        if passage.state not in FINAL or (passage.state == State.ON_HOLD) != (passage.reason in HoldReason.values):
            return "unknown_state"
    return ""


@transaction.atomic
def import_cases(*, drafts: Sequence[CaseDraft], by: Actor, at: datetime, timetable: Timetable | None = None) -> list[Case]:
    """Make a case of each draft, all of one organisation, in this transaction; returned in the order given.

    Every case keeps its own dates: spans, messages, assignments and entries say when things happened, the journal also when they were recorded.
    by: an import actor (`Actor.importer(source, user)`); the user needs the right in every unit. timetable: keep one for a run of many batches.
    Raises Forbidden and CannotImport. A few hundred to a thousand drafts at a time are fine.
    """
    if not drafts:
        return []
    _require(drafts, by, at)
    cases = _cases(drafts, by, at)
    give_ids(cases)
    spans = [_spans(case, draft, by) for case, draft in zip(cases, drafts, strict=True)]
    table = timetable or Timetable(at=at)
    timed = zip(cases, spans, drafts, strict=True)
    terms = table.draft([Told(case, past, draft.answered_at) for case, past, draft in timed if draft.clocks or case.state != State.CLOSED])
    promises = _by_case(terms)
    for case in cases:
        case.next_due_at = clocks.earliest_due(promises[case.pk])
    messages = [_messages(case, draft) for case, draft in zip(cases, drafts, strict=True)]
    insert_rows(cases)
    insert_rows([span for past in spans for span in past])
    insert_rows([message for said in messages for message in said])
    insert_rows([assignment for case in cases for assignment in _assignments(case, by)])
    _save_promises(terms)
    record_many(list(_happenings(cases, drafts, spans, messages, promises)), by=by)
    for case in cases:
        hooks.run_on_open(case, by, case.opened_at)
    _announce(cases)
    return cases


@transaction.atomic
def import_words(*, later: Sequence[tuple[Case, Sequence[Said]]], by: Actor, at: datetime) -> int:
    """Add what was said in another system after its cases came here; states, dates and clocks stay as they are. Returns how many words.

    Raises Forbidden. The caller knows which words are new: by the other system's own numbers for them.
    """
    for unit in {case.unit_id: case.unit for case, _said in later}.values():
        policies.require(by, RIGHT, unit, at=at)
    words = [(case, _word(case, word)) for case, said in later for word in said]
    insert_rows([message for _case, message in words])
    happened = [
        Happening(events.MessageAdded(message.pk, message.direction, message.channel, message.automatic), case, message.at, case.unit_id)
        for case, message in words
    ]
    record_many(happened, by=by)
    _announce([case for case, _said in later])
    return len(words)


def _require(drafts: Sequence[CaseDraft], by: Actor, at: datetime) -> None:
    units = {draft.unit.pk: draft.unit for draft in drafts}
    for unit in units.values():
        policies.require(by, RIGHT, unit, at=at)
    if len({unit.root_id for unit in units.values()}) > 1:
        raise CannotImport(fault="other_organisation")
    for draft in drafts:
        if fault := fault_of(draft, at=at):
            raise CannotImport(fault=fault)


def _cases(drafts: Sequence[CaseDraft], by: Actor, at: datetime) -> list[Case]:
    """The cases, unsaved, with their people and numbers."""
    named = [draft for draft in drafts if draft.person]
    people = find_or_register_many(wanted=[(draft.unit, draft.person) for draft in named if draft.person], by=by, at=at)
    found = {id(draft): person for draft, person in zip(named, people, strict=True)}
    numbers = _numbers(drafts)
    return [_case(draft, number, found.get(id(draft))) for draft, number in zip(drafts, numbers, strict=True)]


def _case(draft: CaseDraft, number: str, person: Customer | None) -> Case:
    last = draft.passages[-1]
    return Case(
        organisation_id=draft.unit.root_id,
        number=number,
        unit=draft.unit,
        kind=draft.kind,
        channel=draft.channel,
        service=draft.service,
        category=draft.category,
        priority=draft.priority,
        title=draft.title.strip()[:TITLE_LENGTH],
        customer=person,
        state=last.state,
        hold_reason=last.reason,
        resolution=draft.resolution if last.state == State.CLOSED else "",
        assignee=draft.assignee,
        opened_at=draft.opened_at,
        closed_at=last.at if last.state == State.CLOSED else None,
        changed_at=max(last.at, draft.answered_at or last.at, *(word.at for word in draft.said)),
    )


def _numbers(drafts: Sequence[CaseDraft]) -> Iterator[str]:
    """The next numbers of each draft's year, in the order given: one statement a year, whose row stays locked until the commit."""
    zone = drafts[0].unit.timezone
    years = [draft.opened_at.astimezone(zone).year for draft in drafts]
    following = {year: iter(take_numbers(drafts[0].unit, year, years.count(year))) for year in sorted(set(years))}
    for year in years:
        yield number_of(year, next(following[year]))


def _spans(case: Case, draft: CaseDraft, by: Actor) -> list[StateSpan]:
    ends = [passage.at for passage in draft.passages[1:]] + [None]
    return [
        StateSpan(case=case, state=passage.state, reason=passage.reason, started_at=passage.at, ended_at=end, set_by=by.user)
        for passage, end in zip(draft.passages, ends, strict=True)
    ]


def _assignments(case: Case, by: Actor) -> list[Assignment]:
    if case.assignee is None:
        return []
    return [Assignment(case=case, staff=case.assignee, started_at=case.opened_at, ended_at=case.closed_at, set_by=by.user)]


def _save_promises(terms: Sequence[PromiseTerm]) -> None:
    promises = [term.promise for term in terms]
    insert_rows(promises)
    for term in terms:
        term.promise_id = term.promise.pk
    insert_rows(terms)


def _messages(case: Case, draft: CaseDraft) -> list[Message]:
    """What was said, the first word first. Nobody here wrote the first word and the answer, so they have no author."""
    kinds = Message.Direction
    rows = []
    if draft.body or draft.opening:
        first = draft.body or draft.title
        rows.append(Message(case=case, direction=kinds.IN, channel=case.channel, customer=case.customer, body=first, at=case.opened_at))
    if draft.answer and draft.answered_at is not None:
        rows.append(Message(case=case, direction=kinds.OUT, channel=case.channel, body=draft.answer, at=draft.answered_at))
    return rows + [_word(case, word) for word in draft.said]


def _word(case: Case, word: Said) -> Message:
    return Message(
        case=case,
        direction=Message.Direction(word.direction),
        channel=case.channel,
        author=word.author,
        customer=case.customer if word.of_person else None,
        body=word.body,
        at=word.at,
    )


def _by_case(terms: Sequence[PromiseTerm]) -> dict[int, list[Promise]]:
    found: dict[int, list[Promise]] = defaultdict(list)
    for term in terms:
        found[term.promise.case_id].append(term.promise)
    return found


def _happenings(
    cases: Sequence[Case],
    drafts: Sequence[CaseDraft],
    spans: Sequence[Sequence[StateSpan]],
    messages: Sequence[Sequence[Message]],
    promises: dict[int, list[Promise]],
) -> Iterator[Happening]:
    """Case by case, each in the order in which things happened."""
    label = Customer._meta.label_lower
    for case, draft, past, said in zip(cases, drafts, spans, messages, strict=True):
        links = [(label, case.customer.pk)] if case.customer is not None else []
        later = said[1:] if draft.body or draft.opening else said  # the first word is told by the opening
        told = list(_story(case, past, later, promises[case.pk]))
        told.sort(key=lambda pair: pair[1])
        for event, instant in told:
            opened = isinstance(event, events.CaseOpened)
            sealed = Sealed(Person.of(case.customer), after={"title": case.title}) if opened and case.customer is not None else None
            yield Happening(event, case, instant, draft.unit.pk, links, sealed)


def _story(
    case: Case, spans: Sequence[StateSpan], messages: Sequence[Message], promises: Sequence[Promise]
) -> Iterator[tuple[Event, datetime]]:
    opened = events.CaseOpened(case.kind, case.channel, case.priority, case.service_id, case.category_id, case.customer_id)
    yield opened, case.opened_at
    if case.assignee_id is not None:
        yield events.CaseAssigned(None, case.assignee_id, []), case.opened_at
    for before, after in pairwise(spans):
        yield _change(case, before, after), after.started_at
    for message in messages:
        yield events.MessageAdded(message.pk, message.direction, message.channel, message.automatic), message.at
    for promise in promises:
        if promise.met_at is not None:
            late = promise.missed_at is not None
            yield events.PromiseMet(promise.pk, promise.kind, promise.clock, late), promise.met_at
        elif promise.missed_at is not None:
            event = events.PromiseMissed(promise.pk, promise.kind, promise.clock, promise.missed_at.isoformat())
            yield event, promise.missed_at


def _change(case: Case, before: StateSpan, after: StateSpan) -> Event:
    if after.state == State.CLOSED:
        return events.CaseClosed(before.state, case.resolution)
    if before.state == State.CLOSED:
        return events.CaseReopened("")
    return events.StateChanged(before.state, after.state, after.reason)


def _announce(cases: Sequence[Case]) -> None:
    """Every page that shows these units or people looks again: once for the whole batch."""
    keys = {f"unit:{case.unit_id}:cases" for case in cases}
    keys |= {f"user:{case.assignee.user_id}" for case in cases if case.assignee is not None}
    topics.bump(*keys)
