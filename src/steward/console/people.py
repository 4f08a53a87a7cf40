"""Setting up people and organisations from the command line."""

from __future__ import annotations

from datetime import datetime

from django.core.management.base import CommandError
from django.db import transaction

from steward.core.org import operations as org
from steward.ground.access import operations as access
from steward.ground.access.models import Role, Unit, User
from steward.ground.fields import localized
from steward.ground.journal.actors import Actor

SETUP = Actor.system("createuser")
UPGRADE = Actor.system("upgrade")


@transaction.atomic
def create_user(*, username: str, name: str, organisation: str, industry: str, zone: str, role: str, password: str, at: datetime) -> User:
    """A person with a role on a whole organisation; an organisation of an unknown name is opened. Raises CommandError, Refused."""
    if len(password) < 10:
        raise CommandError("The password is too short; it needs at least 10 characters.")
    root = _organisation(organisation) or org.open_organisation(name=localized(organisation), industry=industry, zone=zone, by=SETUP, at=at)
    granted = Role.objects.filter(organisation=root, code=role).first()
    if granted is None:
        known = ", ".join(Role.objects.filter(organisation=root).order_by("code").values_list("code", flat=True))
        raise CommandError(f"There is no role {role!r} in {root}. There are: {known}.")
    staff = org.take_on_staff(unit=root, username=username, name=name, password=password, by=SETUP, at=at)
    access.grant_role(user=staff.user, role=granted, unit=root, by=SETUP, at=at)
    return staff.user


def refresh_roles(at: datetime) -> tuple[int, int]:
    """Give the built-in roles what came with a new version. Returns the number of organisations and of the roles that were given something."""
    roots = list(Unit.objects.filter(parent=None))
    return len(roots), sum(len(access.refresh_built_in_roles(organisation=root, by=UPGRADE, at=at)) for root in roots)


def _organisation(wanted: str) -> Unit | None:
    roots = Unit.objects.filter(parent=None)
    if wanted.isdigit():
        return roots.filter(pk=int(wanted)).first()
    return next((root for root in roots if wanted in root.name.values()), None)
