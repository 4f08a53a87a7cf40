"""A word that came in through a public form becomes a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import get_language

from steward.core.cases import operations as cases
from steward.core.cases.details import Details
from steward.core.cases.models import Case, Channel, Kind, Message
from steward.core.catalog.models import ServiceItem
from steward.core.customers.models import Consent, Customer
from steward.core.customers.operations import find_or_register, record_consent
from steward.ground.files.operations import store_file
from steward.ground.journal.actors import Actor
from steward.ground.journal.repeats import digest_of, once

from ..models import PublicForm, Reach
from .replies import acknowledge

CONSENT_TEXT = "web-form-1"
ACTOR = Actor("system", "public_form", on_behalf_of="customer")


@dataclass(frozen=True)
class Word:
    """What somebody wrote on the form. may_contact: they agreed to be written to or called about it."""

    title: str
    body: str = ""
    service: ServiceItem | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    may_contact: bool = False
    attachment: File[bytes] | None = None
    details: Details = field(default_factory=lambda: Details(public=True))


@transaction.atomic
def receive_word(*, form: PublicForm, word: Word, key: str, at: datetime) -> tuple[Case, bool]:
    """Person, case, file and acknowledgement together, once for each form that was shown; (case, whether it is new).

    Raises KeyReused, BadIdentity and the refusals of files; then nothing was opened.
    """

    def create() -> Case:
        customer = _person(form, word, at)
        case = cases.open_case(
            unit=form.unit,
            kind=Kind.REQUEST,
            channel=Channel.WEB,
            title=word.title,
            body=word.body,
            service=word.service,
            customer=customer,
            details=word.details,
            by=ACTOR,
            at=at,
        )
        if word.attachment is not None:
            first = case.messages.get(direction=Message.Direction.IN)
            store_file(upload=word.attachment, name=word.attachment.name or "", unit=case.unit, subject=first, by=ACTOR, at=at)
        Reach.objects.create(case=case, email=word.email, language=get_language() or "zh-hans", given_at=at)
        if word.email:
            acknowledge(case=case, by=ACTOR, at=at)
        return case

    return once(scope=f"web:{form.pk}", key=key, digest=_digest(word), at=at, model=Case, create=create)


def _person(form: PublicForm, word: Word, at: datetime) -> Customer | None:
    """Whoever this identity belongs to, or somebody new. An address on a form is not proven, so it is not added to a person known before."""
    contacts = [(kind, value) for kind, value in (("phone", word.phone), ("email", word.email)) if value]
    if not contacts and not word.name:
        return None
    customer = find_or_register(unit=form.unit, name=word.name, contacts=contacts, by=ACTOR, at=at)
    if word.may_contact and contacts:
        record_consent(
            customer=customer,
            purpose=Consent.Purpose.SERVICE,
            given=True,
            basis="public_form",
            text_version=CONSENT_TEXT,
            by=ACTOR,
            at=at,
        )
    return customer


def _digest(word: Word) -> str:
    file = (word.attachment.name, word.attachment.size) if word.attachment is not None else None
    service = word.service.pk if word.service else None
    return digest_of(
        [word.title, word.body, service, word.name, word.phone, word.email, word.may_contact, file, *sorted(word.details.values.items())]
    )
