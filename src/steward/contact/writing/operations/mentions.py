"""@name in an internal note: who is meant, whether they may see the case, and that they are told."""

from __future__ import annotations

import re
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from steward.core.cases.models import Case, Message
from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.delivery.notices import notify
from steward.ground.fields import in_languages
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from .. import events
from ..errors import MentionedCannotSee, MentionUnclear
from ..models import Watcher
from .watching import add_watcher

LONGEST = 40
MOST = 20
# Not in an address: name@example.com names nobody. Chinese characters may stand right before it.
_AT = re.compile(r"(?<![A-Za-z0-9._+-])@(\w[^@\n]{0,80})")


def mentioned(case: Case, text: str) -> list[Staff]:
    """The colleagues of the case's organisation who are named after an @, the longest name that fits. Raises MentionUnclear.

    Two of one name are told apart by their unit: @林一·柜面组. An @ before anything else, such as an address, means nobody.
    """
    tails = [found[1] for found in _AT.finditer(text)][:MOST]
    if not tails:
        return []
    names = {tail[:length] for tail in tails for length in range(1, min(len(tail), LONGEST) + 1)}
    rows = Staff.objects.filter(user__name__in=names, unit__path__startswith=f"{case.organisation_id}.", ended_date=None)
    by_name: dict[str, list[Staff]] = {}
    for person in rows.filter(user__is_active=True).select_related("user", "unit").order_by("pk"):
        by_name.setdefault(person.user.name, []).append(person)
    found: dict[int, Staff] = {}
    for tail in tails:
        name = max((name for name in by_name if tail.startswith(name)), key=len, default="")
        if name:
            person = _one(by_name[name], tail.removeprefix(name), name)
            found[person.pk] = person
    return list(found.values())


def check_mentions(message: Message, by: Actor, at: datetime) -> None:
    """Nobody is told of a case that they may not see; the note is not written then, so that its author can decide. Raises MentionedCannotSee."""
    if message.direction != Message.Direction.NOTE or by.user is None:
        return
    for person in mentioned(message.case, message.body):
        if not may_see(message.case, person.user, at):
            raise MentionedCannotSee(name=person.user.name)


def tell_mentioned(message: Message, by: Actor, at: datetime) -> None:
    if message.direction != Message.Direction.NOTE or by.user is None:
        return
    case, author = message.case, by.user
    people = [person.user for person in mentioned(case, message.body) if person.user_id != author.pk]
    for user in people:
        add_watcher(case, user, Watcher.How.MENTION, by=by, at=at)
        journal.record(events.ColleagueMentioned(message.pk, user.pk), subject=case, by=by, at=at, unit_id=case.unit_id, links=[message])
    notify(
        users=people,
        title=in_languages(lambda: _("%(name)s mentioned you on case %(number)s") % {"name": author.name, "number": case.number}),
        url=f"{reverse('cases:detail', args=[case.public_id])}#message-{message.public_id}",
        icon="at",
        at=at,
        key=f"writing.mention:{message.public_id}",
    )


def may_see(case: Case, user: User, at: datetime) -> bool:
    return Case.objects.visible_to(user, at=at).filter(pk=case.pk).exists()


def _one(people: list[Staff], rest: str, name: str) -> Staff:
    if len(people) == 1:
        return people[0]
    # In whatever language the unit is named: the note may be written in another than the one it is read in.
    by_unit = [person for person in people if any(rest.startswith(f"·{words}") for words in person.unit.name.values() if words)]
    if len(by_unit) != 1:
        raise MentionUnclear(name=name)
    return by_unit[0]
