"""Granting, need-to-know lists, and the purpose gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from steward.ground.fields import localized
from steward.ground.journal import operations as journal
from steward.ground.journal.actors import Actor

from . import capabilities as caps
from . import events
from .errors import Forbidden, Refused
from .models import Confidant, Grant, Role, Unit, User
from .policies import access_at, is_confidant, policy_for, require
from .purposes import PURPOSES

BREAK_GLASS_LASTS = timedelta(hours=4)

BUILT_IN_ROLES = {
    caps.FRONT_LINE: localized("一线员工", en="Front-line staff"),
    caps.SUPERVISOR: localized("服务主管", en="Service supervisor"),
    caps.QUALITY_REVIEWER: localized("质检员", en="Quality reviewer"),
    caps.MANAGER: localized("服务经理", en="Service manager"),
    caps.ADMINISTRATOR: localized("管理员", en="Administrator"),
}


class CannotGrant(Refused):
    code = "cannot_grant"
    message = _("A role of one organisation cannot be granted in another.")


class NeedsPurpose(Refused):
    code = "needs_purpose"
    message = _("Say what you need the value for; the look is recorded with it.")
    status = 422


class NeedsReason(Refused):
    code = "needs_reason"
    message = _("Give the reason; it is recorded with your decision.")
    status = 422


def create_built_in_roles(*, organisation: Unit) -> dict[str, Role]:
    """The built-in roles of a new organisation."""
    return {
        code: Role.objects.get_or_create(
            organisation=organisation, code=code, defaults={"name": name, "capabilities": caps.built_in(code)}
        )[0]
        for code, name in BUILT_IN_ROLES.items()
    }


@transaction.atomic
def refresh_built_in_roles(*, organisation: Unit, by: Actor, at: datetime) -> list[Role]:
    """After an upgrade: what a newer version gives to a built-in role is added, except what the house took away. Nothing is taken away."""
    require(by, "access.grant", organisation, at=at)
    create_built_in_roles(organisation=organisation)
    changed = []
    for role in Role.objects.select_for_update().filter(organisation=organisation, code__in=BUILT_IN_ROLES).order_by("pk"):
        added = sorted(set(caps.built_in(role.code)) - {*role.capabilities, *role.withheld})
        if added:
            _refuse_more_than_own(by, added, organisation, at)
            role.capabilities = sorted({*role.capabilities, *added})
            role.save(update_fields=["capabilities"])
            journal.record(events.RoleChanged(added, []), subject=role, by=by, at=at, unit_id=organisation.pk)
            changed.append(role)
    return changed


@transaction.atomic
def grant_role(*, user: User, role: Role, unit: Unit, by: Actor, at: datetime) -> Grant:
    require(by, "access.grant", unit, at=at)
    if role.organisation_id != unit.root_id or (user.organisation_id and user.organisation_id != unit.root_id):
        raise CannotGrant()
    _refuse_more_than_own(by, role.capabilities, unit, at)
    existing = Grant.objects.in_force(at).filter(user=user, role=role, unit=unit).first()
    if existing:
        return existing
    grant = Grant.objects.create(user=user, role=role, unit=unit, starts_at=at)
    journal.record(events.RoleGranted(user.pk, role.code, unit.pk), subject=grant, by=by, at=at, unit_id=unit.pk, links=[user])
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, by: Actor, at: datetime, reason: str = "") -> None:
    require(by, "access.grant", grant.unit, at=at)
    if Grant.objects.filter(pk=grant.pk, ended_at=None).update(ended_at=at):
        event = events.GrantEnded(grant.user_id, grant.role.code, grant.unit_id)
        journal.record(event, subject=grant, by=by, at=at, unit_id=grant.unit_id, links=[grant.user], reason=reason)


@transaction.atomic
def change_role(*, role: Role, capabilities: Iterable[str], by: Actor, at: datetime) -> None:
    require(by, "access.grant", role.organisation, at=at)
    wanted = sorted(code for code in set(capabilities) if caps.known(code))
    added, removed = sorted(set(wanted) - set(role.capabilities)), sorted(set(role.capabilities) - set(wanted))
    if not added and not removed:
        return
    _refuse_more_than_own(by, added, role.organisation, at)
    role.capabilities = wanted
    role.withheld = sorted({*role.withheld, *removed} - set(wanted))
    role.save(update_fields=["capabilities", "withheld"])
    journal.record(events.RoleChanged(added, removed), subject=role, by=by, at=at, unit_id=role.organisation_id)


@transaction.atomic
def add_confidant(*, subject: models.Model, user: User, by: Actor, at: datetime, reason: str = "") -> Confidant:
    """Put somebody on the need-to-know list: by a machine that opens the matter, or by somebody who is on the list."""
    home = policy_for(type(subject)).unit_of(subject)
    foreign = home is not None and user.organisation_id not in (None, home.root_id)
    if foreign or (not by.is_machine and not is_confidant(by.user, subject, at=at)):
        raise Forbidden(action="add_confidant")
    confidant, created = Confidant.objects.get_or_create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        user=user,
        ended_at=None,
        defaults={"starts_at": at, "reason": reason},
    )
    if created:
        journal.record(events.ConfidantAdded(user.pk), subject=subject, by=by, at=at, links=[user], reason=reason)
    return confidant


@transaction.atomic
def remove_confidant(*, subject: models.Model, user: User, by: Actor, at: datetime, reason: str) -> None:
    if not by.is_machine and not is_confidant(by.user, subject, at=at):
        raise Forbidden(action="remove_confidant")
    rows = Confidant.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk, user=user, ended_at=None)
    if rows.update(ended_at=at):
        journal.record(events.ConfidantRemoved(user.pk), subject=subject, by=by, at=at, links=[user], reason=reason)


@transaction.atomic
def break_glass(*, subject: models.Model, unit: Unit, by: Actor, at: datetime, reason: str) -> Confidant:
    """Open a confidential subject in an emergency: four hours, with a reason, and the people on its list are told (they read the journal)."""
    if not reason.strip():
        raise NeedsReason()
    require(by, "access.break_glass", unit, at=at)
    home = policy_for(type(subject)).unit_of(subject)
    # The right in one unit opens nothing of another, and the people told are those of the unit that is named.
    if home is None or not unit.contains(home):
        raise Forbidden(action="access.break_glass")
    until = at + BREAK_GLASS_LASTS
    confidant = Confidant.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        user=by.user,
        starts_at=at,
        ended_at=until,
        broke_glass=True,
        reason=reason,
    )
    event = events.GlassBroken(by.user.pk, until.isoformat())
    journal.record(event, subject=subject, by=by, at=at, unit_id=unit.pk, links=[by.user], reason=reason)
    return confidant


@transaction.atomic
def reveal_values(*, subject: models.Model, fields: Sequence[str], by: Actor, purpose: str, at: datetime) -> dict[str, str]:
    """Show masked personal values of a row the actor may `reveal`, for a stated purpose; the look itself is a journal entry."""
    if purpose not in PURPOSES:
        raise NeedsPurpose()
    policy = policy_for(type(subject))
    policy.require(by, "reveal", subject, at=at)
    unit = policy.unit_of(subject)
    journal.record(
        events.PersonalRevealed(sorted(fields)),
        subject=subject,
        by=by.with_purpose(purpose),
        at=at,
        unit_id=unit.pk if unit else None,
    )
    return {name: str(getattr(subject, name)) for name in fields}


def _refuse_more_than_own(by: Actor, codes: Iterable[str], unit: Unit, at: datetime) -> None:
    """Nobody hands out more than they hold there; otherwise the right to grant, or to change a role, would be every right."""
    if by.user is None:
        return
    access = access_at(by.user, at)
    if not all(access.may(code, unit) or access.may("access.grant_any", unit) for code in codes):
        raise Forbidden(action="access.grant")
