"""Which rule counts, and how two versions differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import local
from typing import Any
from uuid import UUID

from django.db import connection

from steward.ground.access.models import Unit

from .models import RuleVersion

NO_REVISION = UUID(int=0)
RULES = "rules"
_REVISION = "SELECT key, value FROM rules_revision"  # a handful; whoever asks for one of them mostly asks for another next


# What the running request has read: one look at the revisions for each request, not for each word and rule. complete: a key that is missing has none.
_request = local()


def revision(key: str = RULES) -> UUID:
    """Changes with every rule, or with other settings that `touch_revision` is told of; one small query, and one for each request.

    Pass it to `resolve` when asking many rules at once outside a request. NO_REVISION before the first change: keep nothing under that.
    """
    seen: dict[str, UUID] | None = getattr(_request, "seen", None)
    if seen is not None and (key in seen or _request.complete):
        return seen.get(key, NO_REVISION)
    with connection.cursor() as cursor:  # asked so often that the way through the model would be felt
        cursor.execute(_REVISION)
        found = {name: value if isinstance(value, UUID) else UUID(value) for name, value in cursor.fetchall()}
    if seen is not None:
        seen.update({**found, **seen})
        _request.complete = True
    return found.get(key, NO_REVISION)


def begin_request(**_: Any) -> None:
    _request.seen, _request.complete = {}, False


def end_request(**_: Any) -> None:
    _request.seen = None


@contextmanager
def read_once() -> Iterator[None]:
    """Where many rooms ask within one act outside a request, such as the opening of an imported case: one look for all of them."""
    if getattr(_request, "seen", None) is not None:
        yield
        return
    begin_request()
    try:
        yield
    finally:
        end_request()


def forget_revision(key: str = RULES) -> None:
    """Something has changed: what this request read before no longer counts."""
    seen: dict[str, UUID] | None = getattr(_request, "seen", None)
    if seen is not None:
        seen.pop(key, None)
        _request.complete = False


def resolve(kind: str, key: str, unit: Unit | None, on_date: date, *, at_revision: UUID | None = None) -> Any | None:
    """The body that counts for a unit on a day: of the nearest ancestor's newest valid version, else of the installation; None if none.

    Cached by revision: while no rule changes, a call costs the one query for the revision. Do not change what it returns.
    """
    found = _resolved(at_revision or revision(), kind, key, unit.path if unit else "", on_date)
    return found[1] if found else None


def resolve_version(kind: str, key: str, unit: Unit | None, on_date: date) -> RuleVersion | None:
    """The version behind `resolve`, to show its source and whether it is unverified."""
    found = _resolved(revision(), kind, key, unit.path if unit else "", on_date)
    return RuleVersion.objects.select_related("unit").get(pk=found[0]) if found else None


@lru_cache(maxsize=2048)
def _resolved(at_revision: UUID, kind: str, key: str, path: str, on_date: date) -> tuple[int, Any] | None:
    """`at_revision` is only a part of the cache's key."""
    rank: dict[int | None, int] = {None: 0}
    rank |= {int(part): depth for depth, part in enumerate(filter(None, path.split(".")), 1)}
    rows = [row for row in _versions(at_revision, kind, key, on_date) if row.unit_id in rank]
    best = max(rows, key=lambda row: (rank[row.unit_id], row.valid_from, row.version), default=None)
    return (best.pk, best.body) if best else None


@lru_cache(maxsize=256)
def _versions(at_revision: UUID, kind: str, key: str, on_date: date) -> tuple[RuleVersion, ...]:
    """Every unit's valid versions of a rule: who asks for one unit of a team asks for the others too."""
    return tuple(RuleVersion.objects.filter(kind=kind, key=key).valid(on_date))


def resolve_anywhere(kind: str, key: str, on_date: date, *, at_revision: UUID | None = None) -> Any | None:
    """The newest valid body of a key that means one thing in the whole installation (`own_keys`), whichever unit published it."""
    return _anywhere(at_revision or revision(), kind, key, on_date)


@lru_cache(maxsize=512)
def _anywhere(at_revision: UUID, kind: str, key: str, on_date: date) -> Any | None:
    rows = RuleVersion.objects.filter(kind=kind, key=key).valid(on_date).order_by("-valid_from", "-version", "-pk")
    best = rows.first()
    return best.body if best else None


def versions_of(rule: RuleVersion) -> list[RuleVersion]:
    """All versions of the same rule at the same place, newest first."""
    rows = RuleVersion.objects.of_series(rule.kind, rule.key, rule.unit)
    return list(rows.select_related("unit", "created_by").order_by("-version"))


def current_ids(on_date: date) -> set[int]:
    """The version that counts in each series on a day."""
    best: dict[tuple[str, str, int | None], tuple[date, int, int]] = {}
    rows = RuleVersion.objects.valid(on_date).values_list("pk", "kind", "key", "unit_id", "valid_from", "version")
    for pk, kind, key, unit_id, valid_from, version in rows:
        place = (kind, key, unit_id)
        best[place] = max(best.get(place, (date.min, 0, 0)), (valid_from, version, pk))
    return {pk for _, _, pk in best.values()}


@dataclass(frozen=True)
class Difference:
    """One place that differs between two bodies. what: added, removed or changed; before and after as people read them."""

    path: str
    what: str
    before: str
    after: str


def differences(before: Any, after: Any) -> list[Difference]:
    """Place by place, in the order of the paths.

    >>> [(d.path, d.what, d.before, d.after) for d in differences({"cap": 3, "days": [1]}, {"cap": 5, "days": [1, 2]})]
    [('cap', 'changed', '3', '5'), ('days[1]', 'added', '', '2')]
    """
    old, new = dict(_leaves(before)), dict(_leaves(after))
    found = []
    for path in sorted({*old, *new}):
        if path not in new:
            found.append(Difference(path, "removed", old[path], ""))
        elif path not in old:
            found.append(Difference(path, "added", "", new[path]))
        elif old[path] != new[path]:
            found.append(Difference(path, "changed", old[path], new[path]))
    return found


def _leaves(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for position, member in enumerate(value):
            yield from _leaves(member, f"{path}[{position}]")
    else:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
