from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from steward.core.cases.models import Case
from steward.core.cases.queries import assignable_staff, visible_cases
from steward.core.org.models import Staff
from steward.ground.access.models import Confidant, Grant, User
from steward.ground.ui.status import Status

from .models import OPEN, Draft, ReviewDemand, SharedDraft, Watcher
from .pinyin import sounds_like

TONES = {
    SharedDraft.State.WAITING: "waiting",
    SharedDraft.State.RETURNED: "warn",
    SharedDraft.State.APPROVED: "ok",
    SharedDraft.State.SENT: "ok",
    SharedDraft.State.WITHDRAWN: "muted",
}
MOST_PEOPLE = 8


def drafts_of(user: User, case: Case) -> dict[str, dict[str, Any]]:
    """The texts of one person on a case, by direction, the newest first."""
    rows = Draft.objects.filter(case=case, user=user).order_by("-changed_at", "-pk")
    return {row.direction: {"body": row.body, "version": row.version} for row in rows}


def shared_seen(user: User, *, at: datetime) -> QuerySet[SharedDraft]:
    rows = SharedDraft.objects.visible_to(user, at=at).filter(case__organisation=user.organisation_id)
    return rows.select_related(
        "case__unit", "case__customer", "case__assignee", "author__user", "author__unit", "reviewer__user", "message"
    )


def filtered(rows: QuerySet[SharedDraft], filters: Mapping[str, Any], user: User) -> QuerySet[SharedDraft]:
    """Apply the filters of the list page. Unknown or empty ones change nothing."""
    state = filters.get("state") or "open"
    if state == "open":
        rows = rows.filter(state__in=OPEN)
    elif state != "any":
        rows = rows.filter(state=state)
    if filters.get("side") == "review":
        rows = rows.filter(reviewer__user=user)
    elif filters.get("side") == "mine":
        rows = rows.filter(author__user=user)
    if text := (filters.get("q") or "").strip():
        rows = rows.filter(Q(case__number__endswith=text) | Q(author__user__name__icontains=text) | Q(case__title__icontains=text))
    return rows


def status_of(row: SharedDraft) -> Status:
    return Status(TONES[SharedDraft.State(row.state)], row.get_state_display())


def reviewers_for(case: Case, author: User, *, at: datetime) -> QuerySet[Staff]:
    """Who may read a reply of this person: those who work on such cases and whose own replies are not read first."""
    read_first = ReviewDemand.objects.filter(unit_id__in=case.unit.ancestor_ids, ended_at=None, staff__isnull=False)
    return assignable_staff(case, at=at).exclude(user=author).exclude(pk__in=read_first.values("staff"))


def watched_by(user: User, *, at: datetime) -> QuerySet[Watcher]:
    rows = Watcher.objects.filter(user=user, ended_at=None, case__in=visible_cases(user, at=at).values("pk"))
    return rows.select_related("case__unit", "case__customer", "added_by")


def watchers_of(case: Case) -> list[Watcher]:
    return list(Watcher.objects.filter(case=case, ended_at=None).select_related("user", "added_by").order_by("since", "pk"))


def people_to_mention(case: Case, words: str, reader: User, *, at: datetime) -> list[Staff]:
    """Colleagues who see the case and are called so: in characters, in pinyin, or by its first letters.

    Offered are those whose role or task opens the case; whether somebody really may see it is asked again when the note is saved.
    """
    grants = (
        Grant.objects.in_force(at)
        .filter(unit_id__in=case.unit.ancestor_ids, user__is_active=True)
        .values_list("user", "role__capabilities")
    )
    seeing = {user for user, capabilities in grants if "cases.view" in capabilities}
    if case.confidential:
        listed = Confidant.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), subject_type=Case._meta.label_lower, subject_id=case.pk)
        seeing = set(listed.values_list("user", flat=True))
    elif case.assignee is not None:
        seeing.add(case.assignee.user_id)
    rows = Staff.objects.filter(user__in=seeing, ended_date=None).exclude(user=reader).select_related("user", "unit")
    people = [person for person in rows.order_by("user__name", "pk") if sounds_like(person.user.name, words)]
    return people[:MOST_PEOPLE]


def mention_of(person: Staff, others: list[Staff]) -> str:
    """What is written after the @: with the unit where two have one name."""
    twice = sum(other.user.name == person.user.name for other in others) > 1
    return f"{person.user.name}·{person.unit.name}" if twice else person.user.name
