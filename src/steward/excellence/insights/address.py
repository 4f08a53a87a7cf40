"""A question as an address, and an address as a question: every figure anywhere links to its proof in these words.

    m=reopen_rate&m=frt  span=last28  or from=2026-01-01&to=2026-01-31 (both days count)  by=unit&by=kind  grain=week
    in.kind=complaint&in.unit=<public id>  vs=before|same|year  at=<code of a key>&period=2026-02-01&part=numerator (one cell)

Reading never fails: what cannot be understood is left out and said in `problems`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from steward.ground.measures.declarations import dimensions, measures
from steward.ground.measures.questions import GRAINS, Grain, Key, Question, Window

from . import spans
from .naming import keys_of, names_of

MOST_MEASURES, MOST_BY, MOST_DAYS, MOST_VALUES = 4, 2, 4000, 40
FILTER = "in."


@dataclass(frozen=True)
class Asked:
    """What an address asks. span: the name of the window, "" for own dates. against: what it is compared with (spans.AGAINST)."""

    measures: tuple[str, ...]
    window: Window
    span: str = spans.DEFAULT
    by: tuple[str, ...] = ()
    grain: Grain = ""
    filters: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    against: str = ""
    problems: tuple[str, ...] = ()

    def question(self, measure: str) -> Question:
        return Question(measure, self.window, self.by, self.grain, self.filters)


def read(params: QueryDict, *, organisation_id: int, today: date, span: str = spans.DEFAULT) -> Asked:
    """The question of an address. span: the window when none is named."""
    problems: list[str] = []
    window, named = _window(params, today, span, problems)
    asked = _few(_known(params.getlist("m"), measures, problems), MOST_MEASURES, problems)
    by = _few(_known(params.getlist("by"), dimensions, problems), MOST_BY, problems)
    filters = _filters(params, organisation_id, problems)
    return Asked(tuple(asked), window, named, tuple(by), _grain(params, problems), filters, _against(params), tuple(problems))


def _against(params: QueryDict) -> str:
    wanted = params.get("vs", "")
    return wanted if wanted in spans.AGAINST else ""


def _window(params: QueryDict, today: date, usual: str, problems: list[str]) -> tuple[Window, str]:
    name = params.get("span", "")
    if name in spans.SPANS:
        return spans.window_of(name, today), name
    start, last = params.get("from", ""), params.get("to", "")
    if start or last:
        try:
            found = Window(date.fromisoformat(start), date.fromisoformat(last) + timedelta(days=1))
            if found.days <= MOST_DAYS and found.start.year >= 2000:
                return found, ""
            problems.append(_("Choose at most ten years, from 2000 on. The last 28 days are shown."))
        except (ValueError, OverflowError):
            problems.append(_("These are no two days of the calendar, the earlier one first. The last 28 days are shown."))
    elif name and name != "own":
        problems.append(_("There is no period called “%(name)s”. The last 28 days are shown.") % {"name": name[:40]})
    elif name == "own":
        problems.append(_("Give both days. The last 28 days are shown."))
    return spans.window_of(usual, today), usual


def _known(wanted: Sequence[str], registry: Any, problems: list[str]) -> list[str]:
    found = list(dict.fromkeys(one for one in wanted if one))
    strange = [one for one in found if one not in registry]
    if strange:
        problems.append(_("“%(name)s” is not known here and is left out.") % {"name": strange[0][:40]})
    return [one for one in found if one in registry]


def _few(found: list[str], most: int, problems: list[str]) -> list[str]:
    if len(found) > most:
        problems.append(_("At most %(count)s at a time; the others are left out.") % {"count": most})
    return found[:most]


def _grain(params: QueryDict, problems: list[str]) -> Grain:
    asked = params.get("grain", "")
    found = next((grain for grain in GRAINS if grain == asked), "")
    if asked and not found:
        problems.append(_("“%(name)s” is not known here and is left out.") % {"name": asked[:40]})
    return found  # type: ignore[return-value]  # "" is the other grain


def _filters(params: QueryDict, organisation_id: int, problems: list[str]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for name in params:
        codes = [code for code in params.getlist(name) if code][:MOST_VALUES]
        if not name.startswith(FILTER) or not codes:
            continue
        dimension = name.removeprefix(FILTER)
        if dimension not in dimensions:
            problems.append(_("“%(name)s” is not known here and is left out.") % {"name": dimension[:40]})
            continue
        keys = keys_of(dimension, codes, organisation_id)
        values = tuple(value for value in keys.values() if value is not None and not isinstance(value, tuple))
        if len(values) < len(set(codes)):
            problems.append(_("A filter by “%(name)s” is not known here and is left out.") % {"name": dimensions.get(dimension).label})
        if values:
            found[dimension] = values
    return found


def pairs(asked: Asked) -> list[tuple[str, str]]:
    """The address of a question, piece by piece, in a fixed order."""
    found = [("m", one) for one in asked.measures]
    if asked.span:
        found.append(("span", asked.span))
    else:
        found += [("from", asked.window.start.isoformat()), ("to", asked.window.last.isoformat())]
    found += [("by", one) for one in asked.by]
    found += [("grain", asked.grain)] if asked.grain else []
    for name, values in sorted(asked.filters.items()):
        codes = names_of(name, values)
        found += [(FILTER + name, codes.code(value)) for value in values]
    return found + ([("vs", asked.against)] if asked.against else [])


def query(asked: Asked) -> str:
    return urlencode(pairs(asked))


def explorer_link(asked: Asked) -> str:
    return f"{reverse('insights:explore')}?{query(asked)}"


def measure_link(asked: Asked, measure: str) -> str:
    """The page of proof of one measure, with the same question."""
    return f"{reverse('insights:measure', args=[measure])}?{query(replace(asked, measures=(), grain='', against=''))}"


def link(question: Question) -> str:
    """The same for a question from elsewhere."""
    return measure_link(Asked((), question.window, "", question.by, "", question.filters), question.measure)


def cell_pairs(key: Key, codes: Sequence[Any], period: date | None) -> list[tuple[str, str]]:
    """What names one cell of a question. codes: the names of each breakdown."""
    found = [("at", one.code(part)) for one, part in zip(codes, key, strict=True)]
    return found + ([("period", period.isoformat())] if period else [])


def read_cell(params: QueryDict, asked: Asked, organisation_id: int) -> tuple[Key, date | None] | None:
    """The cell an address names: its key and period; the whole when it names none; None when there is no such cell."""
    codes = params.getlist("at")
    if not codes:
        by: tuple[Any, ...] = ()
        if asked.by:
            return None if params.get("period") else ((), None)
    elif len(codes) != len(asked.by):
        return None
    else:
        found = [keys_of(name, [code], organisation_id) for name, code in zip(asked.by, codes, strict=True)]
        if any(code not in keys for code, keys in zip(codes, found, strict=True)):
            return None
        by = tuple(keys[code] for code, keys in zip(codes, found, strict=True))
    try:
        period = date.fromisoformat(params.get("period", "")) if params.get("period") else None
    except ValueError:
        return None
    return by, period
