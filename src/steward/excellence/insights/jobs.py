"""Analyses that are sent: the clock finds those that are due, a job asks with the owner's rights of that moment and sends the table."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steward.ground.delivery import notices
from steward.ground.delivery.operations import send_message
from steward.ground.delivery.recipients import Recipient, is_email
from steward.ground.jobs.context import JobContext
from steward.ground.jobs.operations import enqueue
from steward.ground.jobs.registry import every, job
from steward.ground.journal.actors import Actor

from . import address, operations
from .asking import asker_of
from .exploring import Exploration, explore
from .models import SavedAnalysis

SENDER = Actor.system("insights")
MOST_LINES = 60


@job("insights.mail_analysis", unique=lambda args: str(args["analysis"]), label=gettext_lazy("Send an analysis"))
def mail_analysis(context: JobContext, *, analysis: int) -> int:
    """Safe to run twice: whoever moves the date on sends."""
    return send_due(analysis, at=context.at)


@every("insights.send_due", timedelta(minutes=5), label=gettext_lazy("Send analyses that are due"))
def find_due(at: datetime) -> object:
    due = SavedAnalysis.objects.filter(next_mail_at__lte=at, removed_at=None).order_by("pk").values_list("pk", "owner__organisation_id")
    for pk, _organisation in due[:500]:
        enqueue(mail_analysis, args={"analysis": pk}, at=at, by=SENDER)
    return len(due[:500])


def send_due(pk: int, *, at: datetime) -> int:
    """Send one analysis to its owner if it is due; returns how many lines it had. Who has no mail address is told on the desk."""
    row = SavedAnalysis.objects.select_related("owner", "unit").get(pk=pk)
    due_at = row.next_mail_at
    if due_at is None or due_at > at or row.removed_at is not None:
        return 0
    owner = row.owner
    with translation.override(owner.language or translation.get_language()):
        asker = asker_of(owner, at=at)
        asked = address.read(QueryDict(row.query), organisation_id=asker.viewer.organisation_id, today=asker.today)
        found = explore(asked, asker) if owner.is_active and owner.access.has("measures.view") else None
        if not operations.mark_sent(analysis=row, rows=len(found.lines) if found else 0, due_at=due_at, by=SENDER, at=at) or found is None:
            return 0
        body = table_text(found)
        if is_email(owner.email):
            send_message(
                to=Recipient.staff(owner), channel="email", purpose="staff", subject=row.name, body=body, by=SENDER, at=at, about=row, unit=row.unit
            )  # fmt: skip
        else:
            url = f"/insights/analyses/{row.public_id}/"
            notices.notify(users=[owner], title=row.name, text=_("It is ready. Give an e-mail address to get it as mail."), url=url, at=at)
    return len(found.lines)


def table_text(found: Exploration) -> str:
    """The answer as plain text: the whole, what may be said of it, then group by group."""
    lines = []
    for block in found.blocks:
        lines.append(f"{block.measure.name}: {block.problem or block.total}")
        if block.compared:
            lines.append(f"  {block.compared[1].sentence} ({block.compared[1].detail})")
    told = found.told
    for line in found.lines[:MOST_LINES]:
        label = " · ".join([*line.labels, line.period] if line.period else line.labels)
        figures = [
            f"{block.measure.name} {cell.value}" + (f" ({cell.range})" if cell.range else "") + (f" n={cell.n}" if cell.n else "")
            for block, cell in zip(told, line.cells, strict=True)
        ]
        lines.append(f"{label}: " + "; ".join(figures))
    if len(found.lines) > MOST_LINES:
        lines.append(_("%(count)s lines more stand on the page.") % {"count": len(found.lines) - MOST_LINES})
    return "\n".join(lines)
