"""Units, staff, skills and presence."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from steward.ground.access import operations as access
from steward.ground.access.errors import Forbidden, Refused
from steward.ground.access.models import Grant, Unit, User
from steward.ground.access.passwords import give_password
from steward.ground.access.policies import policy_for, require
from steward.ground.access.sessions import end_of_leaver
from steward.ground.fields import LocalizedText
from steward.ground.journal import operations as journal
from steward.ground.journal import topics
from steward.ground.journal.actors import Actor

from . import events
from .models import Presence, Skill, Staff, StaffSkill


class CannotMoveUnit(Refused):
    code = "cannot_move_unit"
    message = _("A unit cannot move under itself, into another organisation, or become an organisation.")


class CannotCloseUnit(Refused):
    code = "cannot_close_unit"
    message = _("This unit still has open units or staff. Move them first.")


class HasLeft(Refused):
    code = "has_left"
    message = _("%(name)s no longer works here.")


class UnknownZone(Refused):
    code = "unknown_zone"
    message = _("%(zone)s is not a time zone. Use a name such as Asia/Shanghai.")
    status = 422


class NameTaken(Refused):
    code = "name_taken"
    message = _("The sign-in name %(username)s is taken. Choose another.")
    status = 422


class SkillTaken(Refused):
    code = "skill_taken"
    message = _("There is a skill with the code %(code)s already. Choose another.")
    status = 422


@transaction.atomic
def open_organisation(*, name: LocalizedText, industry: str, zone: str, by: Actor, at: datetime) -> Unit:
    """A new root: its own world, with the built-in roles. Only the installation's operator (a machine actor) opens one."""
    if not by.is_machine:
        raise Forbidden(action="open_organisation")
    _check_zone(zone)
    unit = Unit.objects.create(kind=Unit.Kind.ORGANISATION, name=name, industry=industry, zone=zone)
    _set_path(unit)
    access.create_built_in_roles(organisation=unit)
    journal.record(events.UnitOpened(unit.kind, None), subject=unit, by=by, at=at, unit_id=unit.pk)
    return unit


@transaction.atomic
def open_unit(
    *, parent: Unit, kind: str, name: LocalizedText, by: Actor, at: datetime, code: str = "", industry: str = "", zone: str = ""
) -> Unit:
    require(by, "org.manage", parent, at=at)
    if zone:
        _check_zone(zone)
    unit = Unit.objects.create(parent=parent, kind=kind, name=name, code=code, industry=industry, zone=zone)
    _set_path(unit)
    journal.record(events.UnitOpened(kind, parent.pk), subject=unit, by=by, at=at, unit_id=unit.pk)
    return unit


@transaction.atomic
def change_unit(
    *, unit: Unit, by: Actor, at: datetime, name: LocalizedText | None = None, industry: str | None = None, zone: str | None = None
) -> None:
    """Rename a unit or change what it and its subtree inherit; records keep their meaning, only words and clocks to come change."""
    require(by, "org.manage", unit, at=at)
    if zone:
        _check_zone(zone)
    wanted = {"name": name, "industry": industry, "zone": zone}
    changed = [field for field, value in wanted.items() if value is not None and getattr(unit, field) != value]
    for field in changed:
        setattr(unit, field, wanted[field])
    if changed:
        unit.save(update_fields=changed)
        journal.record(events.UnitChanged(changed), subject=unit, by=by, at=at, unit_id=unit.pk)


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, by: Actor, at: datetime) -> None:
    """Hang a subtree elsewhere in the same organisation. Rows follow, because they point to units, and grants to subtrees."""
    require(by, "org.manage", unit, at=at)
    require(by, "org.manage", parent, at=at)
    # Both trees are read under lock: two moves at once could otherwise make a circle.
    locked = {row.pk: row for row in Unit.objects.select_for_update().filter(path__startswith=f"{unit.root_id}.").order_by("pk")}
    unit, target = locked[unit.pk], locked.get(parent.pk)
    if target is None or unit.parent_id is None or unit.contains(target):
        raise CannotMoveUnit()
    before, after = unit.path, f"{target.path}{unit.pk}."
    if before == after:
        return
    unit.parent = target
    unit.save(update_fields=["parent"])
    below = Unit.objects.filter(path__startswith=before)
    below.update(path=Concat(Value(after), Substr("path", len(before) + 1)))
    journal.record(events.UnitMoved(before, after), subject=unit, by=by, at=at, unit_id=unit.pk)


@transaction.atomic
def close_unit(*, unit: Unit, by: Actor, at: datetime, reason: str) -> None:
    require(by, "org.manage", unit, at=at)
    if unit.children.filter(closed_at=None).exists() or unit.staff.filter(ended_date=None).exists():
        raise CannotCloseUnit()
    if Unit.objects.filter(pk=unit.pk, closed_at=None).update(closed_at=at):
        journal.record(events.UnitClosed(), subject=unit, by=by, at=at, unit_id=unit.pk, reason=reason)


