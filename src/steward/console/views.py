from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.ground import clock
from steward.ground.access.http import StaffRequest, staff
from steward.ground.ui.brief import BLOCKS, LATER, Block, brief_for

# Title, icon and the plain word for "nothing to do" of each block.
WORDS = {
    "broken": (_("What broke a promise"), "alert-octagon", _("No promise is broken.")),
    "soon": (_("Due within four hours"), "clock-exclamation", _("Nothing falls due in the next four hours.")),
    "changed": (_("What changed and is real"), "trending-up", _("No change that the figures support.")),
    "people": (_("People today"), "users", _("Nobody who has work due is away.")),
    "decisions": (_("Decisions waiting for me"), "gavel", _("Nothing to decide.")),
}


@require_GET
@staff()
def home(request: StaffRequest) -> HttpResponse:
    """Today: the morning brief in five blocks; for somebody without cases, the settings."""
    if not request.user.access.has("cases.view"):
        return redirect("org:settings")
    at = clock.now()
    now = {filled.block: filled for filled in brief_for(request.user, at=at, blocks=[block for block in BLOCKS if block not in LATER])}
    blocks = [(block, now.get(block), *WORDS[block]) for block in BLOCKS]
    return render(request, "console/brief.html", {"blocks": blocks, "read_at": at})


@require_GET
@staff("cases.view")
def brief_block(request: StaffRequest, block: Block) -> HttpResponse:
    """A block that the page does not wait for."""
    if block not in LATER:
        raise Http404
    found = brief_for(request.user, at=clock.now(), blocks=[block])[0]
    title, sign, done = WORDS[block]
    return render(request, "console/brief_block.html", {"block": found, "title": title, "sign": sign, "done": done})
