"""One policy per model answers every "may they?". Views and operations never spell roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from steward.ground import clock
from steward.ground.journal.actors import Actor

from .errors import Forbidden
from .models import Confidant, Unit, User
from .scope import Access

Row = TypeVar("Row", bound=models.Model)
NOTHING = Q(pk__in=[])


class Policy(Generic[Row]):
    """Rows belong to a unit; a capability on a subtree opens them. Subclasses add who is involved, and what is confidential.

    view: the capability to see rows; actions: action → capability; unit_field: the path to the row's unit ("" if the row is the unit);
    confidential: the name of a boolean field that puts a row behind its need-to-know list.
    """

    model: type[Row]
    view: ClassVar[str]
    actions: ClassVar[Mapping[str, str]] = {}
    unit_field: ClassVar[str] = "unit"
    confidential: ClassVar[str] = ""

    def visible(self, user: User, *, at: datetime) -> Q:
        access = access_at(user, at)
        seen = self.scope(access, self.view) | self.involved(user, at=at)
        if self.confidential:
            listed = Q(pk__in=confidences(user, self.model, at=at))
            seen = seen & Q(**{self.confidential: False}) | listed
        return seen

    def scope(self, access: Access, capability: str) -> Q:
        key = f"{self.unit_field}_id__in" if self.unit_field else "pk__in"
        ids = access.unit_ids(capability)
        return Q(**{key: ids}) if ids else NOTHING

    def involved(self, user: User, *, at: datetime) -> Q:
        """Rows a person sees because they take part in them, whatever the unit."""
        return NOTHING

    def unit_of(self, row: Row) -> Unit | None:
        target: Any = row
        for part in filter(None, self.unit_field.split("__")):
            target = getattr(target, part)
        unit: Unit | None = target
        return unit

    def may(self, by: Actor, action: str, row: Row, *, at: datetime) -> bool:
        """Whether the actor may do this. Machines act by their own explicit name; a customer or a missing user may nothing here."""
        if by.is_machine and by.user is None:
            return True
        if by.user is None:
            return False
        if self.confidential and getattr(row, self.confidential) and row.pk and not is_confidant(by.user, row, at=at):
            return False
        unit = self.unit_of(row)
        access = access_at(by.user, at)
        return unit is not None and access.may(self.capability(action), unit)

    def capability(self, action: str) -> str:
        try:
            return self.actions[action]
        except KeyError:
            raise KeyError(f"{type(self).__name__} knows no action {action!r}; it has {', '.join(sorted(self.actions))}.") from None

    def require(self, by: Actor, action: str, row: Row, *, at: datetime) -> None:
        if not self.may(by, action, row, at=at):
            raise Forbidden(action=action)


_policies: dict[type[models.Model], Policy[Any]] = {}


def register(policy: Policy[Any]) -> None:
    if policy.model in _policies:
        raise ValueError(f"{policy.model.__name__} has two policies.")
    _policies[policy.model] = policy


def policy_for(model: type[Row]) -> Policy[Row]:
    try:
        return _policies[model]
    except KeyError:
        raise LookupError(f"{model.__name__} has no policy, so nobody may see it.") from None


def policies() -> list[Policy[Any]]:
    return sorted(_policies.values(), key=lambda policy: policy.model._meta.label_lower)


class ScopedQuerySet(models.QuerySet[Row]):
    """A queryset every look-up of a view starts from."""

    def visible_to(self, user: User | AnonymousUser, *, at: datetime | None = None) -> ScopedQuerySet[Row]:
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self.filter(policy_for(self.model).visible(user, at=at or user.access.at))


def access_at(user: User, at: datetime) -> Access:
    """The user's access at an instant; the request's own when it is the same."""
    loaded: Access | None = user.loaded_access
    if loaded is not None and abs((loaded.at - at).total_seconds()) < 60:
        return loaded
    return Access.load(user, at=at)


def require(by: Actor, capability: str, unit: Unit, *, at: datetime) -> None:
    """The plain check for operations on a unit itself. Raises Forbidden."""
    if by.is_machine and by.user is None:
        return
    if by.user is None or not access_at(by.user, at).may(capability, unit):
        raise Forbidden(action=capability)


def confidences(user: User, model: type[models.Model], *, at: datetime | None = None) -> models.QuerySet[Confidant, int]:
    at = at or clock.now()
    return Confidant.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), user=user, subject_type=model._meta.label_lower, starts_at__lte=at
    ).values_list("subject_id", flat=True)


def is_confidant(user: User, row: models.Model, *, at: datetime) -> bool:
    return confidences(user, type(row), at=at).filter(subject_id=row.pk).exists()
