from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from .models import Grant, Role, SignInNote, SignInSession, Unit, User
from .policies import Policy, access_at, register


class UnitPolicy(Policy[Unit]):
    """Everybody sees the units of their own organisation: a case is handed over to a unit by its name."""

    model = Unit
    view = "access.view"
    unit_field = ""

    def visible(self, user: User, *, at: datetime) -> Q:
        organisation = user.organisation
        return Q(path__startswith=organisation.path) if organisation else super().visible(user, at=at)


class UserPolicy(Policy[User]):
    """Colleagues of the same organisation are known by name; what else is seen of them depends on the page."""

    model = User
    view = "access.view"
    actions = {"secure": "access.secure"}
    unit_field = "organisation"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(pk=user.pk) | (Q(organisation_id=user.organisation_id) if user.organisation_id else Q(pk__in=[]))


class GrantPolicy(Policy[Grant]):
    model = Grant
    view = "access.view"
    actions = {"end": "access.grant"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(user=user)


class RolePolicy(Policy[Role]):
    model = Role
    view = "access.view"
    unit_field = "organisation"
    actions = {"change": "access.grant"}

    def visible(self, user: User, *, at: datetime) -> Q:
        roots = {int(path.split(".", 1)[0]) for path in access_at(user, at).paths(self.view)}
        return Q(organisation_id__in=roots)


class SessionPolicy(Policy[SignInSession]):
    """One's own; and all of the organisation for who keeps its accounts safe."""

    model = SignInSession
    view = "access.secure"
    unit_field = "user__organisation"

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(user=user)


class NotePolicy(Policy[SignInNote]):
    """Who tried to sign in, for who audits the organisation."""

    model = SignInNote
    view = "access.audit"
    unit_field = "user__organisation"


def register_policies() -> None:
    for policy in (UnitPolicy(), UserPolicy(), GrantPolicy(), RolePolicy(), SessionPolicy(), NotePolicy()):
        register(policy)
