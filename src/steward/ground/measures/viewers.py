"""With whose eyes figures are read, and the unit tree they are read along: one query each, kept with the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from steward.ground.access.models import Unit, User
from steward.ground.access.policies import access_at, confidences

from .declarations import Fact, facts
from .questions import Viewer


def viewer_of(user: User, *, at: datetime) -> Viewer:
    """What this person may count: the units of each fact's capability, and the confidential rows they are on the list of."""
    access = access_at(user, at)
    root = user.organisation_id or 0
    units = {fact.capability: access.unit_ids(fact.capability) for fact in facts.all()}
    paths = _paths(root)
    return Viewer(root, units, _listed(user, at), frozenset(paths), paths)


def everything(organisation_id: int) -> Viewer:
    """The whole organisation, confidential rows left out: for the house's own alarms."""
    paths = _paths(organisation_id)
    return Viewer(organisation_id, {fact.capability: frozenset(paths) for fact in facts.all()}, {}, frozenset(paths), paths)


def subtrees(viewer: Viewer, wanted: Iterable[Any]) -> Mapping[int, frozenset[int]]:
    """Each wanted unit of the organisation with all units below it; a unit of another organisation has none."""
    paths = viewer.paths
    tops = [int(one) for one in wanted if int(one) in paths]
    return {top: frozenset(pk for pk, path in paths.items() if path.startswith(paths[top])) for top in tops}


def branches(viewer: Viewer, tops: Iterable[Any]) -> Mapping[int, int]:
    """For each unit below one of `tops`: the child of it that it belongs to (the top itself for its own rows)."""
    found: dict[int, int] = {}
    for top, below in subtrees(viewer, tops).items():
        prefix = viewer.paths[top]
        for pk in below:
            rest = viewer.paths[pk].removeprefix(prefix).split(".", 1)[0]
            found[pk] = int(rest) if rest else top
    return found


def _paths(organisation_id: int) -> dict[int, str]:
    return dict(Unit.objects.filter(path__startswith=f"{organisation_id}.").values_list("pk", "path"))


def _listed(user: User, at: datetime) -> dict[str, frozenset[int]]:
    """By fact: the ids of confidential matters this person is on the list of. Facts of one matter share a look at its list."""
    found: dict[type[Model], frozenset[int]] = {}

    def of(fact: Fact) -> frozenset[int]:
        matter = fact.confidential_model or fact.model
        if matter not in found:
            found[matter] = frozenset(confidences(user, matter, at=at))
        return found[matter]

    return {fact.name: of(fact) for fact in facts.all() if fact.confidential}
