"""Who asks: a reader with their rights, their today, and what may be chosen for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from steward.ground.access.models import Unit, User
from steward.ground.measures.declarations import Dimension, Measure, facts, measures
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.questions import Question, Viewer, Window
from steward.ground.measures.targets import Aim, aim_of
from steward.ground.measures.viewers import viewer_of

MOST_CHOICES = 200


@dataclass(frozen=True)
class Asker:
    """A reader at an instant. today: the local day of their organisation."""

    user: User
    viewer: Viewer
    at: datetime
    today: date

    @property
    def organisation(self) -> Unit | None:
        return self.user.organisation


def asker_of(user: User, *, at: datetime) -> Asker:
    zone = user.organisation.timezone if user.organisation else None
    return Asker(user, viewer_of(user, at=at), at, at.astimezone(zone).date())


def is_blind(measure: Measure, viewer: Viewer) -> bool:
    """Whether this reader may count no row at all of a measure's fact."""
    return measure.disclosure == "work" and not viewer.units.get(facts.get(measure.fact).capability)


def all_measures() -> list[Measure]:
    return sorted(measures.all(), key=lambda measure: str(measure.name))


def own_rows(model: type[Model], organisation_id: int) -> QuerySet[Any]:
    """The rows of one organisation. Names of others must not be found out by guessing their ids."""
    rows = model._base_manager.all()
    if model is Unit:
        return rows.filter(path__startswith=f"{organisation_id}.")
    return rows.filter(unit__path__startswith=f"{organisation_id}.")


def choices(dimension: Dimension, asker: Asker, measure: Measure, window: Window) -> list[Any]:
    """The keys a reader may filter by: units of the house they may count, else what occurs in the window."""
    if dimension.column == "unit_id":
        fact = facts.get(measure.fact)
        seen = asker.viewer.all_units if measure.disclosure != "work" else asker.viewer.units.get(fact.capability, frozenset())
        return list(Unit.objects.filter(Q(pk__in=seen), closed_at=None).order_by("path").values_list("pk", flat=True)[:MOST_CHOICES])
    try:
        answer = evaluate(Question(measure.id, window, (dimension.name,)), asker.viewer)
    except NotPossible:
        return []
    return [cell.key[0] for cell in answer.cells if cell.key[0] is not None][:MOST_CHOICES]


def aim_for(measure: Measure, asker: Asker, units: Sequence[Any] = ()) -> Aim:
    """Target and thresholds of the unit that is asked about, else of the organisation."""
    unit = Unit.objects.filter(pk=units[0]).first() if len(units) == 1 else asker.organisation
    return aim_of(measure, unit, asker.today)


def known_measures(ids: Iterable[str]) -> list[Measure]:
    return [measures.get(one) for one in ids if one in measures]
