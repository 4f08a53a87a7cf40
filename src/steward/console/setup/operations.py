"""What each step of the set-up writes: one transaction, made of the operations of the rooms below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import ngettext

from steward.core.cases.models import Case
from steward.core.catalog import operations as catalog
from steward.core.catalog.models import Category, PromisePolicy, ServiceItem
from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground.access import operations as access
from steward.ground.access.models import Role, Unit, User
from steward.ground.access.policies import require
from steward.ground.fields import LocalizedText, localized
from steward.ground.journal.actors import Actor
from steward.ground.worktime import operations as worktime
from steward.ground.worktime.models import FIRST_DATE, Calendar, hours_of
from steward.ground.worktime.operations import Prefilled
from steward.science.worktime import Week

from .codes import taken_code
from .errors import AlreadySetUp, HasProblems, HoursInUse, LongerThanLaw, NoHours, UnknownTrade, WeakPassword
from .plans import first_years, is_empty, plan_people, plan_units
from .presets import Limit, Named, trades

SETUP = Actor.system("setup")
FIRST_ROLES = ("manager", "administrator")
CALENDAR_NAME = localized("工作日历", en="Working calendar")
OWN_PROMISE = localized("自有承诺", en="Our own promise")


def password_problems(password: str, *, username: str, name: str) -> list[str]:
    """What the validators say against a password, in sentences."""
    try:
        validate_password(password, User(username=username, name=name))
    except ValidationError as error:
        return [_short(each) if each.code == "password_too_short" else "".join(each.messages) for each in error.error_list]
    return []


def _short(error: ValidationError) -> str:
    """Said by us: Django changed its sentence and has no Chinese for it."""
    shortest = (error.params or {}).get("min_length", 0)
    return ngettext("It is too short: at least %(count)d character.", "It is too short: at least %(count)d characters.", shortest) % {
        "count": shortest
    }


def found_organisation(
    *, code: str, name: LocalizedText, industry: str, zone: str, person: str, username: str, password: str, at: datetime
) -> User:
    """The first organisation, and whoever holds the code as its service manager and administrator. The code dies with it.

    Raises WrongCode, AlreadySetUp, UnknownTrade, WeakPassword, and what open_organisation and take_on_staff raise.
    """
    if not is_empty():
        raise AlreadySetUp()
    if industry not in trades():
        raise UnknownTrade()
    if problems := password_problems(password, username=username, name=person):
        raise WeakPassword(problems=" ".join(problems))
    with taken_code(code), transaction.atomic():
        if not is_empty():
            raise AlreadySetUp()
        root = org.open_organisation(name=name, industry=industry, zone=zone, by=SETUP, at=at)
        founder = org.take_on_staff(unit=root, username=username, name=person, password=password, by=SETUP, at=at)
        for role in Role.objects.filter(organisation=root, code__in=FIRST_ROLES):
            access.grant_role(user=founder.user, role=role, unit=root, by=SETUP, at=at)
    return founder.user


@transaction.atomic
def add_units(*, organisation: Unit, text: str, by: Actor, at: datetime) -> list[Unit]:
    """Open the units of an indented list that do not exist yet; nothing is moved, renamed or closed. Raises HasProblems, Forbidden."""
    require(by, "org.manage", organisation, at=at)
    plan = plan_units(organisation, text)
    if plan.problems:
        raise HasProblems(plan.problems)
    found: list[Unit] = []
    opened: list[Unit] = []
    for planned in plan.units:
        unit = planned.existing
        if unit is None:
            parent = found[planned.line.above] if planned.line.above >= 0 else organisation
            unit = org.open_unit(parent=parent, kind=planned.kind, name=planned.line.name, by=by, at=at)
            opened.append(unit)
        found.append(unit)
    return opened


@dataclass(frozen=True)
class WorkingTime:
    calendar: Calendar
    prefilled: Prefilled | None


@transaction.atomic
def set_working_time(*, organisation: Unit, week: Week, country: str, by: Actor, at: datetime) -> WorkingTime:
    """The organisation's own hours, and proposals for public holidays of this year and the next (country empty: none).

    Until the first case, hours set before are corrected; afterwards clocks run by them. Raises NoHours, HoursInUse, Forbidden.
    """
    require(by, "worktime.manage", organisation, at=at)
    if not any(week.values()):
        raise NoHours()
    calendar = own_calendar(organisation)
    if calendar is None:
        zone = organisation.timezone.key
        calendar = worktime.open_calendar(unit=organisation, name=CALENDAR_NAME, zone=zone, week=week, by=by, at=at, make_default=True)
    elif [row.hours for row in calendar.weeks.all()] != [hours_of(week)]:
        if has_cases(organisation):
            raise HoursInUse()
        worktime.change_week(calendar=calendar, week=week, starts_date=FIRST_DATE, by=by, at=at)
    years = first_years(organisation, at)
    prefilled = worktime.prefill_holidays(calendar=calendar, country=country, years=years, by=by, at=at) if country else None
    return WorkingTime(calendar, prefilled)


def own_calendar(organisation: Unit) -> Calendar | None:
    return Calendar.objects.open().filter(unit=organisation, is_default=True).first()


def has_cases(organisation: Unit) -> bool:
    return Case.objects.filter(organisation_id=organisation.pk).exists()


@dataclass(frozen=True)
class ChosenLimit:
    """A time limit of the preset with the amount somebody wants, counted as the preset counts."""

    limit: Limit
    amount: int

    @property
    def is_own(self) -> bool:
        return self.amount != self.limit.amount or not self.limit.law


@dataclass(frozen=True)
class Offered:
    services: int
    categories: int
    limits: int

    def __bool__(self) -> bool:
        return bool(self.services or self.categories or self.limits)


@transaction.atomic
def publish_offer(
    *, organisation: Unit, services: Sequence[Named], categories: Sequence[Named], limits: Sequence[ChosenLimit], by: Actor, at: datetime
) -> Offered:
    """Open the services and categories and publish the time limits that the organisation does not have yet; what exists stays.

    A number shorter than that of a law is a promise of one's own; a longer one is refused. Raises LongerThanLaw, Forbidden.
    """
    require(by, "catalog.manage", organisation, at=at)
    known_services = set(ServiceItem.objects.filter(unit=organisation).values_list("code", flat=True))
    known_categories = set(Category.objects.filter(unit=organisation).values_list("code", flat=True))
    new_services = [named for named in services if named.code not in known_services]
    new_categories = [named for named in categories if named.code not in known_categories]
    new_limits = [chosen for chosen in limits if policy_in_force(organisation, chosen.limit) is None]
    for named in new_services:
        catalog.open_service(unit=organisation, code=named.code, name=named.name, by=by, at=at)
    for named in new_categories:
        catalog.open_category(unit=organisation, code=named.code, name=named.name, by=by, at=at)
    for chosen in new_limits:
        _publish(organisation, chosen, by, at)
    return Offered(len(new_services), len(new_categories), len(new_limits))


def policy_in_force(organisation: Unit, limit: Limit) -> PromisePolicy | None:
    """The organisation's own version in force of what a preset proposes."""
    return PromisePolicy.objects.filter(
        unit=organisation,
        service=None,
        case_kind=limit.case_kind,
        priority=limit.priority,
        promise_kind=limit.promise_kind,
        clock=limit.clock,
        ended_at=None,
    ).first()


