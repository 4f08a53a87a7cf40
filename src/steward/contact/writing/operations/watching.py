"""Who looks on at a case, and what they are told: one notice for each case until they have read it, however much happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import policy_for
from steward.ground.delivery.models import Notice
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor
from steward.ground.journal.models import Entry

from .. import events
from ..models import Watcher, WatchSetting

WORDS = frozenset({"cases.message_added"})
STATES = frozenset({"cases.state_changed", "cases.case_closed", "cases.case_reopened"})
TOLD = {"all": WORDS | STATES, "words": WORDS, "states": STATES, "none": frozenset[str]()}


@transaction.atomic
def watch_case(*, case: Case, by: Actor, at: datetime) -> None:
    """Look on at a case that one may see. Again changes nothing."""
    policy_for(Case).require(by, "view", case, at=at)
    if by.user is not None:
        add_watcher(case, by.user, Watcher.How.SELF, by=by, at=at)


@transaction.atomic
def stop_watching(*, case: Case, by: Actor, at: datetime) -> None:
    if Watcher.objects.filter(case=case, user=by.user, ended_at=None).update(ended_at=at):
        _record(case, by.user, False, "self", by, at)


@transaction.atomic
def choose_level(*, user: User, level: str, at: datetime) -> None:
    """What this person is told about the cases they watch. Their own choice, so nobody is asked and nothing is journalled."""
    WatchSetting.objects.update_or_create(user=user, defaults={"level": WatchSetting.Level(level), "changed_at": at})


def add_watcher(case: Case, user: User, how: Watcher.How, *, by: Actor, at: datetime) -> None:
    _row, created = Watcher.objects.get_or_create(
        case=case, user=user, ended_at=None, defaults={"how": how, "added_by": by.user, "since": at}
    )
    if created:
        _record(case, user, True, how, by, at)


def tell_watchers(entries: Sequence[Entry]) -> None:
    """A second delivery of an entry finds its notice there."""
    by_case: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.subject_type == Case._meta.label_lower and entry.actor_kind != "import":
            by_case.setdefault(entry.subject_id, []).append(entry)
    rows = Watcher.objects.filter(case__in=by_case, ended_at=None).select_related("case", "user").order_by("pk")
    watchers = list(rows)
    levels: Mapping[int, str] = dict(WatchSetting.objects.filter(user__in={row.user_id for row in watchers}).values_list("user", "level"))
    for row in watchers:
        _tell(row, by_case[row.case_id], levels.get(row.user_id, "all"))


def _tell(row: Watcher, entries: Sequence[Entry], level: str) -> None:
    """Not of what they did themselves, nor of what was before they looked, nor of a case that they may not see any more."""
    own = str(row.user.public_id)
    news = [entry for entry in entries if entry.code in TOLD[level] and entry.actor_ref != own and entry.occurred_at >= row.since]
    if not news:
        return
    at, address = news[-1].occurred_at, reverse("cases:detail", args=[row.case.public_id])
    # Any unread notice that leads to the case will do, such as that of being mentioned in the very note.
    waiting = Notice.objects.filter(user=row.user, read_at=None, url__startswith=address).exists()
    if waiting or not Case.objects.visible_to(row.user, at=at).filter(pk=row.case_id).exists():
        return
    number = row.case.number
    notify(
        users=[row.user],
        title=in_languages(lambda: _("News on case %(number)s, which you watch") % {"number": number}),
        url=address,
        icon="eye",
        at=at,
        key=f"writing.watch:{row.case.public_id}:{news[0].seq}",
    )


def _record(case: Case, user: User, watches: bool, how: str, by: Actor, at: datetime) -> None:
    journal.record(events.WatchChanged(user.pk, watches, how), subject=case, by=by, at=at, unit_id=case.unit_id)
