"""What was measured on a journey: its times from the newest event log, its pinned measures for this reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from steward.core.catalog.models import ControlledDocument
from steward.ground.access.models import User
from steward.ground.fields import localized
from steward.ground.measures.declarations import Measure, measures
from steward.ground.measures.evaluate import evaluate_many
from steward.ground.measures.questions import Question, Window
from steward.ground.measures.viewers import viewer_of
from steward.ground.measures.words import figure_words

from ..models import EventLog, LoggedEvent
from .elapsed import Elapsed, elapsed_of

SEED = 29
DAYS = 28
MINUTE = 60.0


@dataclass(frozen=True)
class Pin:
    """A measure at a touchpoint, as this reader may see it."""

    measure: Measure
    said: str


def newest_log(user: User, document: ControlledDocument, code: str, *, at: datetime) -> EventLog | None:
    if not code:
        return None
    rows = EventLog.objects.visible_to(user, at=at).filter(code=code, unit__path__startswith=document.organisation.path)
    return rows.order_by("-loaded_at", "-pk").first()


def elapsed_in(log: EventLog, content: Mapping[str, Any]) -> Elapsed | None:
    """The first time of each case at each touchpoint that names an activity of the log."""
    wanted = {row["activity"]: row["key"] for row in content["touchpoints"] if row["activity"]}
    rows = LoggedEvent.objects.filter(log=log, activity__in=list(wanted)).order_by("ended_at", "pk")
    by_key: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
    for trace, activity, started, ended in rows.values_list("trace", "activity", "started_at", "ended_at"):
        began = started.timestamp() / MINUTE if started else np.nan
        by_key[wanted[activity]].setdefault(trace, (began, ended.timestamp() / MINUTE))
    keys = [row["key"] for row in content["touchpoints"] if row["key"] in by_key]
    columns = {key: (np.array(list(found)), *np.array(list(found.values()), dtype=np.float64).T.copy()) for key, found in by_key.items()}
    return elapsed_of(columns, keys, ends_at=log.until_at.timestamp() / MINUTE, seed=SEED)


def pins_of(user: User, content: Mapping[str, Any], document: ControlledDocument, *, at: datetime) -> dict[str, list[Pin]]:
    """By touchpoint, over the last four weeks, of the document's unit and below. Nothing for who may not see figures."""
    if not user.access.has("measures.view"):
        return {}
    known = {measure.id: measure for measure in measures.all()}
    asked = list(dict.fromkeys(pin for row in content["touchpoints"] for pin in row["measures"] if pin in known))
    if not asked:
        return {}
    today = at.astimezone(document.unit.timezone).date()
    window = Window(today - timedelta(days=DAYS), today + timedelta(days=1))
    answers = evaluate_many([Question(pin, window) for pin in asked], viewer_of(user, at=at))
    said = {pin: Pin(known[pin], figure_words(answer.measure, answer.total)) for pin, answer in zip(asked, answers, strict=True)}
    return {row["key"]: [said[pin] for pin in row["measures"] if pin in said] for row in content["touchpoints"]}


def names_of(content: Mapping[str, Any]) -> dict[str, str]:
    return {row["key"]: str(localized(row["name"])) or row["key"] for row in content["touchpoints"]}
