"""What is ready and what is left, in sentences with the page that goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .progress import Facts


@dataclass(frozen=True)
class Line:
    """tone: that of its sign; url and action: where it goes on, empty when nowhere."""

    text: str
    url: str = ""
    action: str = ""
    tone: str = "waiting"


def ready(facts: Facts) -> list[Line]:
    found = [_("%(name)s with its roles, and you as service manager and administrator") % {"name": facts.organisation}]
    if facts.units:
        found.append(ngettext("%(count)d unit", "%(count)d units", facts.units) % {"count": facts.units})
    if facts.has_hours:
        found.append(_("Working time"))
    if facts.services:
        parts = {"services": facts.services, "categories": facts.categories}
        found.append(_("Services: %(services)d; categories: %(categories)d") % parts)
    if facts.limits:
        found.append(ngettext("%(count)d time limit", "%(count)d time limits", facts.limits) % {"count": facts.limits})
    if facts.people > 1:
        found.append(ngettext("%(count)d person", "%(count)d people", facts.people) % {"count": facts.people})
    return [Line(text) for text in found]


def left(facts: Facts) -> list[Line]:
    """What stands in the way of a fair start first, then what somebody should check."""
    return [*_missing(facts), *_unchecked(facts)]


def _missing(facts: Facts) -> Iterator[Line]:
    if not facts.has_hours:
        text = _("No working time yet: time limits in working hours and days cannot run.")
        yield Line(text, reverse("console:setup_worktime"), _("Set it"), "warn")
    if not facts.limits:
        yield Line(_("No time limits yet: cases have no due time."), reverse("console:setup_services"), _("Choose them"), "warn")
    if not facts.services:
        yield Line(
            _("No services yet: cases cannot be sorted by what they are about."), reverse("console:setup_services"), _("Choose them")
        )
    if facts.people == 1:
        yield Line(_("You are the only person so far."), reverse("console:setup_people"), _("Invite people"))


def _unchecked(facts: Facts) -> Iterator[Line]:
    if facts.unverified_limits:
        text = ngettext(
            "%(count)d time limit names a rule and is not compared with it yet.",
            "%(count)d time limits name a rule and are not compared with it yet.",
            facts.unverified_limits,
        )
        yield Line(text % {"count": facts.unverified_limits}, f"{reverse('catalog:promises')}?state=unverified", _("Check them"))
    if facts.unverified_days:
        text = ngettext(
            "%(count)d day of the calendar is not compared with the official notice yet.",
            "%(count)d days of the calendar are not compared with the official notice yet.",
            facts.unverified_days,
        )
        yield Line(text % {"count": facts.unverified_days}, reverse("worktime:list"), _("Check them"))
    if facts.without_password:
        text = ngettext("%(count)d person has no password yet.", "%(count)d people have no password yet.", facts.without_password)
        yield Line(text % {"count": facts.without_password}, reverse("org:people"), _("People"))
    if not settings.STEWARD_SMTP_URL:
        yield Line(_("No mail server is set: replies by e-mail stay in the outbox folder until the operator names one."), tone="muted")
