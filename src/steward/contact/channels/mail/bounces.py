"""A mail of ours that came back: which one, and what the other server said."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _

from steward.core.cases import operations as cases
from steward.core.cases.models import Message
from steward.ground.delivery.models import Dispatch
from steward.ground.delivery.operations import note_bounce
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import headers
from .charsets import one_line
from .events import MailBounced
from .models import RawMail, SentMail
from .parsing import Letter

_OURS = re.compile(rb"<([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}@[A-Za-z0-9.-]{1,190})>")
_STATUS = re.compile(rb"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.IGNORECASE | re.MULTILINE)
_ACTION = re.compile(rb"^Action:\s*([a-z]+)", re.IGNORECASE | re.MULTILINE)
_SAID = re.compile(rb"^Diagnostic-Code:\s*([^\r\n]{1,300})", re.IGNORECASE | re.MULTILINE)
LOOKED_AT = 200_000


def sent_mail_of(letter: Letter, content: bytes, organisation: int) -> SentMail | None:
    """The mail of ours that a report is about: by its references, else by a Message-ID of ours anywhere in the report."""
    ids = [*letter.references, *headers.ids_in(letter.mail, "X-Original-Message-ID", "Original-Message-ID")]
    ids += [found.decode() for found in _OURS.findall(content[:LOOKED_AT])]
    rows = SentMail.objects.select_related("case__unit", "case__customer", "message").filter(
        mail_id__in=ids[:200], case__organisation=organisation
    )
    found = {row.mail_id: row for row in rows}
    return next((found[reference] for reference in ids if reference in found), None)


def is_final(content: bytes) -> bool:
    """Whether the report says that it will not arrive; "delayed" says only that it is late."""
    action = _ACTION.search(content[:LOOKED_AT])
    return action is None or action[1].lower() == b"failed"


def words_of(letter: Letter, content: bytes) -> str:
    """What the other server said, in one line."""
    status, said = _STATUS.search(content[:LOOKED_AT]), _SAID.search(content[:LOOKED_AT])
    parts = [found[1].decode("ascii", "replace") for found in (status, said) if found]
    return one_line(" ".join(parts) or letter.subject or "returned", limit=300)


def note(raw: RawMail, letter: Letter, content: bytes, *, by: Actor, at: datetime) -> SentMail | None:
    """Mark what came back as failed and say so on its case; None where it is about nothing of ours, or only late."""
    sent = sent_mail_of(letter, content, raw.mailbox.unit.root_id)
    if sent is None:
        return None
    dispatch = Dispatch.objects.filter(pk=sent.dispatch_id).first()
    said = words_of(letter, content)
    if dispatch is None or not is_final(content) or not note_bounce(dispatch=dispatch, error=said, by=by, at=at):
        return sent
    journal.record(MailBounced(dispatch.pk), subject=sent.case, by=by, at=at, unit_id=sent.case.unit_id, links=[dispatch])
    words = _("A mail about this case came back; it did not reach the person: %(words)s") % {"words": _without(said, dispatch.address)}
    cases.add_message(case=sent.case, direction=Message.Direction.NOTE, body=words, automatic=True, by=by, at=at)
    return sent


def _without(text: str, address: str) -> str:
    return re.sub(re.escape(address), "…", text, flags=re.IGNORECASE) if address else text
