"""A reply that a colleague reads first: handed over, changed, given back, approved, sent. One changes it at a time, by its version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, Message
from steward.core.cases.operations.state import lock_case, require_unfinished
from steward.core.org.models import Staff
from steward.ground.access.policies import policy_for
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.journal.events import Event
from steward.ground.journal.operations import Person, Sealed
from steward.ground.statements import Prepared

from .. import events
from ..errors import NothingWritten, NotNow, OwnReview, ReviewerCannot, ReviewOpen, TextChanged
from ..models import Draft, DraftStep, SharedDraft
from .demands import is_on_probation
from .drafts import empty

HOUSE = Actor.policy("review")
TASK = "writing.review"
State, Act = SharedDraft.State, DraftStep.Act


@transaction.atomic
def ask_review(
    *, case: Case, author: Staff, reviewer: Staff, body: str, why: str, by: Actor, at: datetime, draft: int | None = None
) -> SharedDraft:
    """Hand a reply to a colleague, with a word why; what stood in the composer goes with it.

    draft: the version of the author's own draft that it began with; one that was written on since stays in the composer.

    Raises Forbidden, NothingWritten, OwnReview, ReviewerCannot, ReviewOpen.
    """
    case = lock_case(case)
    policy_for(Case).require(by, "work", case, at=at)
    require_unfinished(case)
    _words(body)
    _may_review(case, author, reviewer, at)
    values = {"case": case, "author": author, "reviewer": reviewer, "body": body, "why": why.strip()}
    try:
        with transaction.atomic():
            shared = SharedDraft.objects.create(**values, asked_at=at, changed_at=at)
    except IntegrityError:
        raise ReviewOpen() from None
    written = Draft.objects.filter(case=case, user=author.user, direction=Message.Direction.OUT)
    for row in written if draft is None else written.filter(version=draft):
        empty(row, at)
    _hand_over(shared, why, again=False, by=by, at=at)
    return shared


@transaction.atomic
def edit_shared(*, shared: SharedDraft, body: str, version: int, by: Actor, at: datetime) -> SharedDraft:
    """Change the text. Whoever has it may: the reviewer while it waits, the author once it was given back. Raises TextChanged, NotNow.

    What was approved is changed by nobody: it would no longer be what was read.
    """
    shared = _locked(shared)
    _require(shared, by, "review" if shared.state == State.WAITING else "write", at)
    _in(shared, State.WAITING, State.RETURNED)
    _words(body)
    _write(shared, body, version, by, at)
    return shared


@transaction.atomic
def comment_shared(*, shared: SharedDraft, words: str, by: Actor, at: datetime) -> None:
    shared = _locked(shared)
    _require(shared, by, "take_part", at)
    _in(shared, State.WAITING, State.RETURNED, State.APPROVED)
    _words(words)
    _step(shared, Act.COMMENTED, by, at, words)
    other = shared.author if by.user is not None and by.user.pk != shared.author.user_id else shared.reviewer
    _tell(shared, other, "commented", by, at)


@transaction.atomic
def return_shared(*, shared: SharedDraft, words: str, by: Actor, at: datetime) -> SharedDraft:
    """Give it back to the author, with what is to be changed."""
    shared = _locked(shared)
    _require(shared, by, "review", at)
    _in(shared, State.WAITING)
    _words(words)
    _decide(shared, State.RETURNED, by, at, words)
    _tell(shared, shared.author, "returned", by, at)
    return shared


@transaction.atomic
def approve_shared(*, shared: SharedDraft, version: int, by: Actor, at: datetime, body: str | None = None) -> SharedDraft:
    """The author may send exactly this text, with what the reviewer changed in it just now. Raises TextChanged where others changed it."""
    shared = _locked(shared)
    _require(shared, by, "review", at)
    _in(shared, State.WAITING)
    _last_changes(shared, body, version, by, at)
    _decide(shared, State.APPROVED, by, at)
    _tell(shared, shared.author, "approved", by, at)
    return shared


@transaction.atomic
def ask_again(*, shared: SharedDraft, words: str, by: Actor, at: datetime) -> SharedDraft:
    """After it was given back and changed."""
    shared = _locked(shared)
    _require(shared, by, "write", at)
    _in(shared, State.RETURNED)
    shared.state = State.WAITING
    shared.save(update_fields=["state"])
    _hand_over(shared, words, again=True, by=by, at=at)
    return shared


@transaction.atomic
def withdraw_shared(*, shared: SharedDraft, by: Actor, at: datetime) -> SharedDraft:
    """The author takes it back. The text stays readable here; nothing was sent."""
    shared = _locked(shared)
    _require(shared, by, "write", at)
    _in(shared, State.WAITING, State.RETURNED, State.APPROVED)
    _decide(shared, State.WITHDRAWN, by, at)
    return shared


@transaction.atomic
def send_shared(
    *, shared: SharedDraft, version: int, as_author: bool, by: Actor, at: datetime, body: str | None = None, seen: int | None = None
) -> Message:
    """The reviewer sends it, with their last changes, in their own or the author's name; or the author sends what was approved.

    Both are recorded: the message has the name that stands under it, the journal who sent it and on whose behalf.
    Raises TextChanged, NotNow, AnsweredMeanwhile.
    """
    case = lock_case(shared.case)  # first the case, as every message does, so that two never wait for one another
    shared = _locked(shared)
    reviews = shared.state == State.WAITING
    _require(shared, by, "review" if reviews else "write", at)
    _in(shared, State.WAITING, State.APPROVED)
    _last_changes(shared, body if reviews else None, version, by, at)
    if reviews:
        _decide(shared, State.APPROVED, by, at)
    author = shared.author.user if as_author or not reviews else by.user
    sender = replace(by, on_behalf_of=str(author.public_id)) if by.user is not None and author.pk != by.user.pk else by
    return cases.add_message(
        case=case, direction=Message.Direction.OUT, body=shared.body, author=author, by=sender, at=at, seen=seen
    )  # marked as sent by mark_sent, in the same transaction


def mark_sent(message: Message, by: Actor, at: datetime) -> None:
    """An approved text that went out is done, whether it was sent from its own page or as it stood in the composer."""
    if message.direction != Message.Direction.OUT or by.user is None:
        return
    for shared in approved_for(message):
        shared.state, shared.message, shared.changed_at = State.SENT, message, at
        shared.save(update_fields=["state", "message", "changed_at"])
        _step(shared, Act.SENT, by, at)
        author = message.author_id
        _record(events.SharedDraftSent(message.pk, shared.author.user_id, by.user.pk, author), shared, by, at)
        if by.user.pk != shared.author.user_id:
            _tell(shared, shared.author, "sent", by, at)


_APPROVED = Prepared(
    lambda case: SharedDraft.objects.filter(case=case, state=State.APPROVED).values_list("pk")
)  # with every word that is sent


def approved_for(message: Message) -> list[SharedDraft]:
    """The approved text that this message is, word for word: one row or none."""
    if not _APPROVED.all(message.case_id):
        return []
    rows = SharedDraft.objects.select_for_update(of=("self",)).filter(case=message.case, state=State.APPROVED, body=message.body)
    return list(rows.select_related("author__user", "reviewer__user", "case__unit", "case__customer").order_by("pk")[:1])


def _hand_over(shared: SharedDraft, words: str, *, again: bool, by: Actor, at: datetime) -> None:
    title = _("Read a reply on case %(number)s before it goes out") % {"number": shared.case.number}
    shared.task = cases.add_task(
        unit=shared.reviewer.unit, subject=shared, kind=TASK, title=title, owner=shared.reviewer, by=HOUSE, at=at, reason=title
    )
    shared.save(update_fields=["task"])
    _step(shared, Act.ASKED, by, at, words)
    _record(events.ReviewAsked(shared.author_id, shared.reviewer_id, again), shared, by, at, reason=words)
    _tell(shared, shared.reviewer, "asked", by, at)


def _decide(shared: SharedDraft, state: SharedDraft.State, by: Actor, at: datetime, words: str = "") -> None:
    shared.state, shared.changed_at = state, at
    shared.save(update_fields=["state", "changed_at"])
    _step(shared, Act(state.value), by, at, words)
    if shared.task is not None:
        cases.finish_task(task=shared.task, by=HOUSE, at=at)
    _record(events.ReviewDecided(shared.author_id, shared.reviewer_id, state), shared, by, at, reason=words)


def _write(shared: SharedDraft, body: str, version: int, by: Actor, at: datetime) -> None:
    if shared.body == body:
        return  # sent twice
    _unchanged(shared, version)
    shared.body, shared.version, shared.changed_at = body, version + 1, at
    shared.save(update_fields=["body", "version", "changed_at"])
    _step(shared, Act.EDITED, by, at)


def _last_changes(shared: SharedDraft, body: str | None, version: int, by: Actor, at: datetime) -> None:
    """What is decided on is what stands in the decider's field, and nothing that somebody else put there meanwhile."""
    _unchanged(shared, version)
    if body is not None:
        _words(body)
        _write(shared, body, version, by, at)


