"""What one person types, kept on the server while they type it. No journal: a draft is nobody's word yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from steward.core.cases.models import Case, Message
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import policy_for
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor
from steward.ground.statements import Prepared

from ..errors import DraftChanged
from ..kinds import kept_for
from ..models import Draft

# The page says that it still writes every ten seconds; after two that did not come, nobody is told any more.
STILL_WRITING = timedelta(seconds=25)
AT_ONCE = 500


@transaction.atomic
def save_draft(*, case: Case, direction: str, body: str, version: int, by: Actor, at: datetime, leaving: bool = False) -> Draft:
    """Keep the text as it stands. The same text again changes nothing but that its writer is still there.

    version: of the draft that was changed. Raises Forbidden, and DraftChanged where another window saved another text since.
    """
    wanted = Message.Direction(direction)
    policy_for(Case).require(by, "note" if wanted == Message.Direction.NOTE else "work", case, at=at)
    body = body if body.strip() else ""
    draft, created = Draft.objects.get_or_create(case=case, user=by.user, direction=wanted, defaults={"body": body, "changed_at": at})
    if created:
        Draft.objects.filter(pk=draft.pk).update(version=1)
        draft.version = 1
    elif draft.body != body:
        changed = Draft.objects.filter(pk=draft.pk, version=version).update(body=body, version=version + 1, changed_at=at)
        draft.refresh_from_db()
        if not changed and draft.body != body:
            raise DraftChanged(version=draft.version, body=draft.body)
    _present(draft, bool(body) and not leaving, at)
    return draft


@transaction.atomic
def leave_case(*, case: Case, by: Actor, at: datetime) -> None:
    """The page was closed: nobody is told any longer that somebody writes there."""
    for draft in Draft.objects.filter(case=case, user=by.user, writing_until__gt=at):
        _present(draft, False, at)


_DRAFTS = Prepared(lambda case, user: Draft.objects.filter(case=case, user=user))  # asked with every word that is sent


def clear_draft(message: Message, by: Actor, at: datetime) -> None:
    """What was sent is no draft any more; in the same transaction."""
    if by.user is None:
        return
    for draft in _DRAFTS.all(message.case_id, by.user.pk):
        if draft.direction == message.direction:
            empty(draft, at)


def empty(draft: Draft, at: datetime) -> None:
    """Sent, handed over or discarded. The version goes on even if nothing stood there: a save that is still on its way comes too late."""
    Draft.objects.filter(pk=draft.pk).update(body="", version=draft.version + 1, changed_at=at)
    draft.body, draft.version = "", draft.version + 1
    _present(draft, False, at)


def writers(case: Case, reader: User, at: datetime) -> list[Draft]:
    """Who else writes on this case now."""
    rows = Draft.objects.filter(case=case, writing_until__gt=at).exclude(user=reader)
    return list(rows.select_related("user").order_by("user__name", "user_id", "direction"))


def topic_of(case: Case) -> str:
    return f"case:{case.pk}:writing"


def forget_old(*, at: datetime) -> int:
    """Delete drafts nobody touched for as long as the rule of their unit says. Returns how many."""
    gone = 0
    for unit in Unit.objects.filter(pk__in=Draft.objects.values("case__unit")):
        old = Draft.objects.filter(case__unit=unit, changed_at__lt=at - kept_for(unit, at)).values_list("pk", flat=True)[:AT_ONCE]
        gone += Draft.objects.filter(pk__in=list(old)).delete()[0]
    return gone


def _present(draft: Draft, writes: bool, at: datetime) -> None:
    """Note that somebody writes, or stopped; colleagues' pages are told only when that changes."""
    was = draft.writing_until is not None and draft.writing_until > at
    if writes or was:
        draft.writing_until = at + STILL_WRITING if writes else None
        Draft.objects.filter(pk=draft.pk).update(writing_until=draft.writing_until)
    if was != writes:
        topics.bump(topic_of(draft.case))
