"""The explorer's answer: up to four measures over one window, side by side by group and period, each cell with interval, n and rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.measures import words
from steward.ground.measures.compare import Change, compare_groups, in_its_series, with_signal
from steward.ground.measures.declarations import Dimension, Measure, breakdowns, dimensions
from steward.ground.measures.engines import Engine, answered
from steward.ground.measures.errors import NotPossible
from steward.ground.measures.evaluate import evaluate
from steward.ground.measures.marks import marks
from steward.ground.measures.periods import periods
from steward.ground.measures.questions import Answer, Cell, Key
from steward.ground.measures.words import Said
from steward.ground.ui.charts import Chart
from steward.ground.ui.figures import number_words, range_words
from steward.science.inference import Verdict, benjamini_hochberg

from . import address, pictures, proof, spans
from .address import Asked
from .asking import Asker, aim_for, choices, is_blind, known_measures
from .naming import Names, names_in, names_of, period_words
from .naming import words as key_words

LOOKS = 0.10  # the share of announcements that may be wrong when many groups are looked at (domain §4.9)
Place = tuple[Key, date | None]


@dataclass(frozen=True)
class Block:
    """One measure's part. problem: why it has no answer. compared: the whole against earlier days. groups: the same for each group, where the
    verdict was allowed to stand although many were looked at."""

    measure: Measure
    problem: str = ""
    answer: Answer | None = None
    names: Sequence[Names] = ()
    chart: Chart | None = None
    compared: tuple[Change, Said] | None = None
    groups: Sequence[tuple[str, Said]] = ()
    simpson: proof.Adjustment | None = None
    link: str = ""

    @property
    def total(self) -> str:
        return pictures.cell_words(self.measure, self.answer.total) if self.answer else ""


@dataclass(frozen=True)
class CellView:
    value: str
    range: str
    n: str
    rows: str
    cell: Cell | None


@dataclass(frozen=True)
class Line:
    labels: Sequence[str]
    period: str
    cells: Sequence[CellView]


@dataclass(frozen=True)
class Exploration:
    """blocks: one a measure; header: the breakdowns; lines: one a group and period."""

    asked: Asked
    blocks: Sequence[Block]
    header: Sequence[str]
    lines: Sequence[Line]

    @property
    def told(self) -> list[Block]:
        return [block for block in self.blocks if block.answer is not None]


def explore(asked: Asked, asker: Asker) -> Exploration:
    """All measures from one state of the store."""
    return answered(lambda reader: _explore(asked, asker, reader))


def _explore(asked: Asked, asker: Asker, reader: Engine) -> Exploration:
    blocks = [_block(measure, asked, asker, reader) for measure in known_measures(asked.measures)]
    header = [str(dimensions.get(name).label) for name in asked.by]
    return Exploration(asked, blocks, header, _lines(blocks, asked))


def _block(measure: Measure, asked: Asked, asker: Asker, reader: Engine) -> Block:
    link = address.measure_link(asked, measure.id)
    if is_blind(measure, asker.viewer):
        return Block(measure, _("This figure counts rows that your role does not include."), link=link)
    question = asked.question(measure.id)
    try:
        answer = evaluate(question, asker.viewer, on=reader)
        names = names_in(answer)
        chart = _chart(answer, names, asked, asker, reader)
        compared = (
            proof.comparison(question, asker, aim_for(measure, asker, asked.filters.get("unit", ())), reader, asked.against)
            if asked.against
            else None
        )
        groups = _group_changes(asked, measure, asker, reader) if asked.against and asked.by and measure.when else []
        simpson = proof.simpson(question, asked.by[0], asker, reader) if len(asked.by) == 1 else None
    except NotPossible as refused:
        return Block(measure, str(refused), link=link)
    return Block(measure, "", answer, names, chart, compared, groups, simpson, link)


def _chart(answer: Answer, names: Sequence[Names], asked: Asked, asker: Asker, reader: Engine) -> Chart | None:
    """The default chart of the kind of question."""
    key, measure = f"m-{answer.measure.id}", answer.measure
    aim = aim_for(measure, asker, asked.filters.get("unit", ()))
    if asked.grain:
        told = marks(measure.id, asker.viewer, asked.window)
        if not asked.by:
            found = proof.charted_series(answer.question, asker, reader)
            return replace(pictures.course_chart(key, found, asked.grain, told, aim.target), key=key)
        starts = [start for start, _end in periods(asked.window, asked.grain)]
        return pictures.lines_chart(key, answer, names, starts, told) if answer.cells else None
    if len(asked.by) == 2:
        return pictures.heat_chart(key, answer, names) if answer.cells else None
    return pictures.groups_chart(key, answer, names, aim.target) if asked.by else None


def _group_changes(asked: Asked, measure: Measure, asker: Asker, reader: Engine) -> list[tuple[str, Said]]:
    """Each group against what the whole is held against. Of many looks some are chance, and some series are restless: what does not survive the
    correction for the looks, or what the group's own control chart does not show, is no evidence."""
    found = compare_groups(
        replace(asked.question(measure.id), grain=""), spans.earlier(asked.window, asked.against), asker.viewer, on=reader
    )
    names = [names_of(name, [key[place] for key in found]) for place, name in enumerate(asked.by)]
    told = adjusted_for_looks(found)
    told |= {key: _as_series(one, key, asked, asker, reader) for key, one in told.items() if one.verdict is Verdict.EVIDENCE}
    return [(key_words(names, key), words.said(change)) for key, change in told.items() if change.verdict is not Verdict.INSUFFICIENT]


