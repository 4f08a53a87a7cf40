"""The one place that decides what a token may see and do.

Behind a token stands a member of staff, whose own rights the operations check as ever, or an integration, an actor the policies let pass. For
both alike the gate holds the scopes, the unit's subtree and the need-to-know lists: a token stands on no list, so it never sees what is
confidential. Every operation of the interface asks here for its rows and its actor, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.security import HttpBearer

from steward.core.cases.models import Case
from steward.core.cases.queries import assignable_staff, visible_cases
from steward.core.catalog.models import Category, ServiceItem
from steward.core.customers.models import Customer, ServedBy
from steward.core.org.models import Staff
from steward.ground import clock
from steward.ground.access.limits import limiter
from steward.ground.access.models import Unit
from steward.ground.access.policies import access_at
from steward.ground.journal.actors import Actor

from ..errors import TooMany
from ..models import ApiToken
from ..operations.tokens import authenticate, note_use
from ..scopes import SCOPES
from .problems import BadField, NeedsScope

Offered = TypeVar("Offered", ServiceItem, Category)
AHEAD = 20  # requests fetched from the shared count at once


@dataclass(frozen=True)
class Caller:
    """A token at work on one request."""

    token: ApiToken
    by: Actor
    at: datetime

    def needs(self, scope: str) -> None:
        """Raise NeedsScope unless the token has the scope."""
        if not self.has(scope):
            raise NeedsScope(scope=scope)

    def has(self, scope: str) -> bool:
        return scope in self.token.scopes

    def cases(self) -> QuerySet[Case]:
        """The cases this token sees: of its unit and below, none of them confidential, and for staff only what they see themselves."""
        path = self.token.unit.path
        if self.token.user is not None:
            rows = visible_cases(self.token.user, at=self.at)
        else:
            rows = Case.objects.select_related("unit", "service", "category", "customer", "assignee__user", "merged_into")
        return rows.filter(unit__path__startswith=path, confidential=False)

    def case(self, public_id: str) -> Case:
        return _one(self.cases(), public_id)

    def units(self, scope: str) -> QuerySet[Unit]:
        """The open units in which the token may do what the scope says."""
        rows = Unit.objects.filter(path__startswith=self.token.unit.path, closed_at=None)
        if self.token.user is not None:
            rows = rows.filter(pk__in=access_at(self.token.user, self.at).unit_ids(SCOPES[scope].capability))
        return rows.order_by("path")

    def unit(self, public_id: str | None, scope: str, field: str = "unit") -> Unit:
        """A named unit; else the token's own, or where its person works."""
        if not public_id and self.token.user is None:
            return self.token.unit  # open, or the token had not been let in
        rows = self.units(scope)
        found = rows.filter(public_id=public_id).first() if public_id else rows.filter(pk=self.token.unit_id).first()
        if found is None and not public_id and self.token.user is not None:
            found = rows.filter(staff__user=self.token.user).first()
        if found is None:
            raise BadField(field=field, why=_("This token may not do this in that unit."))
        return found

    def customer(self, public_id: str) -> Customer:
        """Somebody the token may see: served by a unit of its subtree, and for staff by one in which they see people."""
        served = ServedBy.objects.filter(customer=OuterRef("pk"), unit__path__startswith=self.token.unit.path)
        rows = Customer.objects.filter(Exists(served), public_id=public_id, erased_at=None)
        if self.token.user is not None:
            rows = rows & Customer.objects.visible_to(self.token.user, at=self.at)
        found = rows.first()
        if found is None:
            raise BadField(field="customer.id", why=_("There is nobody with this id whom the token may see."))
        return found

    def service(self, public_id: str | None, unit: Unit) -> ServiceItem | None:
        return self._offered(ServiceItem.objects.all(), public_id, unit, "service")

    def category(self, public_id: str | None, unit: Unit) -> Category | None:
        return self._offered(Category.objects.all(), public_id, unit, "category")

    def colleague(self, public_id: str, case: Case) -> Staff:
        found = assignable_staff(case, at=clock.now()).filter(public_id=public_id).first()
        if found is None:
            raise BadField(field="to", why=_("Nobody whom this case can be handed to has this id."))
        return found

    @staticmethod
    def _offered(rows: QuerySet[Offered], public_id: str | None, unit: Unit, field: str) -> Offered | None:
        if public_id is None:
            return None
        found = rows.filter(public_id=public_id, unit_id__in=unit.ancestor_ids, closed_at=None).first()
        if found is None:
            raise BadField(field=field, why=_("The unit does not have this."))
        return found


class TokenAuth(HttpBearer):
    """`Authorization: Bearer stw_…`, counted against the token's limit per minute."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        at = clock.now()
        found = authenticate(token, at=at)
        if found is None:
            return None
        wait = limiter.take(
            f"api:{found.pk}", limit=found.per_minute, lasts=timedelta(minutes=1), at=at, ahead=min(AHEAD, found.per_minute)
        )
        if wait:
            raise TooMany(seconds=wait)
        note_use(token=found, at=at)
        return Caller(found, actor_of_token(found, request=str(getattr(request, "request_id", ""))), at)


def actor_of_token(token: ApiToken, *, request: str = "") -> Actor:
    """Staff act under their own name, with the token's prefix beside the request; an integration under the token's."""
    tied = f"api:{token.prefix}:{request}"[:80]
    if token.user is not None:
        return Actor.staff(token.user, request=tied)
    behind = str(token.created_by.public_id) if token.created_by else ""
    return Actor("system", f"api:{token.public_id}", on_behalf_of=behind, request=tied)


def caller_of(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by TokenAuth
    return caller


def checked_caller(request: HttpRequest, query: type[Schema] | None = None) -> Caller:
    """Who asks, once the query was looked at. A misspelt or doubled filter would silently show other rows, so it is refused."""
    known = query.model_fields if query is not None else {}
    for name in request.GET:
        if name not in known or len(request.GET.getlist(name)) > 1:
            why = _("This stands twice.") if name in known else _("There is no such field.")
            raise BadField(field=name[:100], why=why)
    return caller_of(request)


def _one(rows: QuerySet[Case], public_id: str) -> Case:
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
