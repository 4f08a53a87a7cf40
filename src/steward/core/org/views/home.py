"""The home of the settings: a card for everything this person may keep."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from steward.ground.access.http import StaffRequest, staff
from steward.ground.ui.navigation import url_of


@dataclass(frozen=True)
class Card:
    """One card; shown to those who hold the capability, when its page is mounted."""

    url_name: str
    label: str | Promise
    text: str | Promise
    icon: str
    capability: str

    @property
    def url(self) -> str:
        return url_of(self.url_name)


GROUPS: tuple[tuple[str | Promise, tuple[Card, ...]], ...] = (
    (
        _("Organisation and people"),
        (
            Card("org:units", _("Units"), _("The tree of branches and teams, their industry and time zone"), "sitemap", "access.view"),
            Card("org:people", _("People"), _("Who works where, skills, presence"), "users", "org.view"),
            Card("org:grants", _("Who may do what"), _("Roles granted to people, where and since when"), "user-check", "access.view"),
            Card("org:roles", _("Roles"), _("What each role allows"), "key", "access.view"),
            Card("org:confidants", _("Need-to-know lists"), _("Who may see confidential matters"), "eye-off", "access.audit"),
        ),
    ),
    (
        _("Service"),
        (
            Card("catalog:services", _("Services"), _("What the organisation offers"), "list-details", "catalog.view"),
            Card("catalog:categories", _("Categories"), _("How cases are sorted"), "tag", "catalog.view"),
            Card("catalog:promises", _("Time limits"), _("What is promised about time, and by which source"), "stopwatch", "catalog.view"),
            Card("worktime:list", _("Working time"), _("Calendars and holidays"), "calendar-time", "worktime.view"),
            Card("rules:list", _("Rules"), _("Law, limits and words of the trade"), "gavel", "rules.view"),
        ),
    ),
    (
        _("Operation"),
        (
            Card("console:audit", _("Audit log"), _("Everything that was done, by whom and why"), "timeline", "access.audit"),
            Card("console:operate", _("Operator's desk"), _("Jobs, parked entries, seals, registries"), "server-cog", "access.operate"),
        ),
    ),
)


@require_GET
@staff("org.view")
def settings(request: StaffRequest) -> HttpResponse:
    access = request.user.access
    groups = [(title, [card for card in cards if access.has(card.capability) and card.url]) for title, cards in GROUPS]
    return render(request, "org/settings.html", {"groups": [(title, cards) for title, cards in groups if cards]})
