"""One thing that is wrong with a typed list, and the line it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise


@dataclass(frozen=True)
class Problem:
    """line: as an editor counts, from 1; 0 is about the whole list. message: with named placeholders for params."""

    line: int
    message: str | Promise
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return str(self.message) % dict(self.params) if self.params else str(self.message)
