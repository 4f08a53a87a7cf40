"""A report for the screen: the same words and charts as on paper, with what can be done beside each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from steward.ground.ui.charts import Chart
from steward.ground.ui.figures import range_words

from . import document, narrative, pictures, queries, texts
from .languages import here
from .models import Decision, Recommendation, Report, Section
from .snapshot import Content


@dataclass(frozen=True)
class Words:
    """A commentary with what it replaced."""

    id: str
    author: str
    at: datetime
    text: str
    remark: str
    history: Sequence[Any]


@dataclass(frozen=True)
class GroupRow:
    name: str
    full: str
    place: str
    outside: bool


@dataclass(frozen=True)
class FigureView:
    """One figure as it is read."""

    id: str
    part: str
    name: str
    definition: str
    stamp: str
    link: str
    value: str
    span: str
    n: int | None
    sentence: str
    detail: str
    verdict: str
    verdict_words: str
    chart: Chart | None
    chart_note: str
    group_label: str
    groups: Sequence[GroupRow]
    group_note: str
    why: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    words: Sequence[Words]


@dataclass(frozen=True)
class Proposal:
    """A recommendation with the decisions taken on it; row: the live row behind the frozen words."""

    id: str
    text: str
    question: str
    owner: str
    due: str
    author: str
    decisions: Sequence[Decision]
    is_decided: bool


@dataclass(frozen=True)
class Page:
    headlines: Sequence[str]
    summary: str
    figures: Sequence[FigureView]
    split: Sequence[FigureView]
    why_note: str
    done: Sequence[tuple[str, str, str]]
    effects: Sequence[tuple[str, str, str]]
    effect_note: str
    proposals: Sequence[Proposal]
    words: Mapping[str, Sequence[Words]]
    sections: Sequence[str]
    definitions: Sequence[Sequence[str]]
    about: str
    before: str
    left_out: Sequence[tuple[str, str]]
    may_write: bool
    may_decide: bool

    def has(self, section: str) -> bool:
        return section in self.sections


def page_of(report: Report, content: Content, *, may_write: bool, may_decide: bool) -> Page:
    written = texts.written(report)
    history = queries.history_of(report)
    words = {part: [_words(one, history) for one in texts.of_part(written, part)] for part in texts.parts_of(content)}
    ordered = [*narrative.in_order(content), *(figure for figure in content["figures"] if not figure["said"])]
    figures = [_figure(figure, words) for figure in ordered]
    effects = document.effect_rows(content)
    split = [one for one in figures if one.why]
    return Page(
        headlines=[narrative.full_stop(line) for line in narrative.headlines(content)],
        summary=narrative.summary(content, len(written["recommendations"])),
        figures=figures,
        split=split,
        why_note=document.why_words([figure for figure in ordered if figure["why"]]),
        done=document.marked_days(content),
        effects=effects,
        effect_note=document.effect_words(effects),
        proposals=_proposals(report, written),
        words=words,
        sections=content["spec"]["sections"],
        definitions=[document.definition_row(figure) for figure in content["figures"]],
        about=document.about_words(content),
        before=document.before_of(content),
        left_out=[(one["id"], here(one["why"])) for one in content["left_out"]],
        may_write=may_write,
        may_decide=may_decide,
    )


def _words(one: Content, history: Mapping[str, queries.Edits]) -> Words:
    past = history.get(one["id"])
    return Words(
        one["id"],
        one["author"],
        datetime.fromisoformat(one["at"]),
        one["text"],
        narrative.flag_words(one["flags"]),
        past.versions if past else (),
    )


def _figure(figure: Content, words: Mapping[str, Sequence[Words]]) -> FigureView:
    now, said = figure["now"], figure["said"]
    part = f"{Section.CHANGED}:{figure['id']}"
    groups = figure["groups"]
    return FigureView(
        id=figure["id"],
        part=part,
        name=here(figure["name"]),
        definition=here(figure["definition"]),
        stamp=figure["stamp"],
        link=pictures.link_of(figure),
        value=here(now["words"]),
        span=range_words(now["low"], now["high"], digits=figure["digits"]),
        n=None if now["hidden"] else round(now["n"]),
        sentence=narrative.full_stop(here(said["sentence"])) if said else "",
        detail=document.detail_of(figure) if said else "",
        verdict=pictures.verdict_kind(said["verdict"]) if said else "",
        verdict_words=pictures.verdict_words(said["verdict"]) if said else "",
        chart=pictures.chart_of(figure),
        chart_note=document.chart_note(figure) if figure["chart"] else "",
        group_label=here(groups["label"]) if groups else "",
        groups=[_group(cell) for cell in groups["cells"]] if groups else (),
        group_note=document.groups_note(groups) if groups else "",
        why=[
            (here(by["label"]), [(here(one["name"]), pictures.effect_words(figure, one["effect"])) for one in by["parts"]])
            for by in figure["why"]
        ],
        words=words.get(part, ()),
    )


def _group(cell: Content) -> GroupRow:
    return GroupRow(here(cell["name"]), here(cell["full"]), pictures.place_words(cell["place"]), bool(cell["place"]))


def _proposals(report: Report, written: Content) -> list[Proposal]:
    rows: dict[str, Recommendation] = {
        str(row.public_id): row for row in report.recommendations.prefetch_related("decisions__by").order_by("pk")
    }
    found = []
    for one in written["recommendations"]:
        decisions = sorted(rows[one["id"]].decisions.all(), key=lambda row: row.pk) if one["id"] in rows else []
        decided = any(row.outcome != Decision.Outcome.LATER for row in decisions)
        found.append(Proposal(one["id"], one["text"], one["question"], one["owner"], one["due"], one["author"], decisions, decided))
    return found
