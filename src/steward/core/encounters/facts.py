"""Contacts and counts as facts: what complaints, samples and value are held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from steward.ground.access.models import User
from steward.ground.measures.arrays import Batch
from steward.ground.measures.declarations import Column, Computed, Fact, Mean, Measure, Ratio, RowLink, facts, measures

from .models import Exposure, Interaction

ZONES = frozenset({"org.unit_changed", "org.unit_moved"})


def _minutes(batch: Batch) -> Mapping[str, Any]:
    return {"minutes": (batch["ended_at"] - batch["started_at"]) / np.timedelta64(60, "s")}


def _itself(ids: Sequence[int]) -> Sequence[int]:
    return ids


def _contacts(user: User, ids: Sequence[int]) -> list[RowLink]:
    seen = Interaction.objects.visible_to(user).filter(pk__in=ids).order_by("-pk")
    return [RowLink(row.pk, f"{row.get_channel_display()} {row.started_at:%Y-%m-%d}", "", row.source) for row in seen]


def _counts(user: User, ids: Sequence[int]) -> list[RowLink]:
    units = user.access.unit_ids("encounters.view")
    seen = Exposure.objects.filter(pk__in=ids, unit_id__in=units).select_related("unit").order_by("-pk")
    return [RowLink(row.pk, f"{row.day_date} · {row.unit.name}", "", str(row.count)) for row in seen]


INTERACTIONS = Fact(
    "interactions",
    Interaction,
    label=_("Contacts and visits"),
    capability="encounters.view",
    times=("started_at", "ended_at"),
    rebuild_on=ZONES,
    subjects={"encounters.interaction": _itself},
    rows=_contacts,
    columns=(
        Column("id", "pk"), Column("unit_id", "unit_id"), Column("service_id", "service_id"), Column("staff_id", "staff_id"),
        Column("channel", "channel", "VARCHAR"), Column("intent", "intent", "VARCHAR"), Column("started_at", "started_at", "TIMESTAMP"),
        Column("ended_at", "ended_at", "TIMESTAMP"), Column("amount_minor", "amount_minor"),
    ),
    computed=(Computed((("minutes", "DOUBLE"),), _minutes),),
)  # fmt: skip

EXPOSURES = Fact(
    "exposures",
    Exposure,
    label=_("Daily counts"),
    capability="encounters.view",
    subjects={"encounters.exposure": _itself},
    rows=_counts,
    columns=(
        Column("id", "pk"), Column("unit_id", "unit_id"), Column("service_id", "service_id"), Column("day_date", "day_date", "DATE"),
        Column("count", "count"),
    ),
)  # fmt: skip


def register() -> None:
    facts.register(INTERACTIONS, EXPOSURES)
    measures.register(
        Measure(
            "aht", 1, "interactions", Mean("minutes"), _("Handling time"), _("Mean minutes from beginning to end of a served contact."),
            when="ended", unit="min", practical=1, counter="fcr",
            pitfall=_("Shorter is only better while first-contact resolution holds."),
        ),
        Measure(
            "visits_per_day", 1, "exposures", Ratio("count", "1", per=1), _("Visits per counted day"),
            _("Visits counted per unit and day, of the days that were counted."), when="day", unit="", practical=20, digits=0, minimum_n=7,
        ),
    )  # fmt: skip
