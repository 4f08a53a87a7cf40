"""What the e-mail channel adds to the registries: capabilities, settings cards, the originals beside a case, whose files they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.core.cases.models import Case, Channel
from steward.core.cases.screens import Part
from steward.core.cases.screens import register as add_part
from steward.core.org import settings_cards
from steward.ground.access import capabilities as caps
from steward.ground.access.http import StaffRequest
from steward.ground.access.models import User
from steward.ground.files import subjects as files
from steward.ground.files.models import FileRef
from steward.ground.journal.actors import Actor
from steward.ground.journal.operations import Person
from steward.ground.ui.palette import PaletteCommand, register_command

from .models import RawMail

LABEL = RawMail._meta.label_lower


def originals(request: StaffRequest, case: Case | None) -> dict[str, Any] | None:
    """The mails of a case as they came, newest first."""
    if case is None or case.channel != Channel.EMAIL:
        return None
    rows = {row.pk: row for row in RawMail.objects.filter(case=case).order_by("-received_at", "-pk")[:5]}
    kept = {
        file.subject_id: file for file in FileRef.objects.kept().filter(subject_type=LABEL, subject_id__in=list(rows), blob__isnull=False)
    }
    found = [(row, kept.get(pk)) for pk, row in rows.items()]
    return {"mails": found} if found else None


def register() -> None:
    caps.register(
        caps.Capability("channels.mailboxes", _("Set mailboxes up: servers and passwords"), frozenset({caps.ADMINISTRATOR})),
        caps.Capability("channels.mail", _("Sort mail that was set aside"), caps.LEADERS),
    )
    card = settings_cards.Card
    settings_cards.register(
        "service", card("channels:mailboxes", _("Mailboxes"), _("Addresses that are read and answered from"), "mail", "channels.mailboxes")
    )
    settings_cards.register(
        "service",
        card("channels:mails", _("Mail that came in"), _("What became of every mail, and what waits for you"), "inbox", "channels.mail"),
    )
    register_command(
        PaletteCommand(
            "channels.mails", _("Mail that came in"), "channels:mails", "mail", capability="channels.mail", words="邮件 来信 搁置 退信"
        )
    )
    add_part(Part("channels.originals", "file.rail", 25, "channels/parts/originals.html", originals))
    files.register(files.FileSubject(LABEL, _may_see, _may_attach, sensitive=_sensitive, of_person=_of_person))


def _may_see(user: User, raw_id: int, at: datetime) -> bool:
    return RawMail.objects.visible_to(user, at=at).filter(pk=raw_id).exists()


def _may_attach(by: Actor, raw_id: int, at: datetime) -> bool:
    return by.is_machine and by.user is None


def _sensitive(raw_id: int) -> bool:
    """An original has everything in it that a reader of the case may not have asked for, so every look is an entry."""
    return True


def _of_person(person: Person) -> list[int]:
    if person.type != "customers.customer":
        return []
    return list(RawMail.objects.filter(customer=person.id).values_list("pk", flat=True))
