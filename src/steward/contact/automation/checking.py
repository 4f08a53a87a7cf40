"""Whether what somebody wants a rule or macro to do fits its unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steward.core.cases import wordings
from steward.core.catalog.models import Category
from steward.core.org.models import Staff
from steward.ground.access.models import Unit

from .errors import ForeignTarget, Incomplete
from .matching import NOBODY
from .models import Webhook


def check_actions(actions: Mapping[str, Any], unit: Unit) -> None:
    """Raises Incomplete, ForeignTarget."""
    if not actions:
        raise Incomplete()
    chosen: list[tuple[str, Any]] = [
        ("transfer", Unit.objects.filter(path__startswith=f"{unit.root_id}.", closed_at=None)),
        ("category", Category.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None)),
        ("assign", Staff.objects.filter(unit__path__startswith=f"{unit.root_id}.", ended_date=None)),
        ("webhook", Webhook.objects.filter(unit_id__in=unit.ancestor_ids, closed_at=None)),
    ]
    for name, rows in chosen:
        if name in actions and actions[name] != NOBODY and not rows.filter(pk=actions[name]).exists():
            raise ForeignTarget()
    if "reply" in actions and actions["reply"] not in dict(wordings.offered(unit)):
        raise ForeignTarget()
