"""Rows as columns: NumPy arrays by name, as they are taken from the database and handed to DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from .declarations import ColumnType

Array = NDArray[Any]
HOUR = np.timedelta64(1, "h")


@dataclass(slots=True)
class Batch:
    """Columns of equal length. Numbers are float64 with NaN for nothing (exact up to 2⁵³), instants and days datetime64, words objects. zones: the
    time zone of each row's unit."""

    columns: dict[str, Array]
    size: int
    zones: Array = field(default_factory=lambda: np.empty(0, dtype=object))

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def add(self, name: str, values: Array) -> None:
        if len(values) != self.size:
            raise ValueError(f"{name} has {len(values)} values for {self.size} rows")
        self.columns[name] = values

    def groups(self, name: str) -> Iterator[tuple[Any, Array]]:
        """Each value of a numeric column with the places it stands at; NaN is left out."""
        values = self.columns[name]
        for value in np.unique(values[~np.isnan(values)]):
            yield int(value), np.flatnonzero(values == value)


_READ: Mapping[ColumnType, Callable[[Sequence[Any]], Array]] = {
    "BIGINT": lambda values: np.array(values, dtype=np.float64),
    "DOUBLE": lambda values: np.array(values, dtype=np.float64),
    "BOOLEAN": lambda values: np.array(values, dtype=np.float64),
    "VARCHAR": lambda values: _objects(values),
    "TIMESTAMP": lambda values: np.array(["NaT" if value is None else value for value in values], dtype="datetime64[us]"),
    "DATE": lambda values: np.array(["NaT" if value is None else value for value in values], dtype="datetime64[D]"),
}


def column(values: Sequence[Any], kind: ColumnType) -> Array:
    """Values as the database gave them, None for nothing; instants and days as ISO text in UTC."""
    return _READ[kind](values)


def empty(size: int, kind: ColumnType) -> Array:
    """A column without anything in it."""
    return _READ[kind]([None] * size)


def _objects(values: Sequence[Any]) -> Array:
    made = np.empty(len(values), dtype=object)
    made[:] = [None if value is None else str(value) for value in values]
    return made


def local_days(instants: Array, zones: Array) -> Array:
    """The local day of each instant (UTC, NaT allowed) in the zone that stands beside it (a name, or None: UTC)."""
    return _local(instants, zones).astype("datetime64[D]")


def local_hours(instants: Array, zones: Array) -> Array:
    """The local hour 0 … 23 of each instant as float, NaN for none."""
    local = _local(instants, zones)
    hours = (local - local.astype("datetime64[D]")) // HOUR
    return np.where(np.isnat(local), np.nan, hours.astype(np.float64))


def _local(instants: Array, zones: Array) -> Array:
    """Instants moved by the offset of their zone."""
    moved = instants.astype("datetime64[us]")
    for zone in {name for name in zones if name}:
        here = np.flatnonzero((zones == zone) & ~np.isnat(instants))
        # An offset holds for at least a quarter of an hour: zones change on one.
        quarters, place = np.unique(instants[here].astype("datetime64[m]").astype(np.int64) // 15, return_inverse=True)
        offsets = np.array([_offset_minutes(zone, int(quarter)) for quarter in quarters], dtype=np.int64)
        moved[here] = instants[here] + offsets[place].astype("timedelta64[m]")
    return moved


@lru_cache(maxsize=200_000)
def _offset_minutes(zone: str, quarter: int) -> int:
    offset = datetime.fromtimestamp(quarter * 900, ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
