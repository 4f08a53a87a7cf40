"""How far the set-up of an organisation is, read from what exists. Nothing about it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.worktime.models import CalendarDay

from .operations import has_cases, own_calendar


class Facts:
    """Counts of one organisation, each read when asked."""

    def __init__(self, organisation: Unit) -> None:
        self.organisation = organisation

    @cached_property
    def units(self) -> int:
        root = self.organisation
        return Unit.objects.filter(path__startswith=root.path, closed_at=None).exclude(pk=root.pk).count()

    @cached_property
    def has_hours(self) -> bool:
        return own_calendar(self.organisation) is not None

    @cached_property
    def services(self) -> int:
        return ServiceItem.objects.filter(unit__path__startswith=self.organisation.path, closed_at=None).count()

    @cached_property
    def categories(self) -> int:
        return Category.objects.filter(unit__path__startswith=self.organisation.path, closed_at=None).count()

    @cached_property
    def limits(self) -> int:
        return PromisePolicy.objects.filter(unit__path__startswith=self.organisation.path, ended_at=None).count()

    @cached_property
    def people(self) -> int:
        return Staff.objects.filter(unit__path__startswith=self.organisation.path, ended_date=None).count()

    @cached_property
    def unverified_limits(self) -> int:
        return PromisePolicy.objects.filter(unit__path__startswith=self.organisation.path, ended_at=None, unverified=True).count()

    @cached_property
    def unverified_days(self) -> int:
        calendars = CalendarDay.objects.filter(calendar__unit__path__startswith=self.organisation.path, calendar__closed_at=None)
        return calendars.filter(unverified=True).count()

    @cached_property
    def without_password(self) -> int:
        """People who were taken on and cannot sign in yet."""
        unusable = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return User.objects.filter(unusable, organisation=self.organisation, is_active=True).count()

    @cached_property
    def has_cases(self) -> bool:
        return has_cases(self.organisation)


@dataclass(frozen=True)
class Step:
    """rights: what its page needs at the organisation. note: what exists, in a few words; empty when nothing does."""

    key: str
    title: str | Promise
    rights: tuple[str, ...]
    is_done: Callable[[Facts], bool]
    note: Callable[[Facts], str]

    @property
    def url_name(self) -> str:
        return f"console:setup_{self.key}"


def _units(facts: Facts) -> str:
    return ngettext("%(count)d unit", "%(count)d units", facts.units) % {"count": facts.units} if facts.units else ""


def _limits(facts: Facts) -> str:
    return ngettext("%(count)d time limit", "%(count)d time limits", facts.limits) % {"count": facts.limits} if facts.limits else ""


def _people(facts: Facts) -> str:
    return ngettext("%(count)d person", "%(count)d people", facts.people) % {"count": facts.people}


STEPS = (
    Step("organisation", pgettext_lazy("set-up", "Organisation"), (), lambda facts: True, lambda facts: str(facts.organisation)),
    Step("units", pgettext_lazy("set-up", "Units"), ("org.manage",), lambda facts: facts.units > 0, _units),
    Step("worktime", _("Working time"), ("worktime.manage",), lambda facts: facts.has_hours, lambda facts: ""),
    Step("services", _("Services and time limits"), ("catalog.manage",), lambda facts: bool(facts.services and facts.limits), _limits),
    Step("people", _("People"), ("org.manage", "access.grant"), lambda facts: facts.people > 1, _people),
)


@dataclass(frozen=True)
class Shown:
    """A step as it stands in the list of a page. url: empty when this person has no right to it, or when it is over."""

    title: str
    url: str
    done: bool
    current: bool
    note: str


def may_do(user: User, step: Step, organisation: Unit) -> bool:
    return all(user.access.may(right, organisation) for right in step.rights)


def steps_shown(user: User, organisation: Unit, current: str) -> list[Shown]:
    facts = Facts(organisation)
    return [
        Shown(
            title=str(step.title),
            url=reverse(step.url_name) if step.rights and may_do(user, step, organisation) else "",
            done=step.is_done(facts),
            current=step.key == current,
            note=step.note(facts),
        )
        for step in STEPS
    ]


def first_open(user: User, organisation: Unit) -> str:
    """The address of the first step that is not done and that this person may do; the last page when there is none."""
    facts = Facts(organisation)
    undone = (step for step in STEPS if not step.is_done(facts) and may_do(user, step, organisation))
    step = next(undone, None)
    return reverse(step.url_name if step else "console:setup_done")


def after(key: str) -> str:
    """The address of the step behind this one."""
    keys = [step.key for step in STEPS]
    following = keys[keys.index(key) + 1 :]
    return reverse(f"console:setup_{following[0]}" if following else "console:setup_done")


def is_unfinished(user: User) -> bool:
    """Whether the settings still show the set-up to this person: they steer the organisation, and a step is open."""
    organisation = user.organisation
    if organisation is None or not user.access.may("org.manage", organisation):
        return False
    facts = Facts(organisation)
    return not all(step.is_done(facts) for step in STEPS)
