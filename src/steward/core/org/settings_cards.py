"""The cards of the settings page. Upper rooms register theirs; a card shows to those who hold its capability, when its page is mounted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.ui.navigation import url_of

Group = Literal["people", "service", "operation"]
TITLES: dict[Group, str | Promise] = {"people": _("Organisation and people"), "service": _("Service"), "operation": _("Operation")}


def always(user: User) -> bool:
    return True


@dataclass(frozen=True)
class Card:
    """shown: whether it concerns this person now; asked only when they hold the capability."""

    url_name: str
    label: str | Promise
    text: str | Promise
    icon: str
    capability: str
    shown: Callable[[User], bool] = always

    @property
    def url(self) -> str:
        return url_of(self.url_name)


_cards: dict[str, tuple[Group, Card]] = {}


def register(group: Group, card: Card) -> None:
    if card.url_name in _cards:
        raise ValueError(f"The settings card {card.url_name!r} is registered twice.")
    _cards[card.url_name] = (group, card)


def groups() -> list[tuple[str | Promise, list[Card]]]:
    """Every group with its cards, in the order in which they were registered: lower rooms first."""
    return [(title, [card for of, card in _cards.values() if of == group]) for group, title in TITLES.items()]


def register_house_cards() -> None:
    """The pages of org and of the rooms below and beside it, and the operator's."""
    register(
        "people", Card("org:units", _("Units"), _("The tree of branches and teams, their industry and time zone"), "sitemap", "access.view")
    )
    register("people", Card("org:people", _("People"), _("Who works where, skills, presence"), "users", "org.view"))
    register(
        "people", Card("org:grants", _("Who may do what"), _("Roles granted to people, where and since when"), "user-check", "access.view")
    )
    register("people", Card("org:roles", _("Roles"), _("What each role allows"), "key", "access.view"))
    again = _("Which roles need the second step; when a sensitive act asks again")
    register("people", Card("org:sign_in_rule", _("Rules of signing in"), again, "shield-check", "access.secure"))
    services = _("Signing in through a directory of your own (OpenID Connect)")
    register("people", Card("org:providers", _("Sign-in services"), services, "building", "access.secure"))
    register("people", Card("org:confidants", _("Need-to-know lists"), _("Who may see confidential matters"), "eye-off", "access.audit"))
    register("service", Card("catalog:services", _("Services"), _("What the organisation offers"), "list-details", "catalog.view"))
    register("service", Card("catalog:categories", _("Categories"), _("How cases are sorted"), "tag", "catalog.view"))
    register(
        "service",
        Card("catalog:promises", _("Time limits"), _("What is promised about time, and by which source"), "stopwatch", "catalog.view"),
    )
    register("service", Card("worktime:list", _("Working time"), _("Calendars and holidays"), "calendar-time", "worktime.view"))
    register("service", Card("rules:list", _("Rules"), _("Law, limits and words of the trade"), "gavel", "rules.view"))
    register("operation", Card("console:audit", _("Audit log"), _("Everything that was done, by whom and why"), "timeline", "access.audit"))
    tried = _("Who signed in, was refused or locked out, and from where")
    register("operation", Card("console:sign_ins", _("Sign-ins"), tried, "login", "access.audit"))
    register(
        "operation",
        Card("console:operate", _("Operator's desk"), _("Jobs, parked entries, seals, registries"), "server-cog", "access.operate"),
    )
