from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from steward.core.cases import hooks
from steward.core.cases.models import Case, Concern
from steward.core.org.models import Staff
from steward.ground.access.models import User
from steward.ground.access.policies import Policy, access_at, confidences, policy_for, register
from steward.ground.journal.actors import Actor

from .models import CaseTeam, InternalRequest, Location, ServiceOrder, TeamMember


class InternalRequestPolicy(Policy[InternalRequest]):
    """Seen by whoever sees its case, and by those who work in the receiving department, unless the case is confidential, hidden from them or
    about them."""

    model = InternalRequest
    view = "cases.work"
    unit_field = "to_unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at)) | self._received(user, at)

    def may(self, by: Actor, action: str, row: InternalRequest, *, at: datetime) -> bool:
        """ask: send it again, cancel it: whoever works on the case. handle: accept, hand back, answer: whoever works in the receiving department."""
        if by.is_machine and by.user is None:
            return True
        if action == "ask":
            return policy_for(Case).may(by, "work", row.case, at=at)
        if action != "handle":
            raise KeyError(f"InternalRequestPolicy knows no action {action!r}; it has ask, handle.")
        return by.user is not None and InternalRequest.objects.filter(self._received(by.user, at), pk=row.pk).exists()

    def _received(self, user: User, at: datetime) -> Q:
        about_me = Concern.objects.filter(case=OuterRef("case"), staff__user=user, ended_at=None)
        found = self.scope(access_at(user, at), self.view) & Q(~Exists(about_me))
        found &= Q(case__confidential=False) | Q(case__in=confidences(user, Case, at=at))
        if hooks.hides():
            found &= ~Q(case__in=Case.objects.filter(hooks.hidden(user, at)))
        return found


class LocationPolicy(Policy[Location]):
    """Places are seen in their unit, above it and by its teams: whoever works anywhere in the house finds the room."""

    model = Location
    view = "together.view"
    actions = {"set": "together.work", "manage": "together.manage"}

    def involved(self, user: User, *, at: datetime) -> Q:
        return _above(user, "unit", self.view, at)

    def may(self, by: Actor, action: str, row: Location, *, at: datetime) -> bool:
        if super().may(by, action, row, at=at):
            return True
        # Housekeeping is a team below the house whose rooms it cleans.
        return action == "set" and by.user is not None and row.unit_id in _places_above(by.user, "together.work", at)


class ServiceOrderPolicy(Policy[ServiceOrder]):
    """Seen in the house of the place and by its teams, where it is to be done, and by whoever has it."""

    model = ServiceOrder
    view = "together.view"
    unit_field = "to_unit"
    actions = {"work": "together.work", "dispatch": "together.dispatch", "place": "together.work"}

    def visible(self, user: User, *, at: datetime) -> Q:
        placed = Q(unit_id__in=access_at(user, at).unit_ids(self.view))
        return super().visible(user, at=at) | placed | _above(user, "unit", self.view, at)

    def involved(self, user: User, *, at: datetime) -> Q:
        return Q(owner__in=Staff.objects.filter(user=user).values("pk"))

    def may(self, by: Actor, action: str, row: ServiceOrder, *, at: datetime) -> bool:
        if super().may(by, action, row, at=at):
            return True
        if by.user is None:
            return False
        if action == "place":
            # Whoever works in the house, or in a team of it.
            return access_at(by.user, at).may("together.work", row.unit) or row.unit_id in _places_above(by.user, "together.work", at)
        return action == "work" and row.owner is not None and row.owner.user_id == by.user.pk


def _places_above(user: User, capability: str, at: datetime) -> frozenset[int]:
    """The units in which and above which somebody holds the capability."""
    paths = access_at(user, at).paths(capability)
    return frozenset(int(part) for path in paths for part in path.split(".") if part)


def _above(user: User, field: str, capability: str, at: datetime) -> Q:
    return Q(**{f"{field}_id__in": _places_above(user, capability, at)})


def case_of_accepted_request(user: User, at: datetime) -> Q:
    """The page of a case opens, to read, for whoever accepted a request about it, as long as they have it. Not for somebody it is about."""
    me = Staff.objects.filter(user=user).values("pk")
    mine = InternalRequest.objects.filter(owner__in=me, state=InternalRequest.State.ACCEPTED)
    about_me = Concern.objects.filter(case=OuterRef("case"), staff__in=me, ended_at=None)
    return Q(pk__in=mine.filter(~Exists(about_me)).values("case"))


def case_of_open_team(user: User, at: datetime) -> Q:
    """A case is open, to read, to those who work in its team, as long as it works. Not for somebody it is about."""
    me = Staff.objects.filter(user=user).values("pk")
    mine = TeamMember.objects.filter(staff__in=me, left_at=None, team__closed_at=None)
    about_me = Concern.objects.filter(case=OuterRef("team__case"), staff__in=me, ended_at=None)
    return Q(pk__in=mine.filter(~Exists(about_me)).values("team__case"))


class CaseTeamPolicy(Policy[CaseTeam]):
    """A team is as visible as its case; what may be done is asked of the case."""

    model = CaseTeam
    view = "cases.view"
    unit_field = "case__unit"

    def visible(self, user: User, *, at: datetime) -> Q:
        return Q(case__in=Case.objects.visible_to(user, at=at))


def register_policies() -> None:
    for policy in (InternalRequestPolicy(), LocationPolicy(), ServiceOrderPolicy(), CaseTeamPolicy()):
        register(policy)
    hooks.register(hooks.Visibility("together.accepted_request", case_of_accepted_request))
    hooks.register(hooks.Visibility("together.open_team", case_of_open_team))
