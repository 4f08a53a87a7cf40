"""What staff are told without anybody asking: that somebody opened a confidential matter, and that their background work has ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from steward.ground.access.models import Grant, Unit, User
from steward.ground.fields import LocalizedText
from steward.ground.jobs import endings
from steward.ground.jobs.models import Job
from steward.ground.journal.models import Entry
from steward.ground.journal.subscribers import Subscriber, subscribe

from .notices import notify

LANGUAGES = ("zh-hans", "en")
GLASS_BROKEN = gettext_noop("%(name)s opened a confidential matter in an emergency")
GLASS_TEXT = gettext_noop("You are told because you are on its list or administer access. The reason stands in the audit log.")
ENDINGS = {
    "done": gettext_noop("%(work)s: done"),
    "failed": gettext_noop("%(work)s: it did not work"),
    "cancelled": gettext_noop("%(work)s: cancelled"),
}


def register() -> None:
    subscribe(Subscriber("delivery.break_glass", tell_confidants, codes=frozenset({"access.glass_broken"})))
    endings.on_ended(tell_about_job)


def tell_confidants(entries: Sequence[Entry]) -> None:
    """Tell the people on the need-to-know list and the administrators of the unit, except the one who opened it."""
    for entry in entries:
        opener = User.objects.filter(pk=int(entry.public["user"])).first()
        listed = Q(confidences__subject_type=entry.subject_type, confidences__subject_id=entry.subject_id, confidences__broke_glass=False)
        still = Q(confidences__ended_at=None) | Q(confidences__ended_at__gt=entry.occurred_at)
        people = User.objects.filter(
            Q(pk__in=_overseers(entry)) | Q(pk__in=User.objects.filter(listed & still).values("pk")), is_active=True
        )
        notify(
            users=people.exclude(pk=entry.public["user"]).distinct(),
            title=in_all_languages(GLASS_BROKEN, name=str(opener) if opener else "—"),
            text=in_all_languages(GLASS_TEXT),
            icon="shield-exclamation",
            at=entry.occurred_at,
            key=f"entry:{entry.seq}",
        )


def tell_about_job(job: Job, at: datetime) -> None:
    """The result of long work comes back as a notice to the one who asked for it."""
    spec = job.spec
    if job.requested_by is None or spec is None or not spec.notice:
        return
    title = LocalizedText({})
    for language in LANGUAGES:
        with override(language):
            title[language] = _(ENDINGS[job.state]) % {"work": job.label}
    address = reverse("jobs:job", args=[job.public_id])
    notify(users=[job.requested_by], title=title, at=at, url=address, icon="progress", key=f"job:{job.public_id}:{job.attempts}")


def in_all_languages(message: str, **params: str) -> LocalizedText:
    """A message of the catalogue in every language, for a notice that is read later by somebody."""
    text = LocalizedText({})
    for language in LANGUAGES:
        with override(language):
            text[language] = _(message) % params if params else _(message)
    return text


def _overseers(entry: Entry) -> list[int]:
    unit = Unit.objects.filter(pk=entry.unit_id).first() if entry.unit_id is not None else None
    if unit is None:
        return []
    grants = Grant.objects.in_force(entry.occurred_at).filter(unit_id__in=unit.ancestor_ids, role__code="administrator")
    return list(grants.values_list("user", flat=True))
