"""Actions as an analytic table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import pgettext_lazy

from steward.ground.access.models import User
from steward.ground.measures import declarations as declared
from steward.ground.measures.arrays import Batch
from steward.ground.measures.declarations import Column, Computed, Fact, RowLink

from .models import Action

DAY = 86_400


def register() -> None:
    declared.facts.register(ACTIONS)


def _same(ids: Sequence[int]) -> Iterable[int]:
    return ids


def _links(user: Any, ids: Sequence[int]) -> list[RowLink]:
    assert isinstance(user, User)
    seen = Action.objects.visible_to(user).filter(pk__in=ids).select_related("unit")
    return [
        RowLink(
            action.pk,
            action.title,
            reverse("actions:detail", args=[action.public_id]),
            f"{action.unit.name} · {action.get_state_display()}",
        )
        for action in seen
    ]


def _durations(batch: Batch) -> Mapping[str, Any]:
    """Days from plan to closure; nothing while it goes on."""
    return {"cycle_days": (batch["closed_at"] - batch["opened_at"]) / np.timedelta64(1, "D")}


ACTIONS = Fact(
    "actions",
    Action,
    columns=(
        Column("id", "pk"),
        Column("unit_id", "unit_id"),
        Column("kind", "kind", "VARCHAR"),
        Column("lever", "lever", "VARCHAR"),
        Column("state", "state", "VARCHAR"),
        Column("outcome", "outcome", "VARCHAR"),
        Column("rung", "rung", "VARCHAR"),
        Column("opened_at", "opened_at", "TIMESTAMP"),
        Column("due_date", "due_date", "DATE"),
        Column("done_at", "done_at", "TIMESTAMP"),
        Column("verified_at", "verified_at", "TIMESTAMP"),
        Column("closed_at", "closed_at", "TIMESTAMP"),
    ),
    capability="actions.view",
    subjects={"actions.action": _same},
    label=pgettext_lazy("improvement", "Actions"),
    computed=(Computed((("cycle_days", "DOUBLE"),), _durations),),
    times=("opened_at", "done_at", "verified_at", "closed_at"),
    rows=_links,
)
