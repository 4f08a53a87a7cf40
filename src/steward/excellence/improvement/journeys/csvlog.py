"""An event log from a CSV file with the columns case, activity, ended and, if known, started (ISO 8601; without a zone: the unit's)."""

from __future__ import annotations

import csv
import io
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from ..errors import TooLargeLog, UnreadableLog
from ..operations import MOST_EVENTS, Happened

NEEDED = ("case", "activity", "ended")


def read_log(data: bytes, *, zone: tzinfo) -> list[Happened]:
    """Raises UnreadableLog with the line, TooLargeLog."""
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = [name for name in NEEDED if name not in (rows.fieldnames or [])]
        if missing:
            raise UnreadableLog(line=1, what=_("the column %(name)s is missing") % {"name": missing[0]})
        found: list[Happened] = []
        for row in rows:
            if len(found) >= MOST_EVENTS:
                raise TooLargeLog(most=MOST_EVENTS)
            found.append(_happened(row, rows.line_num, zone))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableLog(line=1, what=_("it is no CSV file in UTF-8")) from error
    return found


def _happened(row: dict[str, str | None], line: int, zone: tzinfo) -> Happened:
    said = {name: (row.get(name) or "").strip() for name in (*NEEDED, "started")}
    if not said["case"] or not said["activity"] or len(said["activity"]) > 200:
        raise UnreadableLog(line=line, what=_("every event needs a case and an activity"))
    ended = _instant(said["ended"], line, zone)
    started = _instant(said["started"], line, zone) if said["started"] else None
    if started is not None and started > ended:
        raise UnreadableLog(line=line, what=_("it ended before it began"))
    return Happened(said["case"], said["activity"], ended, started)


def _instant(text: str, line: int, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UnreadableLog(line=line, what=_("“%(text)s” is no time") % {"text": text[:40]}) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
