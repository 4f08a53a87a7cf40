"""The home of the settings: a card for everything this person may keep."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from steward.ground.access.http import StaffRequest, staff

from ..settings_cards import groups


@require_GET
@staff("org.view")
def settings(request: StaffRequest) -> HttpResponse:
    user = request.user
    shown = [
        (title, [card for card in cards if user.access.has(card.capability) and card.url and card.shown(user)]) for title, cards in groups()
    ]
    return render(request, "org/settings.html", {"groups": [(title, cards) for title, cards in shown if cards]})
