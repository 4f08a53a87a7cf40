"""The standing cast and the small world it works in: a bank with two branches, and a hotel that must never see any of it.

Everything is built through the operations, at a fixed instant: Monday 2026-03-02 09:00 in Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from steward.core.catalog import operations as catalog
from steward.core.catalog.models import PromisePolicy, ServiceItem
from steward.core.customers import operations as customers
from steward.core.customers.models import Customer
from steward.core.org import operations as org
from steward.core.org.models import Staff
from steward.ground.access import operations as access
from steward.ground.access.models import Role, Unit, User
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor
from steward.ground.rules.operations import touch_revision
from steward.ground.worktime.models import FIRST_DATE, Calendar, CalendarDay, CalendarWeek
from steward.ground.worktime.queries import CALENDARS

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)
SETUP = Actor.system("setup")
PASSWORD = "a-long-test-password"


def local(text: str) -> datetime:
    """An instant in Shanghai, as in local("2026-02-13 17:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@dataclass
class Cast:
    """Who meets every page. customer and anonymous have no account; their clients are simply not signed in."""

    front_line: User
    other_team: User
    supervisor: User
    other_branch: User
    quality_reviewer: User
    manager: User
    administrator: User
    outsider: User

    def __iter__(self) -> Iterator[tuple[str, User]]:
        for field in fields(self):
            yield field.name, getattr(self, field.name)


@dataclass
class World:
    bank: Unit
    branch: Unit
    counter_team: Unit
    lobby_team: Unit
    other_branch: Unit
    hotel: Unit
    calendar: Calendar
    service: ServiceItem
    customer: Customer
    other_customer: Customer
    cast: Cast

    def staff(self, name: str) -> Staff:
        return Staff.objects.select_related("user", "unit").get(user=getattr(self.cast, name))

    def actor(self, name: str) -> Actor:
        """The actor of a cast member, with a fresh user so that no access is cached."""
        return Actor.staff(User.objects.get(pk=getattr(self.cast, name).pk))


def build_world() -> World:
    bank = org.open_organisation(name=localized("滨海银行", en="Coast Bank"), industry="bank", zone="Asia/Shanghai", by=SETUP, at=AT)
    branch = _unit(bank, "branch", "滨江支行", "Riverside branch")
    counter = _unit(branch, "team", "柜面组", "Counter team")
    lobby = _unit(branch, "team", "大堂组", "Lobby team")
    other_branch = _unit(bank, "branch", "城南支行", "South branch")
    hotel = org.open_organisation(name=localized("云山酒店", en="Cloud Hotel"), industry="hotel", zone="Asia/Shanghai", by=SETUP, at=AT)
    cast = Cast(
        front_line=_person("front", "林一", counter, "front_line", counter),
        other_team=_person("lobby", "周二", lobby, "front_line", lobby),
        supervisor=_person("super", "王主管", branch, "supervisor", branch),
        other_branch=_person("south", "赵南", other_branch, "supervisor", other_branch),
        quality_reviewer=_person("quality", "钱质", branch, "quality_reviewer", branch),
        manager=_person("manager", "孙经理", bank, "manager", bank),
        administrator=_person("admin", "李管理", bank, "administrator", bank),
        outsider=_person("outsider", "吴外", hotel, "manager", hotel),
    )
    calendar = spring_calendar(bank)
    service = catalog.open_service(unit=bank, code="account", name=localized("开户", en="Account opening"), by=SETUP, at=AT)
    publish_promises(bank)
    return World(
        bank,
        branch,
        counter,
        lobby,
        other_branch,
        hotel,
        calendar,
        service,
        customer=customers.register_customer(
            unit=counter, name="陈晓明", by=SETUP, at=AT, contacts=[("phone", "13800138000"), ("email", "chen@example.com")]
        ),
        other_customer=customers.register_customer(
            unit=other_branch, name="欧阳娜娜", by=SETUP, at=AT, contacts=[("phone", "13900139000")]
        ),
        cast=cast,
    )


def spring_calendar(unit: Unit) -> Calendar:
    """Monday to Friday 09–12 and 13–18; off 2026-02-15…23; make-up Saturdays 02-14 and 02-28 (domain.md §20, T-CAL)."""
    calendar = Calendar.objects.create(
        unit=unit,
        name=localized("标准工作日历", en="Standard calendar"),
        zone="Asia/Shanghai",
        is_default=True,
        opened_at=AT,
        changed_at=AT,
    )
    hours = [[540, 720], [780, 1080]]
    CalendarWeek.objects.create(calendar=calendar, starts_date=FIRST_DATE, hours=[hours] * 5 + [[], []])
    for offset in range(9):
        CalendarDay.objects.create(calendar=calendar, date=date(2026, 2, 15) + timedelta(days=offset), kind="holiday")
    for day in (date(2026, 2, 14), date(2026, 2, 28)):
        CalendarDay.objects.create(calendar=calendar, date=day, kind="makeup", spans=hours)
    touch_revision(CALENDARS)  # as the operations do that open and change calendars
    return calendar


def publish_promises(unit: Unit) -> None:
    """First response in 4 working hours (1 for urgent), resolution in 8 (pausing for the customer), complaints decided in 15 days."""
    early = datetime(2025, 1, 1, tzinfo=UTC)
    waiting = ["on_hold:awaiting_customer"]
    kinds = PromisePolicy.PromiseKind
    for promise_kind, minutes, urgent in ((kinds.FIRST_RESPONSE, 240, 60), (kinds.RESOLUTION, 480, 240)):
        for priority, amount in (("", minutes), ("urgent", urgent)):
            catalog.publish_promise_policy(
                unit=unit,
                promise_kind=promise_kind,
                clock="operational",
                amount=amount,
                time_unit="working_minutes",
                priority=priority,
                pauses=waiting,
                by=SETUP,
                at=early,
            )
    catalog.publish_promise_policy(
        unit=unit,
        promise_kind=kinds.RESOLUTION,
        clock="statutory",
        amount=15,
        time_unit="calendar_days",
        case_kind="complaint",
        source="银行业保险业消费投诉处理管理办法",
        unverified=True,
        by=SETUP,
        at=early,
    )


def _unit(parent: Unit, kind: str, zh: str, en: str) -> Unit:
    return org.open_unit(parent=parent, kind=kind, name=localized(zh, en=en), by=SETUP, at=AT)


def _person(username: str, name: str, home: Unit, role: str, where: Unit) -> User:
    staff = org.take_on_staff(unit=home, username=username, name=name, password=PASSWORD, by=SETUP, at=AT)
    granted = Role.objects.get(organisation_id=home.root_id, code=role)
    # Rights begin before any date a test lives at.
    access.grant_role(user=staff.user, role=granted, unit=where, by=SETUP, at=datetime(2025, 1, 1, tzinfo=UTC))
    return staff.user
