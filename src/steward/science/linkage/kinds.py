"""The kinds of fields that can tell persons apart: how each is brought into form, and at which levels two values agree.

A level's ``m`` is how often two records of one person stand at it, ``u`` how often two records of different persons do; both are starting
values that :func:`steward.science.linkage.link` replaces by what it learns from the records. They are what the domain guide names (phone .9 and
.0001, surname .95 and .05) or of its order, so that a handful of records, too few to learn from, is still judged sensibly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from steward.science.linkage import normalise

Clean = Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True)
class Level:
    """One degree of agreement. ``sql`` compares ``{f}_l`` with ``{f}_r`` (and derived columns); ``frequency`` names the column whose values
    count the more the rarer they are: two 王伟 are weaker evidence than two 尉迟恭."""

    label: str
    sql: str
    m: float
    u: float
    frequency: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How values of a kind are prepared, what is derived from them (suffix → function of the prepared value), and the levels, best first; what
    is left over is "different". ``personal``: one value belongs to one person or household, so that one in very many records is nobody's."""

    clean: Clean
    levels: tuple[Level, ...]
    derived: dict[str, Clean] = field(default_factory=dict)
    personal: bool = False


def _same(m: float, u: float, label: str = "same", *, frequency: bool = True) -> Level:
    return Level(label, "{f}_l = {f}_r", m, u, "{f}" if frequency else "")


def _slip(m: float, u: float, edits: int = 1, label: str = "one slip") -> Level:
    return Level(label, f"damerau_levenshtein({{f}}_l, {{f}}_r) <= {edits}", m, u)


def _alike(least: float, m: float, u: float, label: str) -> Level:
    return Level(label, f"jaro_winkler_similarity({{f}}_l, {{f}}_r) >= {least}", m, u)


def _first(size: int) -> Clean:
    return lambda value: value[:size] if value else None


def _last(size: int) -> Clean:
    return lambda value: value[-size:] if value else None


_ONE_CHARACTER = (
    "({f}_family_l = {f}_family_r and damerau_levenshtein({f}_sound_l, {f}_sound_r) <= 2)"
    " or jaro_winkler_similarity({f}_sound_l, {f}_sound_r) >= 0.95"
    " or (length({f}_l) >= 3 and length({f}_l) = length({f}_r) and levenshtein({f}_l, {f}_r) <= 1)"
)

KINDS: dict[str, Kind] = {
    # A whole name, in Chinese characters, in pinyin, or Western.
    "name": Kind(
        normalise.name,
        (
            _same(0.85, 5e-4),
            Level(
                "sounds the same",
                "{f}_sound_l = {f}_sound_r or {f}_turned_l = {f}_sound_r or {f}_sound_l = {f}_turned_r",
                0.1,
                5e-4,
                "{f}_sound",
            ),
            Level("one character differs", _ONE_CHARACTER, 0.03, 4e-3),
            Level("same surname", "{f}_family_l = {f}_family_r", 0.01, 0.04, "{f}_family"),
        ),
        {"sound": normalise.sound, "turned": normalise.turned_sound, "family": normalise.surname_sound},
    ),
    # Half a name, written in Latin letters.
    "word": Kind(
        normalise.name,
        (_same(0.8, 5e-3), _alike(0.92, 0.1, 2e-3, "one slip"), _alike(0.8, 0.04, 2e-2, "similar")),
        {"first3": _first(3)},
    ),
    "phone": Kind(normalise.phone, (_same(0.88, 1e-4, frequency=False), _slip(0.07, 2e-5)), {"last4": _last(4)}, personal=True),
    "email": Kind(normalise.email, (_same(0.9, 1e-4, frequency=False), _slip(0.04, 1e-5, 2, "two slips at most")), personal=True),
    "birth_date": Kind(
        normalise.birth_date,
        (
            _same(0.88, 5e-5, frequency=False),
            _slip(0.08, 1e-3),
            Level(
                "day and month swapped",
                "{f}_l[1:4] = {f}_r[1:4] and {f}_l[5:6] = {f}_r[7:8] and {f}_l[7:8] = {f}_r[5:6]",
                0.005,
                1e-4,
            ),
            Level("same year", "{f}_year_l = {f}_year_r", 0.01, 0.015),
        ),
        {"year": _first(4)},
    ),
    "address": Kind(
        normalise.address,
        (
            _same(0.7, 5e-4, frequency=False),
            Level("almost the same", "{f}_number_l = {f}_number_r and jaro_winkler_similarity({f}_l, {f}_r) >= 0.8", 0.1, 1e-4),
            _alike(0.9, 0.1, 5e-3, "similar"),
        ),
        {"number": normalise.address_number},
    ),
    # A line of text such as a street or a town.
    "text": Kind(normalise.address, (_same(0.75, 2e-3), _alike(0.9, 0.12, 1e-3, "one slip"), _alike(0.78, 0.05, 1e-2, "similar"))),
    # A number or short code with few values: post code, house number.
    "code": Kind(normalise.code, (_same(0.9, 5e-3), _slip(0.06, 1e-2))),
    # A number that one person has: identity card, passport, membership.
    "identity": Kind(
        normalise.code, (_same(0.9, 1e-5, frequency=False), _slip(0.07, 1e-5), _slip(0.01, 1e-4, 2, "two slips")), personal=True
    ),
    # One of a few words: province, sex.
    "category": Kind(normalise.tidy, (_same(0.95, 0.2),)),
}
"""Kind → how it is compared. An application may add its own before it links."""
