"""A mail of a person becomes a case, or a word in one."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.core.cases import operations as cases
from steward.core.cases.models import Case, CaseLink, Channel, Message, State
from steward.core.customers.identities import BadIdentity
from steward.core.customers.models import Customer
from steward.core.customers.operations import find_by_identity, note_service, register_customer
from steward.ground.access.errors import Refused
from steward.ground.files.operations import refusal_of, store_file
from steward.ground.journal.actors import Actor

from ..models import Reach
from ..operations.replies import acknowledge
from . import receive, threads
from .models import RawMail
from .parsing import Attached, Letter

if TYPE_CHECKING:
    from collections.abc import Sequence

ACKNOWLEDGED_PER_HOUR = 3  # cases of one sender: two programs that answer each other end here


def take(raw: RawMail, letter: Letter, *, at: datetime, by: Actor, fingerprint: str) -> Case:
    """Append to the case it belongs to, or open a new one."""
    found = threads.belongs(letter, raw.mailbox)
    with override(language_of(letter)):
        if found.case is None:
            return open_from(raw, letter, at=at, by=by, fingerprint=fingerprint, hinted=found.hinted)
        return append_to(raw, letter, found.case, known=found.known, at=at, by=by, fingerprint=fingerprint)


def open_from(
    raw: RawMail, letter: Letter, *, at: datetime, by: Actor, fingerprint: str = "", hinted: Case | None = None, follows: Case | None = None
) -> Case:
    """A new case with the mail's words and files, the person who wrote it, and their address for answers."""
    mailbox, machine = raw.mailbox, receive.ACTOR
    kept, refused = _sorted(letter.files)
    customer = _person(raw, letter, at)
    case = cases.open_case(
        unit=mailbox.unit,
        kind=mailbox.kind,
        channel=Channel.EMAIL,
        title=letter.subject or _first_line(letter) or _("(no subject)"),
        body=_first_words(letter, refused),
        customer=customer,
        service=mailbox.service,
        category=mailbox.category,
        by=by,
        at=raw.received_at if by.is_machine else at,
    )
    first = case.messages.order_by("pk")[0]
    _attach(first, kept, machine, at)
    Reach.objects.create(case=case, email=letter.reply_to or letter.sender, language=language_of(letter), given_at=at)
    receive.settle(
        raw,
        RawMail.Outcome.CASE_OPENED,
        at=at,
        by=by,
        case=case,
        message=first,
        customer=customer,
        fingerprint=fingerprint or raw.fingerprint,
    )
    _hint(case, hinted, machine, at)
    if follows is not None:
        cases.link_cases(source=case, target=follows, kind=CaseLink.Kind.FOLLOWS, by=machine, at=at)
    if by.is_machine and mailbox.acknowledges and mailbox.enabled and _may_acknowledge(raw):
        acknowledge(case=case, by=machine, at=at)
    return case


def append_to(raw: RawMail, letter: Letter, case: Case, *, at: datetime, by: Actor, known: bool = True, fingerprint: str = "") -> Case:
    """The words go to the case; a closed one goes on, or, where it may not, a new case follows it."""
    if case.state == State.CLOSED:
        try:
            with transaction.atomic():
                cases.reopen_case(case=case, by=by, at=at, reason=_("An answer came by mail."))
        except Refused:
            if not by.is_machine:
                raise
            return open_from(raw, letter, at=at, by=by, fingerprint=fingerprint, follows=case)
    kept, refused = _sorted(letter.files)
    body = _with_refused(letter.new or _("(no words)"), refused)
    message = cases.add_message(case=case, direction=Message.Direction.IN, channel=Channel.EMAIL, body=body, by=by, at=at)
    _attach(message, kept, receive.ACTOR, at)
    receive.settle(
        raw,
        RawMail.Outcome.APPENDED,
        at=at,
        by=by,
        case=case,
        message=message,
        customer=case.customer,
        fingerprint=fingerprint or raw.fingerprint,
    )
    if not known:
        said = _("This answer came from %(address)s, which was not known for this case.") % {"address": letter.sender}
        cases.add_message(case=case, direction=Message.Direction.NOTE, body=said, automatic=True, by=receive.ACTOR, at=at)
    return case


def language_of(letter: Letter) -> str:
    """Chinese when the mail has Chinese letters, else English."""
    return "zh-hans" if re.search(r"[\u3400-\u9fff]", letter.subject + letter.new[:2000]) else "en"


def _person(raw: RawMail, letter: Letter, at: datetime) -> Customer | None:
    """The one person who has this address; of several the one of this name; else somebody new. Nobody is merged: an address in a mail is no proof."""
    if not letter.sender:
        return None
    unit, by = raw.mailbox.unit, receive.ACTOR
    try:
        found = [
            row
            for row in find_by_identity(unit=unit, kind="email", value=letter.sender, purpose="serve_case", by=by, at=at)
            if row.erased_at is None
        ]
        if len(found) > 1:
            found = [row for row in found if row.name == letter.sender_name]
        if len(found) == 1:
            note_service(customer=found[0], unit=unit, at=at)
            return found[0]
        return register_customer(unit=unit, name=letter.sender_name, contacts=[("email", letter.sender)], by=by, at=at)
    except BadIdentity:
        return None


def _sorted(files: Sequence[Attached]) -> tuple[list[Attached], list[tuple[str, str]]]:
    """The files that are kept, and those that are not with the reason."""
    kept, refused = [], []
    for file in files:
        why = refusal_of(content=file.content, name=file.name)
        if why is None:
            kept.append(file)
        else:
            refused.append((file.name, str(why)))
    return kept, refused


def _attach(message: Message, files: list[Attached], by: Actor, at: datetime) -> None:
    for file in files:
        store_file(upload=file.content, name=file.name, unit=message.case.unit, subject=message, by=by, at=at)


def _with_refused(body: str, refused: list[tuple[str, str]]) -> str:
    if not refused:
        return body
    lines = [_("Files of this mail that were not kept; they are in the original:")]
    return body + "\n\n" + "\n".join([*lines, *(f"- {name}: {why}" for name, why in refused[:50])])


def _first_words(letter: Letter, refused: list[tuple[str, str]]) -> str:
    """The words of a mail that begins a case: with the history below, because no case holds it yet."""
    body = letter.new or letter.history or _("(no words)")
    if letter.new and letter.history:
        body = f"{letter.new}\n\n--------\n{letter.history}"
    return _with_refused(body, refused)


def _first_line(letter: Letter) -> str:
    return next((line.strip()[:80] for line in letter.new.split("\n") if line.strip()), "")


def _hint(case: Case, hinted: Case | None, by: Actor, at: datetime) -> None:
    """A note for whoever takes the case: another case it may belong to."""
    if hinted is None:
        return
    text = _("The subject names case %(number)s, but this address is not known there. Merge the two if they belong together.")
    body = text % {"number": hinted.number}
    cases.add_message(case=case, direction=Message.Direction.NOTE, body=body, automatic=True, by=by, at=at)


def _may_acknowledge(raw: RawMail) -> bool:
    opened = RawMail.objects.filter(
        sender=raw.sender, outcome=RawMail.Outcome.CASE_OPENED, received_at__gt=raw.received_at - timedelta(hours=1)
    )
    return opened.count() <= ACKNOWLEDGED_PER_HOUR
