"""What cases show on the customer page: a panel and lines of the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from steward.core.customers.models import Customer
from steward.core.customers.timeline import TimelineLine
from steward.ground.access.models import User
from steward.ground.journal.models import Entry

from .models import Case
from .queries import visible_cases
from .sentences import timeline


def cases_of(user: User, customer: Customer, at: datetime) -> dict[str, Any] | None:
    if not user.access.has("cases.view"):
        return None
    cases = visible_cases(user, at=at).filter(customer=customer)
    return {"cases": list(cases.order_by("-opened_at")[:20]), "customer": customer}


def timeline_lines(user: User, entries: Sequence[Entry], at: datetime) -> dict[int, TimelineLine]:
    """Only entries of cases this reader sees; a confidential case leaves no trace in somebody else's timeline."""
    case_ids = [entry.subject_id for entry in entries if entry.subject_type == "cases.case"]
    seen = {case.pk: case for case in Case.objects.visible_to(user, at=at).filter(pk__in=case_ids)}
    mine = [entry for entry in entries if entry.subject_type == Case._meta.label_lower and entry.subject_id in seen]
    lines: dict[int, TimelineLine] = {}
    subjects = {entry.seq: entry.subject_id for entry in mine}
    for line in timeline(mine):
        case = seen[subjects[line.seq]]
        text = f"{case.number} · {line.text}"
        lines[line.seq] = TimelineLine(line.at, line.who, text, line.icon, reverse("cases:detail", args=[case.public_id]))
    return lines
