"""What a mapping's texts mean in this organisation: units, services, categories, staff, read once for a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils import translation

from steward.core.cases.models import Channel, Kind, Priority, State
from steward.core.cases.models.case import HoldReason, Resolution
from steward.core.catalog.models import Category, ServiceItem
from steward.core.org.models import Staff
from steward.ground.access.models import Unit, User
from steward.ground.access.policies import access_at
from steward.ground.journal.actors import Actor

from .errors import RowFault

RIGHT = "datahub.import"
LANGUAGES = ("zh-hans", "en")


class Places:
    """The open units of an organisation that the importer may import into, and what they share."""

    def __init__(self, home: Unit, *, by: Actor, at: datetime) -> None:
        self.home = home
        units = list(Unit.objects.filter(path__startswith=f"{home.root_id}.", closed_at=None).order_by("-path"))
        rights = access_at(by.user, at) if by.user is not None else None
        self._allowed = {unit.pk for unit in units if rights is None or rights.may(RIGHT, unit)}
        # Upper units last, so that they win a name that several units have.
        self._units: dict[str, Unit] = {}
        for unit in units:
            for name in filter(None, [*unit.name.values(), unit.code, str(unit.public_id)]):
                self._units[name.strip().casefold()] = unit
        self._services: dict[int, dict[str, ServiceItem]] = {}
        self._categories: dict[int, dict[str, Category]] = {}
        self._staff: dict[str, Staff] | None = None
        self._colleagues: dict[str, User] = {}

    def unit(self, text: str) -> Unit:
        if not text:
            return self._checked(self.home, str(self.home))
        unit = self._units.get(text.casefold())
        if unit is None:
            raise RowFault("unknown_unit", "unit", value=text)
        return self._checked(unit, text)

    def service(self, unit: Unit, text: str) -> ServiceItem | None:
        if not text:
            return None
        if unit.pk not in self._services:
            rows = ServiceItem.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).select_related("unit").order_by("unit__path")
            self._services[unit.pk] = _by_code(rows)
        found = self._services[unit.pk].get(text.casefold())
        if found is None:
            raise RowFault("unknown_service", "service", value=text)
        return found

    def category(self, unit: Unit, text: str) -> Category | None:
        if not text:
            return None
        if unit.pk not in self._categories:
            rows = Category.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None).select_related("unit").order_by("unit__path")
            self._categories[unit.pk] = _by_code(rows)
        found = self._categories[unit.pk].get(text.casefold())
        if found is None:
            raise RowFault("unknown_category", "category", value=text)
        return found

    def staff(self, text: str) -> Staff | None:
        if not text:
            return None
        found = self._everybody().get(text.casefold())
        if found is None:
            raise RowFault("unknown_staff", "assignee", value=text)
        return found

    def colleague(self, email: str) -> User | None:
        """The colleague with this e-mail address, if exactly one has it."""
        self._everybody()
        return self._colleagues.get(email.casefold()) if email else None

    def _everybody(self) -> dict[str, Staff]:
        """Staff by what names them: the employee number before the sign-in name, the e-mail last and only where one person has it."""
        if self._staff is None:
            rows = list(Staff.objects.filter(unit__path__startswith=f"{self.home.root_id}.").select_related("user", "unit"))
            shared = Counter(row.user.email.casefold() for row in rows)
            mails = {row.user.email.casefold(): row for row in rows if row.user.email and shared[row.user.email.casefold()] == 1}
            self._colleagues = {mail: row.user for mail, row in mails.items()}
            numbers = {row.employee_number.casefold(): row for row in rows if row.employee_number}
            self._staff = {**mails, **{row.user.username.casefold(): row for row in rows}, **numbers}
        return self._staff

    def _checked(self, unit: Unit, text: str) -> Unit:
        if unit.pk not in self._allowed:
            raise RowFault("unit_not_yours", "unit", value=text)
        return unit


def _by_code(rows: Iterable[Any]) -> dict[str, Any]:
    """By code and by name, the nearest unit's winning."""
    return {name.strip().casefold(): row for row in rows for name in (*row.name.values(), row.code) if name}


@lru_cache(maxsize=1)
def labels() -> Lookup[str, Lookup[str, str]]:
    """What people write for the choices of a field: the codes and the labels of the pages, in both languages, in small letters."""
    choices: dict[str, list[tuple[str, object]]] = {
        "kind": list(Kind.choices),
        "channel": list(Channel.choices),
        "priority": list(Priority.choices),
        "state": [pair for pair in State.choices if pair[0] not in (State.MERGED, State.ON_HOLD)],
        "resolution": list(Resolution.choices),
    }
    choices["state"] += [(f"{State.ON_HOLD.value}:{code}", label) for code, label in HoldReason.choices]
    found: dict[str, dict[str, str]] = {}
    for field, pairs in choices.items():
        found[field] = {code.casefold(): code for code, _label in pairs}
        for language in LANGUAGES:
            with translation.override(language):
                for code, label in pairs:
                    found[field].setdefault(str(label).casefold(), code)
    return found
