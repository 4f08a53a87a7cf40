"""Breakdowns that every fact shares: the unit tree and single teams. Apps register theirs beside their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import Unit

from .declarations import Dimension, dimensions


def unit_names(keys: Sequence[Any]) -> Mapping[Any, str]:
    """Units by id; pools of teams (tuples of ids) as their names together."""
    wanted = {int(one) for key in keys for one in (key if isinstance(key, tuple) else (key,)) if one is not None}
    names = {unit.pk: str(unit.name) for unit in Unit.objects.filter(pk__in=wanted)}
    joiner = str(_(" + "))
    return {
        key: joiner.join(names.get(int(one), "?") for one in (key if isinstance(key, tuple) else (key,))) for key in keys if key is not None
    }


def register() -> None:
    dimensions.register(
        Dimension("unit", _("Unit"), "unit_id", unit_names, model=Unit),
        Dimension("team", _("Team"), "unit_id", unit_names, people=True, model=Unit),
    )
