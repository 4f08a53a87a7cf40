"""A question on its way to SQL: which columns, which rows, and how raw keys become the keys of cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import sql, viewers
from .declarations import Fact, Mean, Measure, Quantile, Share, facts, measures
from .errors import FixedPartition, NoLimit, NoSeries, TooManyDimensions
from .periods import is_whole
from .questions import Key, Limit, Question, Viewer


@dataclass(frozen=True, slots=True)
class Plan:
    """units: raw unit → the unit it is counted under, None when units are not folded. subtrees: filtered unit → it and all below.

    question is what is asked of the store, asked what the reader asked; they differ for answers given in confidence.
    """

    question: Question
    measure: Measure
    fact: Fact
    viewer: Viewer
    units: Mapping[int, int] | None
    subtrees: Mapping[int, frozenset[int]]
    asked: Question

    def where(self, fact: Fact, when: str) -> list[str]:
        """Which rows of a fact count for this reader and question."""
        return sql.conditions(self.measure, fact, self.question, self.viewer, when, self.subtrees)

    def keys(self, fact: Fact, when: str) -> list[str]:
        found = [sql.column_of(fact, name) for name in self.question.by]
        return found + ([sql.period(when, self.question.grain)] if self.question.grain else [])

    def fold(self, raw: Key) -> Key:
        """The key of the cell that rows with this raw key belong to."""
        if self.units is None:
            return raw
        return tuple(self.units.get(value, value) if name == "unit" else value for name, value in zip(self.question.by, raw, strict=True))

    def key_is(self, fact: Fact, key: Key) -> list[str]:
        """The rows of a fact that belong to the cell with this key."""
        found = []
        for name, value in zip(self.question.by, key, strict=True):
            column = sql.column_of(fact, name)
            if value is None:
                found.append(f"{column} IS NULL")
            elif name == "unit" and self.units is not None:
                found.append(sql.chosen(fact, [raw for raw, group in self.units.items() if group == int(value)], column))
            else:
                found.append(sql.chosen(fact, [value], column))
        return found


def plan(question: Question, viewer: Viewer) -> Plan:
    """Check the question and make it ready. Errors: UnknownMeasure, NotPossible."""
    measure = measures.get(question.measure)
    if question.limit is not None:
        measure = share_within(measure, question.limit)
    if len(question.by) > 2 or len(set(question.by)) < len(question.by):
        raise TooManyDimensions()
    if question.grain and not measure.when:
        raise NoSeries()
    asked = question
    if measure.disclosure == "voice":
        _check_partition(question, measure)
        # What pools are made of is asked of the whole organisation, always alike; voice.py shows the part that was asked for.
        question = replace(question, by=("unit",), grain="month", filters={}, level="own")
    tops = question.filters.get("unit", ())
    units = viewers.branches(viewer, tops or (viewer.organisation_id,)) if "unit" in question.by else None
    if question.level == "own":
        units = None
    below = viewers.subtrees(viewer, tops)
    return Plan(question, measure, facts.get(measure.fact), viewer, units, below, asked)


def has_values(measure: Measure) -> bool:
    """Whether single values stand behind a figure that can be held against a limit one by one."""
    return isinstance(measure.statistic, Quantile | Mean) and measure.disclosure != "voice"


def share_within(measure: Measure, limit: Limit) -> Measure:
    """The share of a measure's known values that keep a limit, in percent. Errors: NoLimit where there are no single values to hold against it."""
    kind = measure.statistic
    if not isinstance(kind, Quantile | Mean) or not has_values(measure):
        raise NoLimit()
    value = f"({kind.value})"
    statistic = Share(f"{value} {limit.comparator} {sql.literal(limit.amount, 'DOUBLE')}", f"{value} IS NOT NULL")
    return replace(measure, statistic=statistic, unit="%", practical=5, direction="up", digits=1)


def _check_partition(question: Question, measure: Measure) -> None:
    """Answers given in confidence are told for whole months, by unit, and by nothing else: any freer question could single somebody out."""
    free = set(question.by) - {"unit"} | set(question.filters) - {"unit"}
    if free or not measure.when or question.grain not in ("", "month") or not is_whole(question.window, "month"):
        raise FixedPartition()