def _unchanged(shared: SharedDraft, version: int) -> None:
    if shared.version != version:
        last = shared.steps.filter(act=Act.EDITED).select_related("by").order_by("-pk").first()
        raise TextChanged(name=last.by.name if last else shared.author.user.name, body=shared.body, version=shared.version)


def _locked(shared: SharedDraft) -> SharedDraft:
    """Lock first, join after (see lock_case)."""
    SharedDraft.objects.select_for_update().filter(pk=shared.pk).values_list("pk").get()
    related = ("case__unit", "case__customer", "case__assignee", "author__user", "author__unit", "reviewer__user", "reviewer__unit", "task")
    return SharedDraft.objects.select_related(*related).get(pk=shared.pk)


def _require(shared: SharedDraft, by: Actor, action: str, at: datetime) -> None:
    policy_for(SharedDraft).require(by, action, shared, at=at)


def _in(shared: SharedDraft, *states: SharedDraft.State) -> None:
    if shared.state not in states:
        raise NotNow(state=shared.get_state_display())


def _words(text: str) -> None:
    if not text.strip():
        raise NothingWritten()


def _may_review(case: Case, author: Staff, reviewer: Staff, at: datetime) -> None:
    if reviewer.pk == author.pk:
        raise OwnReview()
    may = reviewer.ended_date is None and policy_for(Case).may(Actor.staff(reviewer.user), "work", case, at=at)
    if not may or is_on_probation(reviewer, case):
        raise ReviewerCannot(name=reviewer.user.name)


