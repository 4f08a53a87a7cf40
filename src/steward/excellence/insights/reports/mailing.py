"""A report on its way to people: a short text with what the verdicts allow to be said, and where to read it."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from steward.ground.access.models import User
from steward.ground.delivery.notices import notify
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient, is_email
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

from . import narrative, texts
from .document import period_of
from .languages import everywhere, here
from .models import Report
from .operations import mark_sent
from .snapshot import Content


@transaction.atomic
def send_report(*, report: Report, content: Content, by: Actor, at: datetime) -> int:
    """Mail a report to the recipients of its plan, each in their own language; without an address it becomes a notice on their desk.

    Returns how many were written to; 0 when the report was sent before.
    """
    people = list(report.spec.recipients.filter(is_active=True).order_by("pk"))
    if not mark_sent(report=report, recipients=len(people), by=by, at=at):
        return 0
    for user in people:
        _send(report, content, user, by=by, at=at)
    return len(people)


def _send(report: Report, content: Content, user: User, *, by: Actor, at: datetime) -> None:
    to = Recipient.staff(user)
    with override(user.language or report.spec.language):
        subject, body = words_of(report, content)
    channel = "email" if is_email(user.email) else "desk"
    send_message(to=to, channel=channel, purpose="staff", subject=subject, body=body, by=by, at=at, about=report, unit=report.unit)


def words_of(report: Report, content: Content) -> tuple[str, str]:
    """Subject and body, in the language that is active."""
    names = {"name": here(content["spec"]["name"]), "period": period_of(content)}
    address = str(settings.STEWARD_PUBLIC_URL).rstrip("/") + reverse("reports:report", args=[report.public_id])
    lines = [
        *(narrative.full_stop(line) for line in narrative.headlines(content)),
        narrative.summary(content, len(texts.written(report)["recommendations"])),
        "",
        _("Read it, with its charts, definitions and the PDF: %(address)s") % {"address": address},
    ]
    if report.state == Report.State.DRAFT:
        lines.append(_("It is a draft: the figures are frozen, what people add to them is still to come."))
    return _("%(name)s, %(period)s") % names, "\n".join(lines)


def tell_of_issue(*, report: Report, content: Content, at: datetime) -> int:
    """A notice on the desks of the recipients: the report is final."""
    title = everywhere(lambda: _("Issued: %(name)s, %(period)s") % {"name": here(content["spec"]["name"]), "period": period_of(content)})
    return notify(
        users=report.spec.recipients.filter(is_active=True),
        title=localized(title),
        text=localized(report.headline),
        url=reverse("reports:report", args=[report.public_id]),
        at=at,
        icon="report",
        key=f"report-issued:{report.public_id}",
    )
