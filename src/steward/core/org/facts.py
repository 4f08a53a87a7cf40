"""Where people were, as a fact. Not who said what about it: states and minutes only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.measures.arrays import Batch
from steward.ground.measures.declarations import Column, Computed, Fact, Measure, Ratio, RowLink, facts, measures

from .models import Presence, Staff


def _minutes(batch: Batch) -> Mapping[str, Any]:
    return {"minutes": (batch["ended_at"] - batch["started_at"]) / np.timedelta64(60, "s")}


def _of_staff(ids: Sequence[int]) -> Iterable[int]:
    return Presence.objects.filter(staff_id__in=ids).values_list("pk", flat=True)


def _links(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = Presence.objects.filter(pk__in=ids, staff__in=Staff.objects.visible_to(user)).select_related("staff__user").order_by("-pk")
    return [RowLink(row.pk, row.staff.user.name, "", row.get_state_display()) for row in seen]


PRESENCE = Fact(
    "presence",
    Presence,
    label=_("Presence"),
    capability="org.lead",
    times=("started_at", "ended_at"),
    rebuild_on=frozenset({"org.unit_changed", "org.unit_moved"}),
    subjects={"org.staff": _of_staff},
    rows=_links,
    columns=(
        Column("id", "pk"), Column("unit_id", "staff__unit_id"), Column("staff_id", "staff_id"), Column("state", "state", "VARCHAR"),
        Column("started_at", "started_at", "TIMESTAMP"), Column("ended_at", "ended_at", "TIMESTAMP"),
    ),
    computed=(Computed((("minutes", "DOUBLE"),), _minutes),),
)  # fmt: skip
AT_WORK = "ended_at IS NOT NULL AND state IN ('busy', 'available')"
PAID = "ended_at IS NOT NULL AND state <> 'off'"


def register() -> None:
    facts.register(PRESENCE)
    measures.register(
        Measure(
            "occupancy", 1, "presence", Ratio("CASE WHEN state = 'busy' THEN minutes ELSE 0 END", "minutes"), _("Occupancy"),
            _("Minutes busy, among the minutes busy or available."), when="started", unit="%", practical=5, where=AT_WORK, counter="frt",
            pitfall=_("An outcome, not an aim: lastingly above 85 % people burn out."),
        ),
        Measure(
            "shrinkage", 1, "presence", Ratio("CASE WHEN state IN ('busy', 'available') THEN 0 ELSE minutes END", "minutes"),
            _("Time not available"),
            _("Minutes on a break, away, in training, recovering after a hard case, sick or on leave, among all minutes on duty or paid."),
            when="started", unit="%", practical=3, where=PAID, counter="occupancy",
            pitfall=_("Training is in it: less is not better."),
        ),
    )  # fmt: skip
