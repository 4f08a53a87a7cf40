"""Words to send about a case that upper rooms keep (templates of replies), for rooms that send them and do not know where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steward.ground.access.models import Unit

from .models import Case


@dataclass(frozen=True)
class WordingSource:
    """offered(unit): (reference, name) of what a unit may use; fill(reference, case): the words for this case, None where there are none any more."""

    key: str
    offered: Callable[[Unit], Sequence[tuple[str, str]]]
    fill: Callable[[str, Case], str | None]


_sources: dict[str, WordingSource] = {}


def register(source: WordingSource) -> None:
    if source.key in _sources:
        raise ValueError(f"The source of words {source.key!r} is registered twice.")
    _sources[source.key] = source


def offered(unit: Unit) -> list[tuple[str, str]]:
    """Everything a unit may use, by "source:reference"."""
    return [(f"{key}:{reference}", name) for key, source in sorted(_sources.items()) for reference, name in source.offered(unit)]


def fill(name: str, case: Case) -> str | None:
    """The words of "source:reference" for a case; None where they are gone."""
    key, _, reference = name.partition(":")
    source = _sources.get(key)
    return source.fill(reference, case) if source is not None else None