def _step(shared: SharedDraft, act: DraftStep.Act, by: Actor, at: datetime, words: str = "") -> None:
    DraftStep.objects.create(shared=shared, act=act, by=by.user, at=at, words=words.strip())
    topics.bump(f"case:{shared.case_id}", f"review:{shared.pk}", f"user:{shared.author.user_id}", f"user:{shared.reviewer.user_id}")


def _record(event: Event, shared: SharedDraft, by: Actor, at: datetime, reason: str = "") -> None:
    case = shared.case
    links = [case, *([case.customer] if case.customer else [])]
    sealed = Sealed(Person.of(case.customer)) if reason and case.customer else None
    journal.record(event, subject=shared, by=by, at=at, unit_id=case.unit_id, links=links, reason=reason, sealed=sealed)


def _tell(shared: SharedDraft, to: Staff, what: str, by: Actor, at: datetime) -> None:
    name, number = by.user.name if by.user is not None else "", shared.case.number

    def say() -> str:
        sentences = {
            "asked": _("%(name)s asks you to read a reply on case %(number)s"),
            "commented": _("%(name)s remarked on the shared draft on case %(number)s"),
            "returned": _("%(name)s gave your reply on case %(number)s back"),
            "approved": _("%(name)s approved your reply on case %(number)s; you can send it"),
            "sent": _("%(name)s sent your reply on case %(number)s"),
        }
        return sentences[what] % {"name": name, "number": number}

    url = reverse("writing:review", args=[shared.public_id])
    notify(
        users=[to.user],
        title=in_languages(say),
        url=url,
        at=at,
        icon="pencil-check",
        key=f"writing.{what}:{shared.public_id}:{at.isoformat()}",
    )
