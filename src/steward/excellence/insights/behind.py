"""The rows behind a figure, as links for people: those below the line, or those above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from steward.ground.measures.declarations import Fact, Measure, Rate, Ratio, RowLink, Share
from steward.ground.measures.evaluate import row_ids
from steward.ground.measures.questions import Key, Question

from .asking import Asker

PAGE, FIRST = 50, 10
CHUNK = 500
Part = Literal["denominator", "numerator"]


@dataclass(frozen=True)
class Rows:
    """One page of rows. more: whether there are others after it. closed: how many of this page the reader may count but not open."""

    fact: Fact
    links: Sequence[RowLink]
    number: int
    more: bool
    closed: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.links) - 1


def parts_of(measure: Measure) -> list[tuple[Part, str]]:
    """The sides of a figure whose rows can be looked at."""
    if isinstance(measure.statistic, Share):
        return [("denominator", _("All that count")), ("numerator", _("Those above the line"))]
    if isinstance(measure.statistic, Rate):
        return [("numerator", _("Events")), ("denominator", _("Exposure"))]
    if isinstance(measure.statistic, Ratio):
        return [("denominator", _("All that count"))]
    return [("denominator", _("All that count"))]


def page_of(
    question: Question,
    asker: Asker,
    key: Key = (),
    period: date | None = None,
    part: Part = "denominator",
    number: int = 1,
    size: int = PAGE,
) -> Rows:
    """Errors: NoRows, NotPossible."""
    number = max(1, number)
    fact, ids = row_ids(question, asker.viewer, key, period, part=part, limit=size + 1, offset=(number - 1) * size)
    shown = ids[:size]
    links = links_of(fact, asker, shown)
    return Rows(fact, links, number, len(ids) > size, len(shown) - len(links))


def links_of(fact: Fact, asker: Asker, ids: Sequence[int]) -> list[RowLink]:
    return list(fact.rows(asker.user, ids)) if fact.rows is not None and ids else []


def every_row(question: Question, asker: Asker, key: Key, period: date | None, part: Part) -> tuple[Fact, list[int]]:
    return row_ids(question, asker.viewer, key, period, part=part, limit=None)


def lines(fact: Fact, asker: Asker, ids: Sequence[int]) -> Iterator[list[Any]]:
    """The rows of an export, read piece by piece."""
    for start in range(0, len(ids), CHUNK):
        for link in links_of(fact, asker, ids[start : start + CHUNK]):
            yield [link.label, link.note, link.url]
