"""The operator's desk itself, and the page of registries."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.core.org.settings_cards import Card
from steward.ground.access.http import StaffRequest, staff
from steward.ground.journal.subscribers import BLOCKING
from steward.ground.ui.navigation import url_of

from . import queries

CARDS = (
    Card("console:parking", _("Parked entries"), _("What a part of the house could not handle"), "player-pause", "access.operate"),
    Card("jobs:operate", _("Background jobs"), _("Queues, schedules, failures"), "server-cog", "access.operate"),
    Card("delivery:operate", _("Deliveries"), _("Messages that left, wait or failed"), "send", "access.operate"),
    Card("console:seals", _("Seals"), _("Whether the journal is as it was written"), "lock", "access.operate"),
    Card("console:audit", _("Audit log"), _("Everything that was done, by whom and why"), "timeline", "access.audit"),
    Card("console:sign_ins", _("Sign-ins"), _("Who signed in, was refused or locked out, and from where"), "login", "access.audit"),
    Card("console:registries", _("Registries"), _("What the installed parts offer to one another"), "components", "access.operate"),
)


@require_GET
@staff("access.operate")
def home(request: StaffRequest) -> HttpResponse:
    parked = queries.parked_in_scope(request.user).filter(state__in=BLOCKING)[:1001].count()
    cards = [card for card in CARDS if request.user.access.has(card.capability) and url_of(card.url_name)]
    return render(request, "console/operate/home.html", {"cards": cards, "parked": parked})


@require_GET
@staff("access.operate")
def registries(request: StaffRequest) -> HttpResponse:
    """Every registry with its entries; `?q=` looks in names and keys."""
    words = request.GET.get("q", "").strip().casefold()
    found = [each for each in queries.registries() if words in f"{each.module} {each.purpose} {each.entries}".casefold()]
    return render(request, "console/operate/registries.html", {"registries": found})
