"""What one person may do where: grants resolved to capabilities on unit subtrees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import BigIntegerField, DateTimeField, Q

from steward.ground.statements import Prepared

if TYPE_CHECKING:
    from .models import Unit, User


class Access:
    """The capabilities of a user at an instant. Three queries at most, however often it is asked."""

    def __init__(self, user_id: int | None, paths: dict[str, frozenset[str]], at: datetime) -> None:
        self.user_id = user_id
        self.at = at
        self._paths = paths
        self._units: dict[frozenset[str], frozenset[int]] = {}
        self.needs_second_factor = False

    @classmethod
    def load(cls, user: User, *, at: datetime) -> Access:
        if not user.is_active:
            return cls(user.pk, {}, at)
        paths: dict[str, set[str]] = {}
        needed = False
        for path, capabilities, second_factor in _GRANTED.all(user.pk, at, at):
            needed = needed or bool(second_factor)
            for code in capabilities:
                paths.setdefault(code, set()).add(path)
        access = cls(user.pk, {code: frozenset(found) for code, found in paths.items()}, at)
        access.needs_second_factor = needed
        return access

    def has(self, capability: str) -> bool:
        """Whether the person has the capability anywhere; for menus, never for rows."""
        return capability in self._paths

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self._paths)

    def may(self, capability: str, unit: Unit) -> bool:
        return self.covers(capability, unit.path)

    def covers(self, capability: str, path: str) -> bool:
        return any(path.startswith(prefix) for prefix in self._paths.get(capability, ()))

    def paths(self, capability: str) -> frozenset[str]:
        return self._paths.get(capability, frozenset())

    def unit_ids(self, *capabilities: str) -> frozenset[int]:
        """Ids of all units in whose subtree the person has any of the capabilities."""
        # Most capabilities come with the same role on the same unit: one look at the tree answers for all of them.
        prefixes = frozenset(path for code in capabilities for path in self.paths(code))
        if prefixes not in self._units:
            self._units[prefixes] = _units_below(prefixes)
        return self._units[prefixes]


def _grants(user_id: Any, starts_by: Any, ends_after: Any) -> Any:
    # The class is looked up because models.py gives User its `access` from here; both are one app.
    rows = apps.get_model("access", "Grant")._default_manager.filter(
        Q(ended_at=None) | Q(ended_at__gt=ends_after), starts_at__lte=starts_by
    )
    return rows.filter(user=user_id).values_list("unit__path", "role__capabilities", "role__second_factor")


_GRANTED: Prepared[tuple[str, list[str], bool]] = Prepared(_grants, BigIntegerField(), DateTimeField(), DateTimeField())


def _units_below(prefixes: Iterable[str]) -> frozenset[int]:
    condition = Q()
    for prefix in prefixes:
        condition |= Q(path__startswith=prefix)
    if not condition:
        return frozenset()
    # The class is looked up because models.py gives User its `access` from here; both are one app.
    unit_model: Any = apps.get_model("access", "Unit")
    return frozenset(unit_model.objects.filter(condition).values_list("pk", flat=True))
