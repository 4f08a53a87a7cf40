"""Dashboards filled with figures: each card a value, what may be said of it against the days before, and its course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from steward.ground.measures.declarations import Measure, breakdowns, measures
from steward.ground.measures.engines import Engine, answered
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate, series
from steward.ground.measures.questions import Grain, Question
from steward.ground.measures.words import Said
from steward.ground.ui.charts import Chart
from steward.ground.ui.figures import number_words, range_words
from steward.science.inference import Verdict

from . import address, pictures, proof, spans
from .address import Asked
from .asking import Asker, aim_for, is_blind
from .layouts import SIZES
from .naming import names_in


@dataclass(frozen=True)
class CardView:
    """place: where it stands. problem: why there is no figure. spark: the course as lines of points."""

    place: int
    measure: Measure
    span_words: str
    size: str
    link: str
    problem: str = ""
    value: str = ""
    proof: str = ""
    said: Said | None = None
    verdict: Verdict | None = None
    spark: Sequence[str] = ()
    chart: Chart | None = None

    @property
    def tone(self) -> str:
        return self.said.tone if self.said else ""


def fill(cards: Sequence[Mapping[str, str]], asker: Asker, *, wall: bool = False) -> list[CardView]:
    """All cards from one state of the store. wall: without groups, so that no name of a person stands on it."""
    known = [(place, card) for place, card in enumerate(cards) if card.get("measure", "") in measures]
    return answered(lambda reader: [_card(place, card, asker, wall, reader) for place, card in known])


def _card(place: int, card: Mapping[str, str], asker: Asker, wall: bool, reader: Engine) -> CardView:
    measure = measures.get(card["measure"])
    span = card.get("span", "")
    span = "last_month" if measure.disclosure == "voice" else span if span in spans.SPANS else spans.DEFAULT
    known = {one.name for one in breakdowns(measure)}
    by = () if wall else tuple(name for name in [card.get("by", "")] if name in known)
    asked = Asked((measure.id,), spans.window_of(span, asker.today), span, by)
    size = card.get("size", "")
    words_of_span = str(spans.SPANS[span]) if measure.when else _("Now")
    frame = CardView(place, measure, words_of_span, size if size in SIZES else "s", address.measure_link(asked, measure.id))
    if is_blind(measure, asker.viewer):
        return replace(frame, problem=_("Not for your role"))
    try:
        return _filled(frame, asked, asker, wall, reader)
    except NotPossible as refused:
        return replace(frame, problem=str(refused))


def _filled(frame: CardView, asked: Asked, asker: Asker, wall: bool, reader: Engine) -> CardView:
    measure, key = frame.measure, f"card-{frame.place}"
    question, aim = Question(measure.id, asked.window), aim_for(measure, asker)
    total = evaluate(question, asker.viewer, on=reader).total
    compared = None if total.hidden else proof.comparison(question, asker, aim, reader)
    few = total.hidden or pictures.is_few(measure, total)
    limits = range_words(total.low, total.high, digits=measure.digits)
    told = "" if few else " · ".join(filter(None, [limits, f"n = {number_words(round(total.n))}"]))
    value = pictures.value_words(measure, total) if total.value is not None or total.hidden else ""
    chart: Chart | None = None
    spark: list[str] = []
    grain = proof.course_grain("", measure, total, asked.window)
    if asked.by:
        answer = evaluate(asked.question(measure.id), asker.viewer, on=reader)
        chart = pictures.groups_chart(key, answer, names_in(answer), aim.target)
    elif measure.when and frame.size != "s" and not wall:
        found = proof.course_of(question, asker, aim.target, grain, reader)
        chart = replace(found.chart, key=key) if found else None
    elif measure.when:
        spark = _spark(question, asker, grain, reader)
    said, verdict = (compared[1], compared[0].verdict) if compared else (None, None)
    return replace(frame, value=value, proof=told if value else "", said=said, verdict=verdict, spark=spark, chart=chart)


def _spark(question: Question, asker: Asker, grain: Grain, reader: Engine) -> list[str]:
    window = spans.whole_periods(spans.course_window(question.window, grain), grain)
    points = series(Question(question.measure, window, grain=grain), asker.viewer, on=reader)
    measure = measures.get(question.measure)
    return pictures.spark_points([None if pictures.is_few(measure, point) else point.value for point in points])
