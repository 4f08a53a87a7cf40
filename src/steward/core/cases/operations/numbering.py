"""The numbers of an organisation's cases, per year."""

from __future__ import annotations

from django.db import connection

from steward.ground.access.models import Unit

_TAKE = """
INSERT INTO cases_casecounter (organisation_id, year, latest) VALUES (%s, %s, %s)
ON CONFLICT (organisation_id, year) DO UPDATE SET latest = cases_casecounter.latest + excluded.latest RETURNING latest
"""


def take_numbers(unit: Unit, year: int, count: int = 1) -> range:
    """The next `count` numbers of a year in the unit's organisation, in one statement: its row stays locked until the cases are committed."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [unit.root_id, year, count])
        latest: int = cursor.fetchone()[0]
    return range(latest - count + 1, latest + 1)


def number_of(year: int, running: int) -> str:
    return f"{year}-{running:06d}"
