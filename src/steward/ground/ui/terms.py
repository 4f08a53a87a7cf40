"""The words of a trade: a bank has 客户, a hotel 宾客, a clinic 患者, a restaurant 顾客. Screens ask here and never write one of them.

A pack is a JSON file in `packs/`, keyed by term, then language; English forms are `one`, `many`. An installation's own packs (versioned
data of `ground/rules`) take part through `set_term_source`: what they answer wins over the file, term by term.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from steward.ground.ui.place import DEFAULT_INDUSTRY, Place

PACKS = Path(__file__).resolve().parent / "packs"
CHINESE = "zh-hans"
PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")

TermSource = Callable[[str, str], Mapping[str, str] | None]
_source: TermSource | None = None


class UnknownTerm(KeyError):
    """A template or text asks for a term that no pack has."""


def set_term_source(source: TermSource | None) -> None:
    """Register `source(industry, language) -> {term: word} | None`; its words win over the files. Plural keys end in `_many`."""
    global _source
    _source = source


@cache
def industries() -> tuple[str, ...]:
    """The packs that come with Steward: bank, clinic, contact_centre, general, hotel, restaurant."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.json")))


def terms_for(industry: str, language: str = "") -> dict[str, str]:
    """All words of a trade in one language, English plurals under `<term>_many`. Unknown trades speak the general pack.

    >>> terms_for("hotel", "zh-hans")["customer"]
    '宾客'
    >>> terms_for("clinic", "en")["customer_many"]
    'patients'
    """
    tongue = "en" if (language or get_language() or CHINESE).lower().startswith("en") else CHINESE
    words = dict(_pack(DEFAULT_INDUSTRY, tongue))
    if industry != DEFAULT_INDUSTRY and industry in industries():
        words.update(_pack(industry, tongue))
    if _source is not None:
        words.update(_source(industry, tongue) or {})
    return words


@cache
def _pack(industry: str, language: str) -> dict[str, str]:
    data: dict[str, dict[str, str]] = json.loads((PACKS / f"{industry}.json").read_text(encoding="utf-8"))["terms"]
    words: dict[str, str] = {}
    for term, forms in data.items():
        one = forms["one"] if language == "en" else forms[CHINESE]
        words[term] = one
        words[f"{term}_many"] = forms["many"] if language == "en" else one
    return words


def term(name: str, place: Place | None = None, *, many: bool = False, capital: bool = False, language: str = "") -> str:
    """One word of the page's trade. `many` and `capital` matter in English only.

    >>> term("customer", Place(industry="restaurant"), many=True, capital=True, language="en")
    'Guests'
    """
    words = terms_for((place or Place()).industry, language)
    try:
        word = words[f"{name}_many" if many else name]
    except KeyError:
        known = ", ".join(sorted(word for word in words if not word.endswith("_many")))
        raise UnknownTerm(f"No pack has the term {name!r}. Known: {known}.") from None
    return word[:1].upper() + word[1:] if capital else word


def fill_terms(text: object, place: Place | None = None) -> str:
    """Put the trade's words into a text with `{customer}`, `{customer_many}`, `{Customer}` or `{Customer_many}` in it.

    >>> fill_terms("{Customer_many} waiting", Place(industry="clinic"))  # doctest: +SKIP
    'Patients waiting'
    """

    def word(match: re.Match[str]) -> str:
        name = match.group(1)
        many = name.endswith("_many")
        return term(name.removesuffix("_many").lower(), place, many=many, capital=name[0].isupper())

    return PLACEHOLDER.sub(word, str(text))
