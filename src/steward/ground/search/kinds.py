"""What can be found. An app registers a kind for each model whose rows people search for.

    register(SearchKind("case", Case, _("Cases"), order=10, icon="inbox", describe=words_of_case, render=hit_of_case))

`describe` says which words of a row are indexed, `render` how a found row looks. Who finds a row is decided by the model's policy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.functional import Promise

from steward.ground.journal.operations import Person


@dataclass(frozen=True)
class Words:
    """What is indexed of a row. unit_ids: the units whose people look for it; at: the instant it is about, by which results are sorted."""

    title: str
    texts: tuple[str, ...]
    unit_ids: tuple[int, ...]
    at: datetime
    confidential: bool = False


@dataclass(frozen=True)
class Hit:
    """A found row as people see it. text: what the query's words are shown in; may be empty."""

    title: str
    url: str
    detail: str = ""
    text: str = ""


def _of_nobody(person: Person) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class SearchKind:
    """related: select_related paths for `render`. of_person: the rows that are about a person, whose words leave with an erasure."""

    kind: str
    model: type[models.Model]
    label: str | Promise
    describe: Callable[[Any], Words | None]
    render: Callable[[Any], Hit]
    icon: str = "search"
    order: int = 100
    related: tuple[str, ...] = ()
    of_person: Callable[[Person], Iterable[int]] = _of_nobody

    @property
    def type(self) -> str:
        return self.model._meta.label_lower


_kinds: dict[str, SearchKind] = {}


def register(kind: SearchKind) -> None:
    if kind.kind in _kinds:
        raise ValueError(f"The search kind {kind.kind!r} is registered twice.")
    if not kind.kind.isalnum() or not kind.kind.islower():
        raise ValueError(f"The search kind {kind.kind!r} takes small letters and digits only.")
    _kinds[kind.kind] = kind


def kind_of(code: str) -> SearchKind:
    return _kinds[code]


def kinds() -> list[SearchKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.kind))
