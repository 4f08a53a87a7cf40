"""Seals: whether the journal is as it was written."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from steward.ground.access.http import StaffRequest, staff
from steward.ground.journal import sealing
from steward.ground.journal.models import Entry, Seal

# Beyond it a check takes longer than a page may: `steward journal verify` does the same on the command line.
MOST_ON_A_PAGE = 200_000
LATEST = 20


@require_http_methods(["GET", "POST"])
@staff("access.operate")
def seals(request: StaffRequest) -> HttpResponse:
    """The newest seals and the anchor outside the database; a POST walks the whole chain."""
    last = Seal.objects.order_by("-number").first()
    newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    small = newest <= MOST_ON_A_PAGE
    context: dict[str, Any] = {
        "last": last,
        "head": sealing.read_head(),
        "rows": Seal.objects.order_by("-number").defer("codes", "seqs")[:LATEST],
        "unsealed": Entry.objects.filter(pk__gt=last.last_seq if last else 0)[:1001].count(),
        "small": small,
        "most": MOST_ON_A_PAGE,
        "result": sealing.verify() if request.method == "POST" and small else None,
    }
    return render(request, "console/operate/seals.html", context)
