"""Which fields are compared, which records are put side by side, and where "the same person" begins: data, kept and exchanged as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from steward.science.guards import share
from steward.science.linkage.kinds import KINDS, Kind, Level

Block = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the records and its kind (a key of ``KINDS``). ``m`` and ``u``: what an earlier run learnt per level, the last for
    "different"; empty for the starting values."""

    name: str
    kind: str
    m: tuple[float, ...] = ()
    u: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"{self.name!r} cannot be the name of a field")
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind {self.kind!r}; there are {', '.join(KINDS)}")

    @property
    def columns(self) -> tuple[str, ...]:
        """The prepared column and what is derived from it."""
        return (self.name, *(f"{self.name}_{suffix}" for suffix in KINDS[self.kind].derived))


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """``blocks``: two records are compared when they agree in all columns of one block; there must be enough of them that hardly any true pair
    is in none. ``together``: pairs of fields that people of one household share, a telephone and an address: agreement in both is then weighed
    as one thing. ``prior``: the probability that two records drawn at random are the same person; it and the fields' ``m`` and ``u`` are what
    learning finds. ``sample``: at most that many random pairs are looked at to learn how often strangers agree. ``crowd``: a phone number, an
    e-mail address or an identity number that stands in more records than this belongs to no one person, and is passed over."""

    fields: tuple[Field, ...]
    blocks: tuple[Block, ...]
    together: tuple[tuple[str, str], ...] = ()
    prior: float = 1e-4
    sample: int = 250_000
    crowd: int = 50

    def __post_init__(self) -> None:
        if not self.fields or not self.blocks:
            raise ValueError("there must be a field to compare and a block that puts records side by side")
        known = {column for each in self.fields for column in each.columns}
        for block in (*self.blocks, *self.together):
            if missing := [column for column in block if column not in known]:
                raise ValueError(f"a block names {', '.join(missing)}; there are {', '.join(sorted(known))}")
        share(self.prior, "prior")
        for field, levels in zip(self.fields, self.levels, strict=True):
            if any(values and len(values) != len(levels) + 1 for values in (field.m, field.u)):
                raise ValueError(f"{field.name} has {len(levels) + 1} levels")

    @property
    def levels(self) -> tuple[tuple[Level, ...], ...]:
        """Per field the levels of agreement, best first; what is left over is "different". The first of two fields that go ``together`` has one
        more, for agreement in both."""
        kinds = {field.name: KINDS[field.kind] for field in self.fields}
        partner = dict(self.together)
        return tuple(
            _with_partner(kinds[field.name], kinds[partner[field.name]], field.name, partner[field.name])
            if field.name in partner
            else kinds[field.name].levels
            for field in self.fields
        )

    def not_counted(self, field: Field) -> str:
        """When a field says nothing about a pair, as SQL: a value is missing, or what it says was counted with its partner."""
        missing = f"{field.name}_l is null or {field.name}_r is null"
        first = {second: first for first, second in self.together}.get(field.name)
        return f"{missing} or {_nearly(KINDS[self._kind(first)], first)}" if first else missing

    def _kind(self, name: str) -> str:
        return next(field.kind for field in self.fields if field.name == name)

    def as_json(self) -> str:
        """The settings as a JSON text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> LinkSettings:
        """The reverse of :meth:`as_json`. Errors: ValueError."""
        return cls.from_mapping(json.loads(text))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> LinkSettings:
        """From what JSON gives. Errors: ValueError, KeyError, TypeError for names that do not exist."""
        given: dict[str, Any] = dict(data)
        given["fields"] = tuple(
            Field(each["name"], each["kind"], tuple(each.get("m", ())), tuple(each.get("u", ()))) for each in given.pop("fields")
        )
        for name in ("blocks", "together"):
            given[name] = tuple(tuple(block) for block in given.get(name, ()))
        return cls(**given)


def _nearly(kind: Kind, name: str) -> str:
    """At the two best levels of a kind: the same, or one slip from it."""
    return " or ".join(f"({level.sql.format(f=name)})" for level in kind.levels[:2])


def _with_partner(kind: Kind, other: Kind, name: str, partner: str) -> tuple[Level, ...]:
    """The levels of a field, with agreement in both it and its partner first: rarer than in one, but families have it."""
    (here, *rest), there = kind.levels, other.levels[0]
    sql = f"({_nearly(kind, name)}) and ({there.sql.format(f=partner)})"
    both = Level(f"same or nearly, with the same {partner}", sql, here.m * there.m, here.u * 0.3)
    return (both, replace(here, m=here.m - both.m, u=here.u - both.u), *rest)


CUSTOMERS = LinkSettings(
    fields=(
        Field("name", "name"),
        Field("phone", "phone"),
        Field("email", "email"),
        Field("birth_date", "birth_date"),
        Field("address", "address"),
    ),
    blocks=(("phone",), ("email",), ("birth_date",), ("name_sound",), ("address", "name_family"), ("phone_last4", "birth_date_year")),
    together=(("phone", "address"),),
)
"""Customers as a service desk writes them down: name, phone, e-mail, birth date, address."""