def _as_series(found: Change, key: Key, asked: Asked, asker: Asker, reader: Engine) -> Change:
    """A group's change held against its control chart. A group without a name cannot be asked for alone, and so has none."""
    if any(part is None for part in key):
        return with_signal(found, False)
    question, before = asked.question(found.measure.id), spans.earlier(asked.window, asked.against)
    alone = {**question.filters, **{name: (part,) for name, part in zip(asked.by, key, strict=True)}}
    return in_its_series(found, replace(question, filters=alone, grain=""), before, asker.viewer, on=reader)


def adjusted_for_looks(found: Mapping[Any, Change]) -> dict[Any, Change]:
    """Benjamini and Hochberg over all changes looked at together."""
    tested = [(key, change.p_value) for key, change in found.items() if change.p_value is not None]
    kept: set[Any] = set()
    if tested:
        discoveries = benjamini_hochberg([value for _key, value in tested], LOOKS)
        kept = {key for (key, _value), real in zip(tested, discoveries.rejected, strict=True) if real}
    return {
        key: replace(change, verdict=Verdict.DIRECTION_ONLY) if change.verdict is Verdict.EVIDENCE and key not in kept else change
        for key, change in found.items()
    }


def _lines(blocks: Sequence[Block], asked: Asked) -> list[Line]:
    places: dict[Place, None] = {}
    for block in blocks:
        for cell in block.answer.cells if block.answer else ():
            places.setdefault((cell.key, cell.period))
    if asked.grain:
        places = dict.fromkeys(sorted(places, key=lambda place: place[1] or date.min))
    names = [names_of(name, [key[place] for key, _period in places]) for place, name in enumerate(asked.by)]
    answers = [{(cell.key, cell.period): cell for cell in block.answer.cells} if block.answer else {} for block in blocks]
    question = address.pairs(replace(asked, measures=(), against=""))
    lines = []
    for key, period in places:
        query = urlencode([*question, *address.cell_pairs(key, names, period)])
        cells = [_cell(block, found.get((key, period)), query) for block, found in zip(blocks, answers, strict=True) if block.answer]
        lines.append(
            Line(
                [one.label(part) for one, part in zip(names, key, strict=True)], period_words(period, asked.grain) if period else "", cells
            )
        )
    return lines


def _cell(block: Block, cell: Cell | None, query: str) -> CellView:
    measure = block.measure
    if cell is None:
        return CellView("—", "", "", "", None)
    if cell.hidden:
        return CellView(words.hidden_words(cell), "", "", "", cell)
    few = pictures.is_few(measure, cell)
    rows = "" if measure.disclosure == "voice" else f"{reverse('insights:rows', args=[measure.id])}?{query}"
    shown = "" if few else range_words(cell.low, cell.high, digits=measure.digits)
    return CellView(pictures.value_words(measure, cell), shown, number_words(round(cell.n)), rows, cell)


@dataclass(frozen=True)
class FilterChoice:
    """One dimension one may filter by: (code, words, chosen)."""

    dimension: Dimension
    options: Sequence[tuple[str, str, bool]]

    @property
    def chosen(self) -> int:
        return sum(chosen for _code, _label, chosen in self.options)


def filter_choices(asked: Asked, asker: Asker) -> list[FilterChoice]:
    """Every dimension that the measures' facts know, with the values that occur."""
    found: dict[str, FilterChoice] = {}
    for measure in known_measures(asked.measures):
        if is_blind(measure, asker.viewer):
            continue
        for dimension in breakdowns(measure):
            if dimension.name in found or dimension.name == "team":
                continue
            chosen = asked.filters.get(dimension.name, ())
            keys = [*choices(dimension, asker, measure, asked.window)]
            keys += [key for key in chosen if key not in keys]
            names = names_of(dimension.name, keys)
            found[dimension.name] = FilterChoice(dimension, [(names.code(key), names.label(key), key in chosen) for key in keys])
    return [choice for choice in found.values() if choice.options]


def breakdown_choices(asked: Asked) -> list[Dimension]:
    """What all chosen measures can be broken down by."""
    chosen = known_measures(asked.measures)
    if not chosen:
        return list(dimensions.all())
    common = [{one.name for one in breakdowns(measure)} for measure in chosen]
    return [one for one in dimensions.all() if all(one.name in names for names in common)]