def _publish(organisation: Unit, chosen: ChosenLimit, by: Actor, at: datetime) -> None:
    limit = chosen.limit
    if limit.law and chosen.amount > limit.amount:
        raise LongerThanLaw(amount=limit.words(chosen.amount), limit=limit.words(limit.amount))
    catalog.publish_promise_policy(
        unit=organisation,
        promise_kind=limit.promise_kind,
        clock=limit.clock,
        amount=limit.kept(chosen.amount),
        time_unit=limit.time_unit,
        case_kind=limit.case_kind,
        priority=limit.priority,
        pauses=limit.pauses,
        source=str(OWN_PROMISE if chosen.is_own else limit.source),
        unverified=limit.unverified and not chosen.is_own,
        by=by,
        at=at,
    )


@dataclass(frozen=True)
class TakenOn:
    staff: Staff
    role: Role


@transaction.atomic
def take_on_people(*, organisation: Unit, text: str, by: Actor, at: datetime) -> list[TakenOn]:
    """Everybody of a list who is not here yet, with their role at their unit: all of them, or nobody.

    Nobody can sign in before `give_passwords`. Raises HasProblems, Forbidden.
    """
    require(by, "org.manage", organisation, at=at)
    require(by, "access.grant", organisation, at=at)
    plan = plan_people(organisation, text)
    if plan.problems:
        raise HasProblems(plan.problems)
    taken_on: list[TakenOn] = []
    for person in plan.new:
        row = person.row
        staff = org.take_on_staff(unit=person.unit, username=row.username, name=row.name, email=row.email, by=by, at=at)
        access.grant_role(user=staff.user, role=person.role, unit=person.unit, by=by, at=at)
        taken_on.append(TakenOn(staff, person.role))
    return taken_on


@dataclass(frozen=True)
class Handed:
    """What goes on one person's slip. password: shown once, stored nowhere in the clear."""

    staff: Staff
    role: Role
    password: str


def give_passwords(*, taken_on: Sequence[TakenOn], by: Actor, at: datetime) -> list[Handed]:
    """A one-time password each, one transaction after the other: hashing is slow on purpose, and others write meanwhile."""
    return [Handed(each.staff, each.role, org.give_first_password(staff=each.staff, by=by, at=at)) for each in taken_on]
