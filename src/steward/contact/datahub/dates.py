"""Dates as files write them, in the time zone of the file."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from .errors import RowFault

MEMORY = 50_000


class DateReader:
    """Reads instants by the formats of a mapping; ISO 8601 is always understood. What was read is remembered: dates repeat."""

    def __init__(self, formats: list[str], zone: ZoneInfo) -> None:
        self._formats = formats
        self._zone = zone
        self._seen: dict[str, datetime | None] = {}

    def read(self, text: str, column: str) -> datetime:
        """An aware instant in UTC, to the second. Raises RowFault("bad_date")."""
        if text not in self._seen:
            if len(self._seen) >= MEMORY:
                self._seen.clear()
            self._seen[text] = self._parse(text)
        found = self._seen[text]
        if found is None:
            raise RowFault("bad_date", column, value=text, formats=" / ".join([*self._formats, "2026-03-02T09:00"]))
        return found

    def _parse(self, text: str) -> datetime | None:
        for form in self._formats:
            try:
                return self._utc(datetime.strptime(text, form))  # noqa: DTZ007 - the zone of the file is added
            except ValueError:
                continue
        try:
            return self._utc(datetime.fromisoformat(text))
        except (ValueError, OverflowError):
            return None

    def _utc(self, instant: datetime) -> datetime:
        aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=self._zone)
        try:
            return aware.astimezone(UTC).replace(microsecond=0)
        except OverflowError as error:
            raise ValueError(str(instant)) from error
