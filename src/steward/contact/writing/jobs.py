from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from steward.ground.jobs.registry import every
from steward.ground.journal.subscribers import Subscriber, subscribe

from . import operations
from .operations.watching import STATES, WORDS


@every("writing.forget_drafts", timedelta(hours=6), label=_("Delete drafts that nobody touched for long"))
def forget_drafts(at: datetime) -> object:
    return operations.forget_old(at=at)


def register() -> None:
    subscribe(Subscriber("writing.watchers", operations.tell_watchers, codes=WORDS | STATES))
