"""Keys of cells as people read them and as addresses carry them: numbers of our tables never leave the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from steward.ground.measures.declarations import Dimension, dimensions, facts
from steward.ground.measures.questions import Answer, Grain, Key

from .asking import own_rows

NOTHING = "~"  # stands in an address for "not given"


@dataclass(frozen=True)
class Names:
    """Words and codes of the keys of one dimension."""

    dimension: Dimension
    labels: Mapping[Any, str]
    codes: Mapping[Any, str]

    def label(self, key: Any) -> str:
        return _("Not given") if key is None else self.labels.get(key) or "?"

    def code(self, key: Any) -> str:
        return NOTHING if key is None else self.codes.get(key, str(key))


def names_of(name: str, keys: Iterable[Any]) -> Names:
    dimension = dimensions.get(name)
    known = list(dict.fromkeys(key for key in keys if key is not None))
    labels = dict(dimension.labels(known))
    if dimension.model is None:
        return Names(dimension, labels, {key: str(key) for key in known})
    ids = dimension.public_ids(known)
    return Names(dimension, labels, {key: "+".join(ids.get(key, [])) for key in known})


def names_in(answer: Answer) -> list[Names]:
    """For each breakdown of an answer."""
    return [names_of(name, [cell.key[place] for cell in answer.cells]) for place, name in enumerate(answer.question.by)]


def words(names: Sequence[Names], key: Key) -> str:
    return " · ".join(one.label(part) for one, part in zip(names, key, strict=True))


def keys_of(name: str, codes: Sequence[str], organisation_id: int) -> dict[str, Any]:
    """Codes of an address as keys. What the organisation does not have is not there."""
    dimension = dimensions.get(name)
    found: dict[str, Any] = {code: None for code in codes if code == NOTHING}
    plain = [code for code in codes if code != NOTHING]
    if dimension.model is None:
        return found | {code: code for code in plain if len(code) <= 60 and code.isprintable()}
    ids = [part for code in plain for part in code.split("+") if _is_id(part)]
    rows = {
        str(public): pk
        for pk, public in own_rows(dimension.model, organisation_id).filter(public_id__in=ids).values_list("pk", "public_id")
    }
    for code in plain:
        parts = code.split("+")
        if all(part in rows for part in parts):
            found[code] = rows[parts[0]] if len(parts) == 1 else tuple(rows[part] for part in parts)
    return found


def _is_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4 and all(sign in "0123456789abcdef-" for sign in text) and _parses(text)


def _parses(text: str) -> bool:
    return [len(part) for part in text.split("-")] == [8, 4, 4, 4, 12]


def period_words(start: date, grain: Grain) -> str:
    if grain == "month":
        return formats.date_format(start, "YEAR_MONTH_FORMAT")
    if grain == "quarter":
        return _("%(year)s Q%(quarter)s") % {"year": start.year, "quarter": (start.month + 2) // 3}
    if grain == "year":
        return str(start.year)
    return f"{start.month:02d}-{start.day:02d}" if grain == "day" else _("week of %(day)s") % {"day": f"{start.month:02d}-{start.day:02d}"}


def fact_label(measure_fact: str) -> str:
    return str(facts.get(measure_fact).label)
