from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from . import operations


@every("together.watch_requests", timedelta(seconds=30), label=_("Tell departments whose time for a request is nearly over"))
def watch_requests(at: datetime) -> object:
    return operations.escalate_requests(at=at) + operations.mark_missed_requests(at=at)


@every("together.watch_orders", timedelta(seconds=30), label=_("Tell departments whose service orders are late"))
def watch_orders(at: datetime) -> object:
    return operations.escalate_orders(at=at) + operations.settle_first_fixes(at=at)


@every("together.watch_teams", timedelta(minutes=5), label=_("Tell teams that nothing has moved"))
def watch_teams(at: datetime) -> object:
    return operations.tell_stuck_teams(at=at)


def count_handoffs(entries: Sequence[Entry]) -> None:
    """A second delivery of an entry finds the alert there."""
    latest = {entry.subject_id: entry.occurred_at for entry in entries if entry.actor_kind != "import"}
    if latest:
        operations.tell_handoffs(case_ids=sorted(latest), at=max(latest.values()))


def register() -> None:
    subscribe(Subscriber("together.handoffs", count_handoffs, codes=frozenset({"cases.case_assigned"})))
