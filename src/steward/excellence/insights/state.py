"""How fresh the figures are: every page that shows one says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from steward.ground.measures import loading


@dataclass(frozen=True)
class DataState:
    """loaded_at: the figures hold as of then; None: nothing was loaded yet. entries: what happened since and is not in them."""

    loaded_at: datetime | None
    entries: int

    @property
    def many(self) -> bool:
        return self.entries > 10_000


def data_state() -> DataState:
    lag = loading.lag()
    return DataState(lag.loaded_at, lag.entries)