@transaction.atomic
def take_on_staff(
    *,
    unit: Unit,
    username: str,
    name: str,
    by: Actor,
    at: datetime,
    password: str | None = None,
    email: str = "",
    language: str = "",
    title: LocalizedText | None = None,
    employee_number: str = "",
    started_date: date | None = None,
) -> Staff:
    """A new colleague with a sign-in name. Without a password nobody can sign in until one is set."""
    require(by, "org.manage", unit, at=at)
    if User.objects.filter(username__iexact=username).exists():
        raise NameTaken(username=username)
    user = User(username=username, name=name, email=email, language=language, organisation_id=unit.root_id, created_at=at)
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save(force_insert=True)
    staff = Staff.objects.create(
        user=user,
        unit=unit,
        title=title or LocalizedText(),
        employee_number=employee_number,
        started_date=started_date or at.astimezone(unit.timezone).date(),
    )
    journal.record(events.StaffJoined(user.pk, unit.pk), subject=staff, by=by, at=at, unit_id=unit.pk, links=[user])
    return staff


@transaction.atomic
def change_person(*, staff: Staff, name: str, email: str, by: Actor, at: datetime) -> list[str]:
    """Correct somebody's name or address; returns what changed. Raises Forbidden."""
    policy_for(Staff).require(by, "manage", staff, at=at)
    user, wanted = staff.user, {"name": name, "email": email}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    if changed:
        for field in changed:
            setattr(user, field, wanted[field])
        user.save(update_fields=changed)
        journal.record(events.PersonChanged(changed), subject=staff, by=by, at=at, unit_id=staff.unit_id, links=[user])
    return changed


def give_first_password(*, staff: Staff, by: Actor, at: datetime) -> str:
    """A one-time password for somebody who has none yet, or forgot theirs; shown once to whoever hands it over. Raises Forbidden."""
    policy_for(Staff).require(by, "manage", staff, at=at)
    if staff.ended_date is not None:
        raise HasLeft(name=staff.user.name)
    return give_password(user=staff.user, by=by, at=at)


@transaction.atomic
def move_staff(*, staff: Staff, unit: Unit, by: Actor, at: datetime) -> None:
    policy_for(Staff).require(by, "manage", staff, at=at)
    require(by, "org.manage", unit, at=at)
    if unit.root_id != staff.unit.root_id:
        raise CannotMoveUnit()
    before = staff.unit_id
    if Staff.objects.filter(pk=staff.pk, unit_id=before).update(unit=unit):
        staff.unit = unit
        journal.record(events.StaffMoved(before, unit.pk), subject=staff, by=by, at=at, unit_id=unit.pk, links=[staff.user])


@transaction.atomic
def end_staff(*, staff: Staff, ended_date: date, by: Actor, at: datetime, reason: str = "") -> None:
    """Somebody leaves: grants end, signing in stops; what they did stays theirs."""
    policy_for(Staff).require(by, "manage", staff, at=at)
    if not Staff.objects.filter(pk=staff.pk, ended_date=None).update(ended_date=ended_date):
        return
    User.objects.filter(pk=staff.user_id).update(is_active=False)
    end_of_leaver(user=staff.user, by=by, at=at)
    Grant.objects.filter(user_id=staff.user_id, ended_at=None).update(ended_at=at)
    journal.record(events.StaffLeft(staff.user_id), subject=staff, by=by, at=at, unit_id=staff.unit_id, links=[staff.user], reason=reason)


@transaction.atomic
def define_skill(*, organisation: Unit, code: str, name: LocalizedText, by: Actor, at: datetime) -> Skill:
    """A skill that people can be judged by and that work can ask for. Raises Forbidden, SkillTaken."""
    require(by, "org.manage", organisation, at=at)
    if Skill.objects.filter(organisation=organisation, code=code).exists():
        raise SkillTaken(code=code)
    skill = Skill.objects.create(organisation=organisation, code=code, name=name)
    journal.record(events.SkillDefined(code), subject=skill, by=by, at=at, unit_id=organisation.pk)
    return skill


@transaction.atomic
def judge_skill(*, staff: Staff, skill: Skill, level: int | None, by: Actor, at: datetime) -> None:
    """Set a skill's level (1 to 5), or take the skill away (None). The history stays."""
    policy_for(Staff).require(by, "judge", staff, at=at)
    current = StaffSkill.objects.filter(staff=staff, skill=skill, ended_at=None).first()
    before = current.level if current else None
    if before == level:
        return
    if current:
        StaffSkill.objects.filter(pk=current.pk).update(ended_at=at)
    if level is not None:
        StaffSkill.objects.create(staff=staff, skill=skill, level=level, starts_at=at, judged_by=by.user)
    journal.record(events.SkillJudged(skill.code, before, level), subject=staff, by=by, at=at, unit_id=staff.unit_id, links=[staff.user])


@transaction.atomic
def set_presence(*, staff: Staff, state: str, by: Actor, at: datetime) -> Presence:
    """Say where somebody is: themselves, or who leads them."""
    if by.user is None or by.user.pk != staff.user_id:
        policy_for(Staff).require(by, "set_presence", staff, at=at)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)
    current = Presence.objects.filter(staff=staff, ended_at=None).first()
    if current and current.state == state:
        return current
    if current:
        Presence.objects.filter(pk=current.pk).update(ended_at=at)
    presence = Presence.objects.create(staff=staff, state=state, started_at=at, set_by=by.user)
    event = events.PresenceChanged(current.state if current else "", state)
    journal.record(event, subject=staff, by=by, at=at, unit_id=staff.unit_id, links=[staff.user])
    topics.bump(f"unit:{staff.unit_id}:people", f"user:{staff.user_id}")
    return presence


def _set_path(unit: Unit) -> None:
    unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}."
    unit.save(update_fields=["path"])


def _check_zone(zone: str) -> None:
    if zone not in available_timezones():
        raise UnknownZone(zone=zone)
    ZoneInfo(zone)
