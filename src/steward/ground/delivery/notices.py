"""Notices on the desk of staff: written with the operation that causes them, read on `/notices/`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from steward.ground.access.models import User
from steward.ground.fields import LocalizedText, localized
from steward.ground.journal import topics

from .models import Notice


def notify(
    *,
    users: Iterable[User],
    title: str | LocalizedText,
    at: datetime,
    text: str | LocalizedText = "",
    url: str = "",
    icon: str = "bell",
    key: str = "",
) -> int:
    """Put a notice on the desks of these people; of one key each gets one. Returns how many desks were addressed."""
    people = {user.pk: user for user in users if user.is_active}
    rows = [
        Notice(user=user, title=localized(title), text=localized(text), url=url, icon=icon, key=key, created_at=at)
        for user in people.values()
    ]
    with transaction.atomic():
        Notice.objects.bulk_create(rows, ignore_conflicts=bool(key))
        if people:
            topics.bump(*(topic_of(pk) for pk in people))
    return len(people)


def mark_read(*, user: User, at: datetime, notice: Notice | None = None) -> int:
    """Mark one notice of a person as read, or all of them."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if notice is not None:
        unread = unread.filter(pk=notice.pk)
    with transaction.atomic():
        count = unread.update(read_at=at)
        if count:
            topics.bump(topic_of(user.pk))
    return count


def unread_count(user: User, cap: int = 99) -> int:
    """How many notices wait, counted up to one more than the cap."""
    return Notice.objects.filter(user=user, read_at=None).order_by()[: cap + 1].count()


def topic_of(user_id: int) -> str:
    return f"notices:user:{user_id}"
