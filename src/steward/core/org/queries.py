"""Reading units and people for the settings pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Confidant, Grant, Unit, User
from steward.ground.access.policies import access_at, policy_for
from steward.ground.rules.models import RuleVersion
from steward.ground.rules.standard import INDUSTRY_PACK, TRADES

from .models import Presence, Staff

TONES = {
    Presence.State.AVAILABLE: ("ok", ""),
    Presence.State.BUSY: ("active", ""),
    Presence.State.BREAK: ("waiting", ""),
    Presence.State.AWAY: ("waiting", ""),
    Presence.State.TRAINING: ("info", ""),
    Presence.State.RECOVERY: ("info", ""),
    Presence.State.SICK: ("muted", ""),
    Presence.State.LEAVE: ("muted", ""),
    Presence.State.OFF: ("muted", ""),
}


def units_seen(user: User, *, at: datetime) -> QuerySet[Unit]:
    """The units of the reader's organisation, as a tree: children right behind their parent."""
    # Byte order keeps a subtree together; the collation of a database's language may not.
    bytewise = "C" if connection.vendor == "postgresql" else "BINARY"
    return Unit.objects.filter(policy_for(Unit).visible(user, at=at)).annotate(tree=Collate(F("path"), bytewise))


def units_where(user: User, capability: str) -> QuerySet[Unit]:
    """Open units in which a person holds a capability, for choices in forms."""
    return Unit.objects.filter(pk__in=user.access.unit_ids(capability), closed_at=None).order_by("path")


def holders_of(capability: str, grants: QuerySet[Grant]) -> list[int]:
    """User ids of those among these grants whose role has a capability."""
    return [user_id for user_id, capabilities in grants.values_list("user_id", "role__capabilities") if capability in capabilities]


def heads_of(unit: Unit, at: datetime) -> list[User]:
    """Those who hand out the work of a unit; where it has none, those of the nearest unit above."""
    grants = Grant.objects.in_force(at).filter(unit_id__in=unit.ancestor_ids, user__is_active=True).select_related("role", "user")
    by_unit: dict[int, list[User]] = {}
    for grant in grants.order_by("pk"):
        if "cases.assign" in grant.role.capabilities:
            by_unit.setdefault(grant.unit_id, []).append(grant.user)
    return next((by_unit[pk] for pk in reversed(unit.ancestor_ids) if pk in by_unit), [])


def people_counts(root: str) -> Mapping[int, int]:
    """How many people work in each unit of an organisation and below it, by unit id; one query."""
    counts: Counter[int] = Counter()
    rows = Staff.objects.filter(ended_date=None, unit__path__startswith=root).values_list("unit__path").annotate(people=Count("pk"))
    for path, people in rows:
        for part in filter(None, path.split(".")):
            counts[int(part)] += people
    return counts


def staff_seen(user: User, *, at: datetime) -> QuerySet[Staff]:
    return Staff.objects.visible_to(user, at=at).select_related("user", "unit")


def grants_seen(user: User, *, at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(policy_for(Grant).visible(user, at=at)).select_related("user", "role", "unit")


def presence_now(staff: Iterable[int], at: datetime) -> dict[int, Presence]:
    """The open presence of each of these people, by staff id; one query."""
    rows = Presence.objects.filter(staff_id__in=list(staff), started_at__lte=at).exclude(ended_at__lte=at).order_by("started_at")
    return {row.staff_id: row for row in rows}


def confidants_seen(user: User, *, at: datetime) -> QuerySet[Confidant]:
    """Entries of need-to-know lists of people in the units one audits. What the matter is about does not show here."""
    ids = access_at(user, at).unit_ids("access.audit")
    return Confidant.objects.filter(user__staff__unit_id__in=ids).select_related("user")


def name_like(words: str, *, path: str = "name") -> Q:
    """A text in several languages that holds the words in one of them."""
    return Q(**{f"{path}__zh-hans__icontains": words}) | Q(**{f"{path}__en__icontains": words})


@dataclass(frozen=True)
class Trade:
    """A trade a unit can speak: one that comes with Steward, or a pack of its own."""

    key: str
    label: Any
    own: bool = False


def trades_for(unit: Unit, on_date: date) -> list[Trade]:
    """Trades that can be chosen for a unit: the built-in ones, then the packs of its organisation."""
    found = [Trade(key, label) for key, label in TRADES.items()]
    rows = (
        RuleVersion.objects.filter(kind=INDUSTRY_PACK, unit__path__startswith=f"{unit.root_id}.").valid(on_date).order_by("key", "version")
    )
    own = {row.key: row.body.get("name") or {} for row in rows}
    found += [Trade(key, name.get("zh-hans") or name.get("en") or key, own=True) for key, name in own.items()]
    return found


def trade_label(industry: str) -> Any:
    return TRADES.get(industry, industry) if industry else _("As the unit above")
