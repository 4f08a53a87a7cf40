"""To which case a mail belongs: by the Message-IDs of what we sent, by those of what came in, by the number in the subject."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q

from steward.core.cases.models import Case
from steward.core.customers.models import ContactPoint

from ..models import Reach
from .models import Mailbox, RawMail, SentMail
from .parsing import Letter

NUMBER = re.compile(r"(?<![\d-])((?:19|20)\d{2}-\d{6,9})(?![\d-])")


@dataclass(frozen=True)
class Belongs:
    """case: where the mail goes, None for a new one. known: the sender is known for that case. hinted: a case the subject names, but whose sender
    is somebody else."""

    case: Case | None = None
    known: bool = True
    hinted: Case | None = None


def belongs(letter: Letter, mailbox: Mailbox) -> Belongs:
    """An answer to a mail of ours finds its case whoever answers, because only whoever got the mail knows its Message-ID. A Message-ID of a mail that
    came in, and a number in the subject, are believed only of a sender who is known for that case."""
    organisation = mailbox.unit.root_id
    references = letter.references
    if references:
        sent = {
            row.mail_id: row
            for row in SentMail.objects.select_related("case").filter(mail_id__in=references, case__organisation=organisation)
        }
        for reference in references:
            if reference in sent:
                case = surviving(sent[reference].case)
                return Belongs(case, known=is_known(sent[reference].case, letter.sender) or is_known(case, letter.sender))
        came = RawMail.objects.select_related("case").filter(mail_id__in=references, message__isnull=False, case__organisation=organisation)
        for row in came.order_by("-pk")[:20]:
            if row.case is not None and (row.sender == letter.sender or is_known(row.case, letter.sender)):
                return Belongs(surviving(row.case))
    return _by_number(letter, organisation)


def surviving(case: Case) -> Case:
    """Where a merged case went on."""
    seen = {case.pk}
    while case.merged_into_id is not None and case.merged_into_id not in seen:
        case = Case.objects.select_related("unit", "customer", "merged_into").get(pk=case.merged_into_id)
        seen.add(case.pk)
    return case


def is_known(case: Case, sender: str) -> bool:
    """Whether somebody with this address wrote in this case before, left it there, or is its customer."""
    if not sender:
        return False
    if (
        Reach.objects.filter(case=case, email__iexact=sender).exists()
        or RawMail.objects.filter(case=case, sender=sender, message__isnull=False).exists()
    ):
        return True
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL, ended_at=None, normalised=sender)
    return case.customer_id is not None and points.filter(customer=case.customer_id).exists()


def mailbox_of(case: Case) -> Mailbox | None:
    """The mailbox that a case is answered from: the one that its newest mail came to."""
    family = Q(case=case) | Q(case__merged_into=case)
    mail = RawMail.objects.filter(family, message__isnull=False).select_related("mailbox__unit").order_by("-received_at", "-pk").first()
    return mail.mailbox if mail is not None else None


def earlier_ids(case: Case) -> tuple[str, list[str]]:
    """The Message-ID an answer about a case answers to, and the chain before it, oldest first."""
    family = Q(case=case) | Q(case__merged_into=case)
    came = list(
        RawMail.objects.filter(family, message__isnull=False)
        .exclude(mail_id="")
        .order_by("-received_at", "-pk")
        .values_list("mail_id", "received_at")[:10]
    )
    went = list(SentMail.objects.filter(family).order_by("-sent_at", "-pk").values_list("mail_id", "sent_at")[:10])
    chain = [found for found, _at in sorted([*came, *went], key=lambda pair: pair[1])]
    latest = came[0][0] if came else (went[0][0] if went else "")
    return latest, list(dict.fromkeys([found for found in chain if found != latest] + ([latest] if latest else [])))


def _by_number(letter: Letter, organisation: int) -> Belongs:
    hinted = None
    for number in NUMBER.findall(letter.subject)[:3]:
        case = Case.objects.select_related("unit", "customer", "merged_into").filter(organisation=organisation, number=number).first()
        if case is None:
            continue
        if is_known(case, letter.sender) or is_known(surviving(case), letter.sender):
            return Belongs(surviving(case))
        hinted = hinted or case
    return Belongs(hinted=hinted)
