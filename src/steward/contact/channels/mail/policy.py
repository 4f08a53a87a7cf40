from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from steward.core.cases.models import Case
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, register

from .models import Mailbox, RawMail


class MailboxPolicy(Policy[Mailbox]):
    """Set by administrators alone: a mailbox names servers this machine connects to, also inside the house's own network."""

    model = Mailbox
    view = "channels.mailboxes"
    actions = {"manage": "channels.mailboxes"}


class RawMailPolicy(Policy[RawMail]):
    """A mail that is part of a case is as visible as its case; one that is not is seen by those who sort the mail of the unit."""

    model = RawMail
    view = "channels.mail"
    actions = {"sort": "channels.mail"}
    unit_field = "mailbox__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        loose = self.scope(access_at(user, at), self.view) & Q(case=None)
        return loose | Q(case__in=Case.objects.visible_to(user, at=at))


def register_policies() -> None:
    register(MailboxPolicy())
    register(RawMailPolicy())
